# ---- Probes ---------------------------------------------------------------------------------------------------------
#
# One line a probe: name of the event; p entry or r return; function; what the kernel must have and (with !) must not
# have for it, separated by commas; arguments. %x0, %x1, ... are the argument registers of arm64. A pgprot_t, pmd_t or
# pud_t is a structure of one 64-bit word and comes in a register of its own, like an integer.
#
# Up to 6.17 there is no update_range_prot(): descriptors change in __change_memory_common() and in set_direct_map_*(),
# both by way of apply_to_page_range(), whose last argument then points to the two masks. Such kernels are known by
# change_page_range(), and they split nothing.

probe_table() {
  cat <<'TABLE'
upd           p  update_range_prot                 !change_page_range               start=%x0 size=%x1 set=%x2 clear=%x3
upd_ret       r  update_range_prot                 !change_page_range               ret=$retval:s32
common        p  __change_memory_common            !update_range_prot               start=%x0 size=%x1 set=%x2 clear=%x3
apply         p  apply_to_page_range               change_page_range                start=%x1 size=%x2 fn=%x3:symbol set=+0(%x4):x64 clear=+8(%x4):x64
cmc           p  change_memory_common              -                                addr=%x0 n=%x1:s32 set=%x2 clear=%x3
set_ro        p  set_memory_ro                     -                                addr=%x0 n=%x1:s32
set_rw        p  set_memory_rw                     -                                addr=%x0 n=%x1:s32
set_x         p  set_memory_x                      -                                addr=%x0 n=%x1:s32
set_nx        p  set_memory_nx                     -                                addr=%x0 n=%x1:s32
set_valid     p  set_memory_valid                  -                                addr=%x0 n=%x1:s32 enable=%x2:s32
dm_invalid    p  set_direct_map_invalid_noflush    -                                page=%x0
dm_default    p  set_direct_map_default_noflush    -                                page=%x0
dm_valid      p  set_direct_map_valid_noflush      -                                page=%x0 nr=%x1:u32 valid=%x2:u8
split         p  split_kernel_leaf_mapping         !change_page_range               start=%x0 end=%x1
split_locked  p  split_kernel_leaf_mapping_locked  !change_page_range               addr=%x0
split_pmd     p  split_pmd                         !change_page_range               pmdp=%x0 pmd=%x1 gfp=%x2:x32 to_cont=%x3:u8
split_pud     p  split_pud                         !change_page_range               pudp=%x0 pud=%x1 gfp=%x2:x32 to_cont=%x3:u8
pgtable       r  __pgd_pgtable_alloc               -                                pa=$retval
unmap_aliases p  _vm_unmap_aliases                 -                                start=%x0 end=%x1 flush=%x2:s32
kfence_init   p  arch_kfence_init_pool             __kfence_pool,!change_page_range pool=@__kfence_pool:x64
TABLE
}

# Names that the table does not probe, but asks for.
asked_for='change_page_range __kfence_pool'

only_callers='only the callers are seen, not which pages of the linear map they change: no exact replay'

# What a capture without a function's probe cannot say.
probe_cost() {
  case $1 in
    update_range_prot)
      if has __change_memory_common; then
        echo '__change_memory_common() shows the changes but those of set_direct_map_*()'
      else
        echo "$only_callers"
      fi
      ;;
    split_kernel_leaf_mapping | split_kernel_leaf_mapping_locked | split_pmd | split_pud)
      echo 'splits are not witnessed' ;;
    apply_to_page_range) echo "$only_callers" ;;
    __pgd_pgtable_alloc) echo 'new page tables are not witnessed' ;;
    arch_kfence_init_pool) echo 'a KFENCE pool that is switched on meanwhile is not seen' ;;
    _vm_unmap_aliases) echo 'TLB flushes of vm_unmap_aliases() are not seen' ;;
    *) echo 'calls that come this way are seen, but not named' ;;
  esac
}

# Sets $symbols to the kernel's own symbols of the functions above, with the suffixes that compilers add (.part.0,
# .isra.0, .constprop.0), separated and surrounded by spaces. Modules' are left out (they have a fourth column), and
# .cold, which is no entry. Where no list can be read every function is tried.
find_symbols() {
  wanted="$(probe_table | awk '{ print $3 }') $asked_for"
  if [ -r "$root/proc/kallsyms" ]; then
    symbols=$(awk -v wanted="$wanted" '
      BEGIN { n = split(wanted, list, /[ \n]+/); for (i = 1; i <= n; i++) wants[list[i]] = 1 }
      NF == 3 { base = $3; sub(/\..*/, "", base); if (base in wants && $3 !~ /\.cold/) print $3 }
    ' "$root/proc/kallsyms" 2>/dev/null)
  elif [ -r "$tracing/available_filter_functions" ]; then
    # Functions only: of the data that is asked for nothing is known, so it is taken to be there.
    symbols=$(awk -v wanted="$wanted" '
      BEGIN { n = split(wanted, list, /[ \n]+/); for (i = 1; i <= n; i++) wants[list[i]] = 1; print "__kfence_pool" }
      NF == 1 { base = $1; sub(/\..*/, "", base); if (base in wants && $1 !~ /\.cold/) print $1 }
    ' "$tracing/available_filter_functions" 2>/dev/null)
  else
    symbols=$wanted
  fi
  symbols=" $(printf '%s' "$symbols" | tr '\n' ' ') "
}

# Whether the kernel has a function, under its own name or with a suffix.
has() {
  case $symbols in
    *" $1 "* | *" $1."*) return 0 ;;
  esac
  return 1
}

# Whether the kernel is as the table's fourth column wants it.
wanted_here() {
  for need in $(printf '%s' "$1" | tr ',' ' '); do
    case $need in
      -) ;;
      !*) ! has "${need#!}" || return 1 ;;
      *) has "$need" || return 1 ;;
    esac
  done
}

# Calls "$1 EVENT KIND SYMBOL ARGUMENTS" for every probe that this kernel offers, and "$2 FUNCTION REASON" for every
# function that it does not.
each_probe() {
  said_absent=''
  while read -r event kind function needs arguments; do
    wanted_here "$needs" || continue
    copies=0 ambiguous=''
    for symbol in $symbols; do
      case $symbol in
        "$function" | "$function".*) ;;
        *) continue ;;
      esac
      case $symbols in
        *" $symbol "*" $symbol "*)
          # A name alone does not say which of them is meant.
          ambiguous=yes
          continue
          ;;
      esac
      copies=$((copies + 1))
      name=$event
      [ "$copies" = 1 ] || name=${event}_$copies
      "$1" "$name" "$kind" "$symbol" "$arguments"
    done
    # A function may have two lines, for entry and return.
    if [ "$copies" = 0 ] && [ "$function" != "$said_absent" ]; then
      said_absent=$function
      if [ -n "$ambiguous" ]; then
        "$2" "$function" 'several functions of this name'
      else
        "$2" "$function" 'no such function (or inlined)'
      fi
    fi
  done <<TABLE
$(probe_table)
TABLE
}

# What a suffix means for the arguments.
suffix_caution() {
  case $1 in
    *.isra.* | *.constprop.*) echo 'the compiler may have dropped or moved arguments: check them against the source' ;;
    *.part.*) echo 'the compiler split this function: calls that end early are not seen' ;;
  esac
}
