# ---- The archive ----------------------------------------------------------------------------------------------------

# The temporary name of the archive; empty as long as there is none.
partial=''

# Opens the archive under a temporary name, so that a place that cannot be written to is known before anything starts.
open_archive() {
  [ -n "$archive" ] || archive=linmap-$release-$(date -u +%Y%m%dT%H%M%SZ).tar.gz
  case $archive in
    /*) ;;
    *) archive=./$archive ;;
  esac
  [ ! -d "$archive" ] || die "$archive is a directory"
  partial=${archive%/*}/.${archive##*/}.$$
  put '' "$partial" || { partial='' && die "$archive cannot be written"; }
}

write_manifest() {
  {
    echo 'format=linmap.archive/1'
    echo 'script=@VERSION@'
    echo "date=$date"
    echo "release=$release"
    echo "machine=$machine"
    echo "command=$command_line"
    [ -z "$command_code" ] || echo "exit=$command_code"
    echo "seconds=$recorded"
    if [ -n "$with_trace" ]; then
      echo "trace=$place"
      echo "events=$events"
      echo "lost=$lost"
      echo "lost_overrun=$lost_overrun"
      echo "lost_dropped=$lost_dropped"
      echo "lost_missed=$lost_missed"
    fi
    cat "$work/contents"
    echo 'had=log.txt'
  } >"$capture/MANIFEST"
}

# Packs the directory; the archive appears whole or not at all.
pack() {
  {
    tar -C "$work" -cf - linmap-capture 2>"$work/tar.log" || echo failed >"$work/tar.failed"
  } | gzip -c >"$partial" 2>>"$work/tar.log" || echo failed >"$work/tar.failed"
  if [ -e "$work/tar.failed" ]; then
    die "$archive could not be written: $(tail -n 1 "$work/tar.log")"
  fi
  mv -f "$partial" "$archive" || die "$archive could not be written"
  partial=''
}
