#!/bin/sh
# Makes sure that there is a Chromium for the tests of the HTML report: Debian's, where this runs as root on a machine
# with apt and finds none. Elsewhere it says what is missing and succeeds: those tests are then skipped, and say so.
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo 'no Chromium on PATH: the tests that open the HTML report are skipped' >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
if apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; then exit 0; fi
echo 'Chromium could not be installed: the tests that open the HTML report are skipped' >&2
exit 0
