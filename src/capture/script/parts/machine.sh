# ---- What is known of the machine -----------------------------------------------------------------------------------

# take NAME SOURCE COST: a copy of a file in the archive, if there is something in it.
take() {
  if [ ! -e "$2" ]; then
    missing "$1" "no ${2#"$root"}" "$3"
  elif ! cat "$2" >"$capture/$1" 2>/dev/null; then
    rm -f "$capture/$1"
    missing "$1" "${2#"$root"} cannot be read" "$3"
  elif [ ! -s "$capture/$1" ]; then
    rm -f "$capture/$1"
    missing "$1" "${2#"$root"} is empty" "$3"
  else
    had "$1"
  fi
}

take_machine() {
  mkdir "$capture/system"
  take system/iomem "$root/proc/iomem" 'where memory lies has to be given by hand'
  if [ -s "$capture/system/iomem" ] && ! grep -qv '^ *0*-0* : ' "$capture/system/iomem"; then
    rm "$capture/system/iomem"
    take_back system/iomem 'all its addresses are zero (CAP_SYS_ADMIN is missing; a container?)' \
      'where memory lies has to be given by hand'
  fi
  take system/meminfo "$root/proc/meminfo" 'the amount of memory cannot be checked'
  take system/cpuinfo "$root/proc/cpuinfo" 'the CPUs are not known'
  take_vmallocinfo system
  take system/cmdline "$root/proc/cmdline" 'rodata= and kfence= have to be given by hand'
  uname -a >"$capture/system/version"
  had system/version
  take_midr
  take_config
  for list in memory reserved; do
    take "system/memblock-$list" "$root/sys/kernel/debug/memblock/$list" \
      'memory that the kernel does not map (NOMAP) is taken from iomem'
  done
}

# take_back NAME REASON COST: what was had is of no use.
take_back() {
  grep -vx "had=$1" "$work/contents" >"$work/contents.new"
  mv "$work/contents.new" "$work/contents"
  missing "$1" "$2" "$3"
}

# The list of vmalloc areas, as it is now. Where kptr_restrict is 0 the kernel prints hashes in place of addresses.
take_vmallocinfo() {
  take "$1/vmallocinfo" "$root/proc/vmallocinfo" 'which pages belong to a module or a program is not known'
  if [ -s "$capture/$1/vmallocinfo" ] && ! grep -q '^0xf' "$capture/$1/vmallocinfo"; then
    rm "$capture/$1/vmallocinfo"
    take_back "$1/vmallocinfo" 'the kernel hides its addresses (kernel.kptr_restrict is 0 or 2; 1 shows them to root)' \
      'which pages belong to a module or a program is not known'
  fi
}

# "cpu0 0x00000000413fd0c1", a line a CPU.
take_midr() {
  for register in "$root"/sys/devices/system/cpu/cpu*/regs/identification/midr_el1; do
    [ -r "$register" ] || continue
    cpu=${register%/regs/*}
    printf '%s %s\n' "${cpu##*/}" "$(cat "$register")"
  done | LC_ALL=C sort -k 1.4n >"$capture/system/midr"
  if [ -s "$capture/system/midr" ]; then
    had system/midr
  else
    rm -f "$capture/system/midr"
    missing system/midr 'no midr_el1 below /sys/devices/system/cpu' 'the CPUs are known from cpuinfo alone'
  fi
}

take_config() {
  if [ -r "$root/proc/config.gz" ]; then
    take system/config.gz "$root/proc/config.gz" ''
    return
  fi
  for config in "$root/boot/config-$release" "$root/lib/modules/$release/config" \
    "$root/usr/lib/modules/$release/config" "$root/lib/modules/$release/build/.config"; do
    if [ -r "$config" ]; then
      take system/config "$config" ''
      return
    fi
  done
  missing system/config 'no /proc/config.gz, /boot/config-* or /lib/modules/*/config' \
    'granule and VA bits come from the page tables, or have to be given by hand'
}
