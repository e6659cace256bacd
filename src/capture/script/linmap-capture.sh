#!/bin/sh
# linmap capture, @VERSION@: records what this arm64 machine does to the permissions of its kernel memory.
#
#   sh linmap-capture.sh [-o FILE.tar.gz] [-t SECONDS] [-b KIB] [-n] [-m] [-- COMMAND ARG...]
#
# Run it as root on the machine. While COMMAND runs, or for SECONDS, kprobe events note every call that changes
# permissions. Before and after that the kernel's page tables are read. All of it goes into one FILE.tar.gz, which
# "linmap import" reads. "sh linmap-capture.sh -h" explains the options, -n shows what would be done and does nothing.
#
# What it does to the machine: it adds kprobe events in a group of its own, makes a trace instance of its own, writes
# into a directory of its own below TMPDIR (default /tmp), and takes all of that away again, also on Ctrl-C. It mounts
# nothing, changes no permission, no sysctl and nobody else's trace, and sends nothing anywhere.
#
# It needs a POSIX shell and what any system has: awk, cat, date, df, dd, grep, gzip, id, mkdir, mv, rm, rmdir, sed,
# sleep, sort, tail, tar, tr, uname, wc. Node, python3 or perl, whichever is there, reads the page tables from
# /proc/kcore.

set -u

# Everything that is read from or written to the kernel lies below this; empty but in tests.
root=${LINMAP_ROOT:-}

#@ include parts/options.sh

#@ include parts/words.sh

#@ include parts/probes.sh

#@ include parts/recording.sh

#@ include parts/machine.sh

#@ include parts/tables.sh

#@ include readers

#@ include parts/archive.sh

#@ include parts/course.sh

main "$@"
