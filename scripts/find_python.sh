#!/usr/bin/env bash
# Print the Python to build .venv with: 3.11 to 3.14 (PyTorch has no files for newer ones yet),
# able to make virtual environments, to open a Tk window and to compile PyAudio.
#
#   find_python.sh          prints its path; exit status 1 when this computer has none
#   find_python.sh --why    says in a sentence what is missing, for a person
set -euo pipefail

candidates() {
    if [ -n "${PYTHON:-}" ]; then
        echo "$PYTHON"
        return
    fi
    # The default one first, then newer to older, and 3.14, for which pocketsphinx has to be
    # compiled; /usr/bin last, behind pyenv and Homebrew.
    local folder
    echo python3
    for folder in "" /opt/homebrew/bin/ /usr/local/bin/ /usr/bin/; do
        printf '%s\n' "$folder"python3.{13,12,11,14}
    done
    echo /usr/bin/python3
}

# Names what the Python given as $1 lacks, one word a line; prints nothing for a complete one.
missing_in() {
    "$1" - 2>/dev/null <<'PYTHON' || echo "unusable"
import importlib.util
import os
import sys
import sysconfig

if not (3, 11) <= sys.version_info[:2] <= (3, 14):
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
