#!/usr/bin/env bash
# Create .venv and install speech2bird into it: exactly the files whose hashes requirements/*.lock name.
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

# Source packages are built with the tools that are locked too, not with today's: with those of
# .venv, where builds look for programs such as cython.
pip_install() {
    PATH="$PWD/.venv/bin:$PATH" "$python" -m pip install --disable-pip-version-check --no-build-isolation --no-deps "$@"
}

install_locked() {
    pip_install --require-hashes --requirement "requirements/$1.lock"
}

if ! "$python" -c "import pip" 2>/dev/null; then
    base=$(scripts/find_python.sh)
    say "creating .venv with $base"
    "$base" -m venv --clear .venv
fi

say "installing the program's packages into .venv; the first time takes some minutes"
install_locked build >.venv/pip.log

# Homebrew keeps PortAudio where compilers do not look by themselves.
if command -v brew >/dev/null; then
    CFLAGS="${CFLAGS:-} -I$(brew --prefix)/include"
    LDFLAGS="${LDFLAGS:-} -L$(brew --prefix)/lib"
    export CFLAGS LDFLAGS
fi

if ! install_locked pyaudio >>.venv/pip.log; then
    say "PyAudio could not be built (see above), so the microphone will not work." >&2
    say "Typing and sound files will. To try again later: make reinstall" >&2
fi
if ! install_locked run 2>>.venv/pip.log; then
    tail -n 5 .venv/pip.log >&2
    say "some packages could not be installed (why: .venv/pip.log)" >&2
    say "trying once more with the tools that compile them" >&2
    install_locked compile >>.venv/pip.log
    install_locked run
fi
# Torch for graphics cards says so in its requirements; the one for processors is a tenth of it.
if "$python" -c 'from importlib.metadata import requires
raise SystemExit(not any(part.startswith(("nvidia", "cuda")) for part in requires("torch")))'; then
    install_locked cuda
fi
if [ -n "$extra" ]; then
    install_locked "$extra"
fi
pip_install --quiet --editable .
