# ---- Recording ------------------------------------------------------------------------------------------------------

# What has to be taken back; each is set right before it is done and emptied when it is undone.
instance='' probing='' stream='' main_trace=''
# Events that the kernel has taken.
armed=''

# Sets $tracing to where tracefs is mounted. It is not mounted from here: where, is the administrator's choice.
find_tracefs() {
  for tracing in "$root/sys/kernel/tracing" "$root/sys/kernel/debug/tracing"; do
    [ ! -e "$tracing/kprobe_events" ] || return 0
  done
  for tracing in "$root/sys/kernel/tracing" "$root/sys/kernel/debug/tracing"; do
    [ ! -e "$tracing/trace" ] || die "this kernel has no kprobe events (CONFIG_KPROBE_EVENTS); -m does without a trace"
  done
  die 'tracefs is not mounted: mount -t tracefs tracefs /sys/kernel/tracing; -m does without a trace'
}

# Sets $place to "instance" or "main". An instance of one's own disturbs nobody. Without one the main trace is taken,
# but only where nobody uses it.
choose_place() {
  if [ -d "$tracing/instances" ]; then
    place=instance
  else
    place=main
    busy=$(main_trace_user)
    [ -z "$busy" ] || die "this kernel has no trace instances, and the main trace is in use ($busy); -m does without"
  fi
}

# Says what the main trace is used for; nothing where it is idle.
main_trace_user() {
  tracer=$(cat "$tracing/current_tracer" 2>/dev/null)
  if [ "$tracer" != nop ]; then
    echo "the tracer \"$tracer\" is set"
  elif grep -q . "$tracing/set_event" 2>/dev/null; then
    echo 'events are enabled'
  elif grep -qv '^#' "$tracing/trace" 2>/dev/null; then
    echo 'it holds events'
  fi
}

# Makes the place to record in, and arms the probes; nothing is recorded yet.
arm() {
  group=linmap_$$
  if [ "$place" = instance ]; then
    trace_dir=$tracing/instances/$group
    instance=$trace_dir
    mkdir "$instance" 2>"$work/reason" || {
      instance=''
      die "no trace instance: $(tail -n 1 "$work/reason")"
    }
    put "$(default_buffer)" "$instance/buffer_size_kb" || say 'the size of the trace buffer could not be set'
    # An instance inherits how the main trace is printed. These are what its text is read by.
    for option in raw:0 hex:0 bin:0 context-info:1 irq-info:1 latency-format:0 overwrite:1; do
      [ ! -e "$instance/options/${option%:*}" ] || put "${option#*:}" "$instance/options/${option%:*}"
    done
  else
    trace_dir=$tracing
    main_trace=$(cat "$tracing/tracing_on" 2>/dev/null)
    main_trace=${main_trace:-1}
    say 'no trace instances: the main trace is used, which is idle; its buffer size stays as it is'
  fi
  probing=yes
  each_probe arm_one arm_none
  [ -n "$armed" ] || die 'no probe could be armed (kernel lockdown? see /sys/kernel/security/lockdown); -m does without'
  grep "$group/" "$tracing/kprobe_events" >"$capture/probes.txt" 2>/dev/null
  had probes.txt
}

# With many CPUs the buffers of 4 MiB would add up to more than a machine likes to give.
default_buffer() {
  cpus=$(grep -c '^processor' "$root/proc/cpuinfo" 2>/dev/null)
  if [ -n "$buffer_kib" ]; then
    echo "$buffer_kib"
  elif [ "${cpus:-1}" -gt 64 ]; then
    echo $((262144 / cpus))
  else
    echo 4096
  fi
}

arm_one() {
  where="$3 $4"
  if [ "$2" = r ]; then
    # Several CPUs may be inside the function at once; kernels before 4.12 take no number.
    add_probe "$1" "r64:$group/$1 $where" || add_probe "$1" "r:$group/$1 $where" || return 0
  else
    add_probe "$1" "p:$group/$1 $where" || return 0
  fi
  caution=$(suffix_caution "$3")
  [ -z "$caution" ] || say "probe of $3: $caution"
}

# Adds a probe and looks whether the kernel has it now. Old shells do not notice a failed write.
add_probe() {
  if append "$2" "$tracing/kprobe_events" && grep -q ":$group/$1 " "$tracing/kprobe_events" 2>/dev/null; then
    armed="$armed $1"
    return 0
  fi
  case $2 in
    r64*) ;;
    *) missing "probe:${where%% *}" 'the kernel refused it' "$(probe_cost "${where%%[. ]*}")" ;;
  esac
  return 1
}

arm_none() {
  missing "probe:$1" "$2" "$(probe_cost "$1")"
}

# Starts to record. The stream is read while it is recorded, so that the buffer only has to hold what comes in bursts.
start_recording() {
  lost_before=$(lost_counts)
  # The header explains the columns; trace_pipe does not print it. Its count of entries is that of an empty buffer.
  grep '^#' "$trace_dir/trace" 2>/dev/null | grep -v 'entries-in-buffer' >"$capture/trace.txt"
  cat "$trace_dir/trace_pipe" >>"$capture/trace.txt" 2>/dev/null </dev/null &
  stream=$!
  append "$group:*" "$trace_dir/set_event" || die 'the events could not be enabled'
  put 1 "$trace_dir/tracing_on" || die 'recording could not be switched on'
}

# A line in the trace that says where in the course of events a map was read.
mark() {
  [ -z "$stream" ] || put "$1" "$trace_dir/trace_marker" || say "the marker $1 could not be written"
}

# Stops recording, without losing what is still in the buffer.
stop_recording() {
  append "!$group:*" "$trace_dir/set_event"
  # The last marker is the sign that the stream has been read; a trace without markers is waited for until it is quiet.
  idle=0 size=''
  while [ "$idle" -lt 3 ] && kill -0 "$stream" 2>/dev/null; do
    ! tail -c 1000000 "$capture/trace.txt" | grep -q 'SNAP_after_DONE' || break
    last=$size
    size=$(wc -c <"$capture/trace.txt")
    if [ "$size" = "$last" ]; then idle=$((idle + 1)); else idle=0; fi
    sleep 1
  done
  put 0 "$trace_dir/tracing_on"
  stop_stream
  grep -v '^#' "$trace_dir/trace" >>"$capture/trace.txt" 2>/dev/null
  name_tasks
  had trace.txt
  count_lost
}

stop_stream() {
  [ -n "$stream" ] || return 0
  kill "$stream" 2>/dev/null
  reap "$stream"
  ended="$ended$stream "
  stream=''
}

# The kernel learns a task's name when the task leaves the CPU, which is often after its first events were streamed as
# "<...>-PID". Now it knows.
name_tasks() {
  [ -r "$tracing/saved_cmdlines" ] && grep -q '^ *<\.\.\.>-' "$capture/trace.txt" || return 0
  awk '
    FILENAME == ARGV[1] { pid = $1; sub(/^ *[0-9]+ /, ""); name[pid] = $0; next }
    match($0, /^ *<\.\.\.>-[0-9]+/) {
      rest = substr($0, RLENGTH + 1)
      pid = substr($0, 1, RLENGTH)
      sub(/.*-/, "", pid)
      if (pid in name) $0 = sprintf("%16s-%s", name[pid], pid) rest
    }
    { print }' "$tracing/saved_cmdlines" "$capture/trace.txt" >"$work/named" 2>/dev/null &&
    mv "$work/named" "$capture/trace.txt"
}

# Two numbers: events that found no room in the buffers, and events that were dropped for other reasons.
lost_counts() {
  cat "$trace_dir"/per_cpu/cpu*/stats 2>/dev/null | awk -F: '
    $1 == "overrun" || $1 == "commit overrun" { overrun += $2 }
    $1 == "dropped events" { dropped += $2 }
    END { printf "%d %d\n", overrun, dropped }'
}

# Probes that could not run (the kernel was inside another one, or too many were on their way to return).
missed_hits() {
  awk -v events="$armed" '
    BEGIN { n = split(events, list, " "); for (i = 1; i <= n; i++) ours[list[i]] = 1 }
    $1 in ours { missed += $NF }
    END { printf "%d\n", missed }' "$tracing/kprobe_profile" 2>/dev/null || echo 0
}

# Sets lost_overrun, lost_dropped, lost_missed and their sum, lost.
count_lost() {
  counts=$(lost_counts)
  lost_overrun=$((${counts% *} - ${lost_before% *}))
  lost_dropped=$((${counts#* } - ${lost_before#* }))
  lost_missed=$(missed_hits)
  lost=$((lost_overrun + lost_dropped + lost_missed))
}

# Takes everything back. May be called at any moment, and more than once.
disarm() {
  [ -z "$probing" ] || append "!$group:*" "$trace_dir/set_event"
  stop_stream
  if [ -n "$main_trace" ]; then
    # It was empty, so what is in it now is from here.
    { true >"$tracing/trace"; } 2>/dev/null
    put "$main_trace" "$tracing/tracing_on"
    main_trace=''
  fi
  if [ -n "$instance" ] && [ -d "$instance" ]; then
    with_patience rmdir "$instance" || say "left behind: rmdir $instance"
  fi
  instance=''
  [ -n "$probing" ] || return 0
  # The kernel's own list, so that nothing is forgotten, wherever the arming was interrupted.
  # shellcheck disable=SC2013 # names of events are words
  for event in $(sed -n "s|^[pr][0-9]*:\($group/[^ ]*\) .*|\1|p" "$tracing/kprobe_events" 2>/dev/null); do
    with_patience append "-:$event" "$tracing/kprobe_events" ||
      say "left behind: echo '-:$event' >>$tracing/kprobe_events"
  done
  probing=''
}

# An event or an instance may stay busy for a moment after its last use.
with_patience() {
  for pause in 0 1 1 2; do
    sleep "$pause"
    ! "$@" 2>/dev/null || return 0
  done
  return 1
}
