#!/bin/sh
# Runs the tests of the Python module. Needs libxtap where the dynamic linker finds it (LD_LIBRARY_PATH) or in
# XTAP_LIBRARY, and where pkg-config finds it (for a test that stands in for it), and xtap-sim on PATH. Exits with 77 when there is no Python.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
. "$here/../tests/size.sh"
# All tests, or those that are asked for.
[ "${XTAP_BINDING_PART:-}" = stress ] && set -- -p test_stress.py "$@"
[ -n "${XTAP_BINDING_CASES:-}" ] && set -- -k "$XTAP_BINDING_CASES" "$@"
for python in ${PYTHON:-} /usr/bin/python3 python3; do
    command -v "$python" >/dev/null && exec "$python" -B -W error -m unittest discover -s "$here/tests" "$@"
done
echo 'SKIPPED: Python is not installed' >&2
exit 77
