#!/bin/sh
# The hook keelson-scan: arguments are options of the scan, written with =, and then the files that a commit changes.
# Files that hold neither a Kubernetes object nor a Dockerfile are left out, as a scan of their folder would: named to
# keelson, a tsconfig.json with comments would be a file that cannot be read.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
count=$#
# The options go to the end, so that the files can be taken off the front, and back behind them. A file may be called
# as an option is (--output=/etc/x.yaml): what there is as a file is none.
while [ "$count" -gt 0 ]; do
  case $1 in
    -*) [ ! -e "$1" ] || break; set -- "$@" "$1" ;;
    *) break ;;
  esac
  shift
  count=$((count - 1))
done
[ "$count" -gt 0 ] || exit 0

files=$(
  index=0
  for file; do
    [ "$index" -lt "$count" ] || break
    printf '%s\n' "$file"
    index=$((index + 1))
  done | tr '\n' '\0' | xargs -0 grep -lE 'apiVersion|\\[xuU]|^[[:space:]]*[Ff][Rr][Oo][Mm][[:space:]]' -- || :
)
shift "$count"
[ -n "$files" ] || exit 0
set -f
IFS='
'
# shellcheck disable=SC2086 # one file a line
exec "$here/keelson.sh" scan --quiet "$@" -- $files
