#!/bin/sh
# Runs the command of this checkout, and builds the checkout first when that has not been done: what the pre-commit
# hook, the GitHub Action and the GitLab component start. Everything but the command's own output goes to stderr.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
command=$root/apps/cli/dist/keelson.cjs

if ! command -v node >/dev/null 2>&1; then
  echo 'keelson: node is missing: Node 24, or Node 20 or newer with npm, must be on PATH' >&2
  exit 4
fi

if [ ! -f "$command" ]; then
  echo 'keelson: building, once for this checkout' >&2
  # Settings made for the project that is scanned (NODE_ENV=production, ignore-scripts) are none of ours, and git names
  # its own repository to hooks in the environment. The build writes the command last.
  (
    cd "$root"
    unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE NODE_ENV
    # npm writes this file last: what is installed is not installed anew.
    if [ -f node_modules/.package-lock.json ]; then
      npm run --silent build
    else
      npm ci --include=dev --ignore-scripts=false --no-audit --no-fund
    fi
  ) >&2 || {
    rm -rf "$root/apps/cli/dist"
    echo "keelson: the build in $root failed" >&2
    exit 4
  }
fi

[ "$#" -gt 0 ] || exit 0
exec node "$root/apps/cli/bin/keelson.cjs" "$@"
