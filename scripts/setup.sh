#!/bin/sh
# Finds a Python that is new enough, then leaves the work to setup.py.
set -eu
cd "$(dirname "$0")/.."
for python in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    [ -n "$python" ] || continue
    command -v "$python" >/dev/null 2>&1 || continue
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    exec "$python" scripts/setup.py "$@"
done
echo "Weilu needs Python 3.11 or newer, and found none." >&2
echo "Debian and Ubuntu: sudo apt install python3 python3-venv.  macOS: brew install python." >&2
echo "A Python in another place: make up PYTHON=/path/to/python3" >&2
exit 1
