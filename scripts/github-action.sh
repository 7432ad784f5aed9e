#!/bin/sh
# The step of action.yml that scans. Inputs come as environment variables INPUT_*, so that no text of theirs is ever
# read as a script; lists have one item a line. Writes annotations, the job summary, a SARIF file and the outputs.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
keelson() { "$here/keelson.sh" "$@"; }
newline='
'

folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/keelson.XXXXXX")
sarif=${INPUT_SARIF_FILE:-$folder/keelson.sarif}
cd "$GITHUB_WORKSPACE"

# A revision of a remote (origin/main) that a shallow checkout lacks is fetched. `origin/` alone is what
# `origin/${{ github.base_ref }}` gives where there is no pull request: nothing to compare with.
against=${INPUT_AGAINST:-}
case $against in
  */) against= ;;
  */*)
    if ! git rev-parse --quiet --verify --end-of-options "$against^{commit}" >/dev/null; then
      remote=${against%%/*} branch=${against#*/}
      git fetch --quiet --no-tags --depth=1 -- "$remote" "+refs/heads/$branch:refs/remotes/$remote/$branch" || {
        echo "keelson: $against is not in this checkout and could not be fetched" >&2
        exit 4
      }
    fi
    ;;
esac

# The nth --output belongs to the nth of the formats behind the first one, which goes to the log.
set -- scan --format=terminal \
  --format=github --output="$folder/annotations" \
  --format=markdown --output="$folder/summary.md" \
  --format=sarif --output="$sarif" \
  --format=json --output="$folder/report.json"
[ -z "${INPUT_FAIL_ON:-}" ] || set -- "$@" --fail-on="$INPUT_FAIL_ON"
[ -z "${INPUT_FRAMEWORK:-}" ] || set -- "$@" --framework="$INPUT_FRAMEWORK"
[ -z "${INPUT_BASELINE:-}" ] || set -- "$@" --baseline="$INPUT_BASELINE"
[ -z "${INPUT_CONFIG:-}" ] || set -- "$@" --config="$INPUT_CONFIG"
[ -z "$against" ] || set -- "$@" --against="$against"
set -f
IFS=$newline
# shellcheck disable=SC2086 # one argument a line
set -- "$@" ${INPUT_ARGS:-}
# shellcheck disable=SC2086 # one path a line
set -- "$@" -- ${INPUT_PATHS:-.}
unset IFS
set +f

# What is scanned may be hostile, and the runner takes commands out of the log: none is taken while the scan speaks.
token=$(node -p 'crypto.randomUUID()')
echo "::stop-commands::$token"
status=0
keelson "$@" 2>&1 || status=$?
echo "::$token::"

findings=
[ ! -f "$folder/annotations" ] || cat "$folder/annotations"
if [ -f "$folder/summary.md" ]; then
  # The runner refuses the summary of a step that is larger than a mebibyte.
  head -c 1000000 "$folder/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
if [ -s "$folder/report.json" ]; then
  # What counts: all that nothing suppresses; where the run compares, the new ones of these.
  findings=$(node -e '
    const { findings, comparison } = JSON.parse(fs.readFileSync(process.argv[1], "utf8"));
    const compared = comparison && new Set(comparison.findings.new);
    const counts = ({ suppressions = [] }, i) => suppressions.length === 0 && (!compared || compared.has(i));
    console.log(findings.filter(counts).length);
  ' "$folder/report.json")
fi
{
  echo "exit-code=$status"
  echo "findings=$findings"
  [ ! -f "$sarif" ] || printf 'sarif-file=%s\n' "$sarif"
} >>"$GITHUB_OUTPUT"
exit "$status"
