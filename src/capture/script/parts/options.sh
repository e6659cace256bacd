# ---- Options --------------------------------------------------------------------------------------------------------

usage() {
  cat <<'TEXT'
sh linmap-capture.sh [-o FILE.tar.gz] [-t SECONDS] [-b KIB] [-n] [-m] [-- COMMAND ARG...]

Records, as root on an arm64 machine, what changes the permissions of kernel memory while COMMAND runs, or for SECONDS.

  -o FILE     the archive to write; default linmap-<kernel release>-<UTC date>.tar.gz here
  -t SECONDS  record for so long; with a COMMAND, for so long after its end (deferred frees come late)
  -b KIB      size of the trace buffer of each CPU; default 4096, less on machines with more than 64 CPUs
  -m          the page tables and what is known of the machine, but no trace
  -n          dry run: say what would be armed and read, and do nothing
  -h          this text

Exit code: 0 the archive is written, whatever COMMAND's own exit code was (it is shown, and kept in the archive);
2 refused or failed, with one line that says why; 128 + signal when interrupted, everything removed, no archive.
TEXT
}

# Sets archive, seconds, buffer_kib, dry_run, with_trace; the COMMAND is what is left after $option_words words.
parse_options() {
  archive='' seconds='' buffer_kib='' dry_run='' with_trace=yes
  while getopts ':o:t:b:nmh' option; do
    case $option in
      o) archive=$OPTARG ;;
      t) seconds=$OPTARG ;;
      b) buffer_kib=$OPTARG ;;
      n) dry_run=yes ;;
      m) with_trace='' ;;
      h) usage; exit 0 ;;
      :) die "option -$OPTARG needs a value, see -h" ;;
      *) die "unknown option -$OPTARG, see -h" ;;
    esac
  done
  option_words=$((OPTIND - 1))
  [ -z "$seconds" ] || require_count -t "$seconds"
  [ -z "$buffer_kib" ] || require_count -b "$buffer_kib"
}

# A whole number that arithmetic of 32 bits holds.
require_count() {
  case $2 in
    '' | 0* | *[!0-9]* | ??????????*) die "$1 needs a whole number from 1 to 999999999, found \"$2\"" ;;
  esac
}
