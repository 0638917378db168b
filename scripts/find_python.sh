#!/usr/bin/env bash
# Print the Python to build .venv with: 3.11 or newer, able to make virtual environments,
# to open a Tk window and to compile PyAudio.
#
#   find_python.sh          prints its path; exit status 1 when this computer has none
#   find_python.sh --why    says in a sentence what is missing, for a person
set -euo pipefail

candidates() {
    if [ -n "${PYTHON:-}" ]; then
        echo "$PYTHON"
        return
    fi
    # The default one first, then newer to older; /usr/bin last, behind pyenv and Homebrew.
    printf '%s\n' python3 python3.13 python3.12 python3.11 \
        /opt/homebrew/bin/python3.13 /opt/homebrew/bin/python3.12 /opt/homebrew/bin/python3.11 \
        /usr/local/bin/python3.13 /usr/local/bin/python3.12 /usr/local/bin/python3.11 \
        /usr/bin/python3 /usr/bin/python3.13 /usr/bin/python3.12 /usr/bin/python3.11
}

# Names what the Python given as $1 lacks, one word a line; prints nothing for a complete one.
missing_in() {
    "$1" - 2>/dev/null <<'PYTHON' || echo "unusable"
import importlib.util
import os
import sys
import sysconfig

if sys.version_info < (3, 11):
    print("version")
for module in ("ensurepip", "venv"):
    if importlib.util.find_spec(module) is None:
        print(module)
try:
    import tkinter
except ImportError:
    print("tkinter")
if not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")):
    print("headers")
PYTHON
}

if [ "${1:-}" = "--why" ]; then
    for python in $(candidates); do
        if command -v "$python" >/dev/null; then
            missing=$(missing_in "$python" | tr '\n' ' ')
            [ -n "$missing" ] && echo "$(command -v "$python") lacks: $missing"
        fi
    done | sort -u
    exit 0
fi

for python in $(candidates); do
    if command -v "$python" >/dev/null && [ -z "$(missing_in "$python")" ]; then
        command -v "$python"
        exit 0
    fi
done
exit 1
