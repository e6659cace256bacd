# ---- What is said, on stderr and in the archive ---------------------------------------------------------------------

# The directory that becomes the archive; empty as long as there is none.
capture=''

say() {
  printf '%s\n' "$*" >&2
  [ -z "$capture" ] || printf '%s\n' "$*" >>"$capture/log.txt"
}

die() {
  say "linmap-capture: $*"
  exit 2
}

had() {
  printf 'had=%s\n' "$1" >>"$work/contents"
}

# missing NAME REASON COST: something that could not be had, why, and what that costs.
missing() {
  say "not had: $1: $2; $3"
  printf 'missing=%s %s; %s\n' "$1" "$2" "$3" >>"$work/contents"
}

# Writes a line to a file of the kernel, appending: kprobe_events and set_event forget what they held when truncated.
append() {
  { printf '%s\n' "$1" >>"$2"; } 2>/dev/null
}

# Sets a file of the kernel to a value.
put() {
  { printf '%s\n' "$1" >"$2"; } 2>/dev/null
}
