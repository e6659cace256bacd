# ---- Course ---------------------------------------------------------------------------------------------------------

main() {
  parse_options "$@"
  shift "$option_words"
  check_tools
  check_machine
  if [ -n "$with_trace" ]; then
    find_tracefs
    choose_place
    find_symbols
  fi
  if [ -n "$dry_run" ]; then
    rehearse
    exit 0
  fi
  check_work "$@"
  begin "$@"
  trap clean_up EXIT
  trap 'interrupted 1' HUP
  trap 'interrupted 2' INT
  trap 'interrupted 3' QUIT
  trap 'interrupted 13' PIPE
  trap 'interrupted 15' TERM
  open_archive
  make_work
  take_machine
  if [ -n "$with_trace" ]; then
    arm
    start_recording
  fi
  take_tables before
  began=$(date +%s)
  do_work "$@"
  recorded=$(($(date +%s) - began))
  if [ -n "$with_trace" ] || [ -n "$command_line$seconds" ]; then take_tables after; fi
  events=0
  if [ -n "$with_trace" ]; then
    stop_recording
    events=$(grep -c -v '^#' "$capture/trace.txt")
  fi
  disarm
  report
  write_manifest
  pack
  say "wrote $archive (readable by its owner alone: it holds addresses of the kernel)"
}

check_tools() {
  for tool in awk cat date df dd grep gzip id mkdir mv rm rmdir sed sleep sort tail tar tr uname wc; do
    command -v "$tool" >/dev/null 2>&1 || die "this needs $tool, which is not in PATH"
  done
}

check_machine() {
  release=$(uname -r)
  machine=$(uname -m)
  date=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  case $machine in
    aarch64 | arm64) ;;
    *) die "this is for arm64; the machine is $machine" ;;
  esac
  [ "$(id -u)" = 0 ] || die 'this must be run as root'
}

# What to do while recording.
check_work() {
  if [ $# -gt 0 ]; then
    command -v "$1" >/dev/null 2>&1 || die "$1: no such command"
  elif [ -z "$seconds" ] && [ -n "$with_trace" ]; then
    die 'give a COMMAND to record, or -t SECONDS; see -h'
  fi
}

# Files made from here on are the owner's alone; COMMAND gets the user's own mask and standard input.
begin() {
  user_mask=$(umask)
  umask 077
  work='' ended='  ' command_code='' command_line=$(printf '%s' "$*" | tr '\n' ' ')
  if (exec 3<&0) 2>/dev/null; then exec 3<&0; else exec 3</dev/null; fi
}

make_work() {
  made=${TMPDIR:-/tmp}/linmap-capture.$$
  mkdir "$made" 2>/dev/null || die "$made: cannot be made; set TMPDIR"
  work=$made
  mkdir "$work/linmap-capture"
  capture=$work/linmap-capture
}

# Runs the COMMAND, or waits.
do_work() {
  if [ $# -gt 0 ]; then
    say "running: $command_line"
    attend run_command "$@" <&3
    command_code=$?
    say "exit code of the command: $command_code"
  fi
  if [ -n "$seconds" ]; then
    say "waiting for $seconds s"
    attend sleep "$seconds"
  fi
}

run_command() {
  umask "$user_mask"
  exec "$@" 3<&-
}

# Runs something and waits for it, in a way that a signal to this shell alone interrupts at once.
attend() {
  { "$@"; } <&0 &
  wait "$!"
  set -- "$?"
  ended="$ended$! "
  return "$1"
}

interrupted() {
  trap '' HUP INT QUIT PIPE TERM
  say 'interrupted: removing everything, no archive is written'
  exit $((128 + $1))
}

clean_up() {
  code=$?
  trap '' HUP INT QUIT PIPE TERM
  trap - EXIT
  # The last process that was started may run still. Its number is asked of the shell, as a signal may come before an
  # assignment; where none was started that is empty, between the two spaces that the list begins with.
  case $ended in
    *" ${!:-} "*) ;;
    *) stop_tree "$!" ;;
  esac
  disarm
  capture=''
  [ -z "$partial" ] || rm -f "$partial"
  [ -z "$work" ] || rm -rf "$work"
  exit "$code"
}

# Ends a process and all that it started. They may ignore Ctrl-C, as shells start what runs in the background. All are
# stopped before any is ended, so that none starts another that is not seen. One that is stuck in the kernel and does
# not end is not waited for, as the rest has to be taken back.
stop_tree() {
  tree=''
  while :; do
    new=''
    for process in $(tree_of "$1"); do
      case " $tree " in
        *" $process "*) ;;
        *) new="$new $process" ;;
      esac
    done
    [ -n "$new" ] || break
    signal_all STOP "$new"
    tree="$tree$new"
  done
  # A process that this shell has just forked may lose a signal, as it still has this shell's traps.
  for signal in TERM TERM KILL; do
    signal_all "$signal" "$tree"
    signal_all CONT "$tree"
    if ! any_running "$tree"; then
      reap "$1"
      break
    fi
    sleep 1
  done
}

# Takes the exit code of a child that was ended. The kernel is asked first whether it still keeps one: when a trapped
# signal breaks off a "wait" in the moment in which the child ends, bash takes the code and loses it, and would then
# wait for that child as long as any other lives.
reap() {
  ! kill -0 "$1" 2>/dev/null || wait "$1" 2>/dev/null
}

signal_all() {
  for process in $2; do
    kill -s "$1" "$process" 2>/dev/null
  done
}

# Whether one of these has not ended. That takes them a moment, which starting awk takes too.
any_running() {
  for process in $1; do
    awk '{ sub(/.*\) /, ""); exit $1 == "Z" }' "/proc/$process/stat" 2>/dev/null && return 0
  done
  return 1
}

# Prints the numbers of a process and of all that descend from it.
tree_of() {
  for status in /proc/[0-9]*/stat; do
    { read -r line <"$status"; } 2>/dev/null || continue
    # The name in parentheses may hold anything; what follows its last one is: state, parent, ...
    rest=${line##*) }
    rest=${rest#* }
    printf '%s %s\n' "${line%% *}" "${rest%% *}"
  done | awk -v top="$1" '
    { parent[$1] = $2 }
    END {
      for (process in parent)
        for (up = process; up in parent; up = parent[up])
          if (up == top) { print process; break }
    }'
}

# What is to be known about the capture before it is sent to somebody.
report() {
  [ -n "$with_trace" ] || return 0
  say "$events lines in the trace, $lost events lost"
  if [ "$lost" -gt 0 ]; then
    say 'a replay of a trace with losses proves nothing; a larger buffer helps: -b'
  fi
  say 'TLB flushes are not in the trace: flush_tlb_kernel_range() is inlined everywhere and cannot be probed'
}

# The dry run: what would be armed and read.
rehearse() {
  echo "linmap capture @VERSION@ on $machine, Linux $release"
  if [ -n "$with_trace" ]; then
    if [ "$place" = instance ]; then
      echo "trace: an instance of its own in ${tracing#"$root"}, $(default_buffer) KiB a CPU"
    else
      echo "trace: the main trace in ${tracing#"$root"}, which is idle (no instances here)"
    fi
    each_probe rehearse_probe rehearse_none
  else
    echo 'trace: none (-m)'
  fi
  obstacle=$(work=${TMPDIR:-/tmp} && image_obstacle)
  found=''
  for interpreter in node python3 perl; do
    ! command -v "$interpreter" >/dev/null 2>&1 || found="$found $interpreter"
  done
  if [ -n "$obstacle" ]; then
    echo "page tables: not from /proc/kcore: $obstacle"
  elif [ -z "$found" ]; then
    echo 'page tables: not from /proc/kcore: no node, python3 or perl'
  else
    echo "page tables: /proc/kcore, read by the first of$found that can"
  fi
  if [ -e "$root/sys/kernel/debug/kernel_page_tables" ]; then
    echo 'page tables: /sys/kernel/debug/kernel_page_tables'
  else
    echo 'page tables: no /sys/kernel/debug/kernel_page_tables'
  fi
}

rehearse_probe() {
  caution=$(suffix_caution "$3")
  echo "probe: $2 $3 ($4)${caution:+; $caution}"
}

rehearse_none() {
  echo "no probe: $1: $2; $(probe_cost "$1")"
}
