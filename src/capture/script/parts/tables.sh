# ---- The page tables ------------------------------------------------------------------------------------------------

# Reads the page tables into before/ or after/, between two markers in the trace.
take_tables() {
  mkdir "$capture/$1"
  say "reading the page tables ($1)"
  mark "SNAP_${1}_REQ"
  take_image "$1"
  if [ -e "$root/sys/kernel/debug/kernel_page_tables" ]; then
    take "$1/kernel_page_tables" "$root/sys/kernel/debug/kernel_page_tables" 'the kernel printed no page tables'
  fi
  mark "SNAP_${1}_DONE"
  [ ! -e "$capture/system/vmallocinfo" ] || take_vmallocinfo "$1"
  if [ ! -e "$capture/$1/tables.elf" ] && [ ! -e "$capture/$1/kernel_page_tables" ]; then
    missing "$1" 'neither tables.elf nor kernel_page_tables' "$(tables_cost "$1")"
  fi
}

tables_cost() {
  case $1 in
    before) echo "the map before must be built from the machine's description, so the replay cannot be checked" ;;
    after) echo 'there is nothing to check the replay against' ;;
  esac
}

# tables.elf: the pages of /proc/kcore that hold page tables, read by whichever interpreter the machine has.
take_image() {
  reason=$(image_obstacle)
  if [ -z "$reason" ]; then
    reason='no node, python3 or perl'
    for interpreter in node:mjs python3:py perl:pl; do
      command -v "${interpreter%:*}" >/dev/null 2>&1 || continue
      if read_image "${interpreter%:*}" "${interpreter#*:}" "$1/tables.elf"; then return; fi
      reason="${interpreter%:*}: $(tail -n 1 "$work/reader.log")"
    done
  fi
  missing "$1/tables.elf" "$reason" 'no exact map'
}

# Says why /proc/kcore is not read; nothing where it can be tried.
image_obstacle() {
  if [ ! -e "$root/proc/kcore" ]; then
    echo 'no /proc/kcore (CONFIG_PROC_KCORE)'
  elif ! dd if="$root/proc/kcore" of=/dev/null bs=64 count=1 2>/dev/null; then
    echo '/proc/kcore cannot be read (kernel lockdown? a container?)'
  else
    # All of memory mapped page by page takes a 512th of it for tables. Below TMPDIR may be memory, too.
    need=$(awk '$1 == "MemTotal:" { print int($2 / 480) + 16384 }' "$root/proc/meminfo" 2>/dev/null)
    room=$(df -Pk "$work" 2>/dev/null | awk 'NR == 2 { print $4 }')
    if [ "${room:-0}" -lt "${need:-0}" ]; then
      echo "the tables may take $((need / 1024)) MiB, and ${TMPDIR:-/tmp} has $((room / 1024)); set TMPDIR"
    fi
  fi
}

# read_image INTERPRETER EXTENSION NAME. The reader's exit code 3: the tables changed between its readings.
read_image() {
  table_reader "$2" >"$work/table-reader.$2"
  attend "$1" "$work/table-reader.$2" "$root/proc/kcore" "$capture/$3" </dev/null >"$work/reader.log" 2>&1
  code=$?
  cat "$work/reader.log" >>"$capture/log.txt"
  case $code in
    0) had "$3" ;;
    3)
      had "$3"
      printf 'moved=%s\n' "$3" >>"$work/contents"
      say "$3: the tables changed while they were read: $(tail -n 1 "$work/reader.log")"
      ;;
    *)
      say "$1 could not read /proc/kcore: $(tail -n 1 "$work/reader.log")"
      rm -f "$capture/$3"
      return 1
      ;;
  esac
}
