#!/usr/bin/env bash
# Create .venv and install speech2bird into it, with the versions of constraints.txt.
#
#   install_program.sh          the program
#   install_program.sh test     the program and what tests and training need
#
# PyAudio is the one part that is compiled here. Where that fails the rest is installed all the
# same: typing and sound files work without it.
set -euo pipefail
cd "$(dirname "$0")/.."

extra=${1:-}
python=.venv/bin/python

say() { echo "speech2bird: $*"; }

# Installs its arguments, each package in the one version that constraints.txt names. Source
# packages are built with the setuptools named there too, not with today's.
pip_install() {
    "$python" -m pip install --disable-pip-version-check --no-build-isolation \
        --constraint constraints.txt "$@"
}

if ! "$python" -c "import pip" 2>/dev/null; then
    base=$(scripts/find_python.sh)
    say "creating .venv with $base"
    "$base" -m venv --clear .venv
fi

say "installing the program's packages into .venv; the first time takes some minutes"
pip_install --quiet setuptools wheel

# Homebrew keeps PortAudio where compilers do not look by themselves.
if command -v brew >/dev/null; then
    CFLAGS="${CFLAGS:-} -I$(brew --prefix)/include"
    LDFLAGS="${LDFLAGS:-} -L$(brew --prefix)/lib"
    export CFLAGS LDFLAGS
fi

if "$python" -c "import pyaudio" 2>/dev/null || pip_install --quiet pyaudio; then
    pip_install --editable ".${extra:+[$extra]}"
else
    say "PyAudio could not be built (see above), so the microphone will not work." >&2
    say "Typing and sound files will. To try again later: make reinstall" >&2
    pip_install --no-deps --editable .
    "$python" scripts/list_requirements.py --without pyaudio ${extra:+"$extra"} >.venv/others.txt
    pip_install --requirement .venv/others.txt
fi
