#!/bin/sh
# The hook keelson-scan-new: what a commit, or a push, adds to the whole repository. Arguments are options of the scan.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# pre-commit names the start of the range where it runs for a push or with --from-ref.
against=${PRE_COMMIT_FROM_REF:-HEAD}
if ! git rev-parse --quiet --verify --end-of-options "$against^{commit}" >/dev/null; then
  # Before the first commit, and for the first push, everything is new.
  against=$(mktemp -d)
  trap 'rmdir "$against"' EXIT
fi
"$here/keelson.sh" scan . --quiet --against="$against" "$@"
