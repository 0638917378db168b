#!/usr/bin/env bash
# Create .venv and install speech2bird into it: exactly the files whose hashes requirements/*.lock name.
#
#   install_program.sh          the program
#   install_program.sh test     the program and what tests and training need
#   install_program.sh bundle   the program and what makes a bundle of it; VENV=FOLDER: there, not in .venv
#
# GPU=yes and GPU=no choose PyTorch's build for NVIDIA graphics cards (3.8 GB more) or the one for
# processors alone; the choice is kept. Without one, a build that is installed stays, and a
# new .venv gets the build for cards only where there is such a card.
#
# PyAudio is the one part that is compiled here. Where that fails the rest is installed all the
# same: typing and sound files work without it.
set -euo pipefail
cd "$(dirname "$0")/.."

extra=${1:-}
venv=${VENV:-.venv}
python=$venv/bin/python
case "${GPU:-}" in
yes | no) gpu=$GPU ;;
*) gpu=$(cat "$venv/gpu" 2>/dev/null || true) ;;
esac

torch_index=https://download.pytorch.org/whl/cpu
locked_torch=$(sed -n 's/^torch==\([^ ]*\).*/\1/p' requirements/torch.lock)

say() { echo "speech2bird: $*"; }

# Source packages are built with the tools that are locked too, not with today's: with those of
# .venv, where builds look for programs such as cython.
pip_install() {
    PATH="$(cd "$venv/bin" && pwd):$PATH" "$python" -m pip install --disable-pip-version-check --no-build-isolation --no-deps "$@"
}

install_locked() {
    local lock=$1
    shift
    pip_install --require-hashes --requirement "requirements/$lock.lock" "$@"
}

# PyTorch's version that is installed: 2.13.0, or 2.13.0+cpu without parts for graphics cards.
torch_version() {
    "$python" -c 'from importlib.metadata import version; print(version("torch"))' 2>/dev/null || true
}

wants_cuda() {
    case "$gpu" in
    yes) return 0 ;;
    no) return 1 ;;
    esac
    case "$(torch_version)" in
    "$locked_torch") return 0 ;;
    "$locked_torch+cpu") return 1 ;;
    esac
    scripts/find_nvidia_card.sh
}

# Linux alone has two builds. Torch for graphics cards says so in its requirements, the packages of cuda.lock.
install_torch_for_cards() {
    local again=()
    [[ "$(torch_version)" != *+cpu ]] || again=(--force-reinstall) # it would pass for this one
    install_locked torch ${again[@]+"${again[@]}"}
    if "$python" -c 'from importlib.metadata import requires
raise SystemExit(not any(part.startswith(("nvidia", "cuda")) for part in requires("torch")))'; then
        install_locked cuda
    fi
}

# Where it lies is pip's settings' to say, or PyTorch's own index: PyPI has it not.
install_torch_for_processors() {
    local before
    before=$(torch_version)
    install_locked torch-cpu --extra-index-url "$torch_index" --timeout 15 --retries 1 2>>"$venv/pip.log" ||
        return 1
    if [ "$before" = "$locked_torch" ]; then
        say "removing what only graphics cards need"
        # shellcheck disable=SC2046  # a word list on purpose
        "$python" -m pip uninstall --quiet --yes $(sed -n 's/^\([a-z0-9-]*\)==.*/\1/p' requirements/cuda.lock) \
            2>>"$venv/pip.log"
    fi
}

if ! "$python" -c "import pip" 2>/dev/null; then
    base=$(scripts/find_python.sh)
    say "creating $venv with $base"
    "$base" -m venv --clear "$venv"
fi

say "installing the program's packages into $venv; the first time takes some minutes"
install_locked build >"$venv/pip.log"

# Homebrew keeps PortAudio where compilers do not look by themselves.
if command -v brew >/dev/null; then
    CFLAGS="${CFLAGS:-} -I$(brew --prefix)/include"
    LDFLAGS="${LDFLAGS:-} -L$(brew --prefix)/lib"
    export CFLAGS LDFLAGS
fi

if ! install_locked pyaudio >>"$venv/pip.log"; then
    say "PyAudio could not be built (see above), so the microphone will not work." >&2
    say "Typing and sound files will. To try again later: make reinstall" >&2
fi
if ! install_locked run 2>>"$venv/pip.log"; then
    tail -n 5 "$venv/pip.log" >&2
    say "some packages could not be installed (why: $venv/pip.log)" >&2
    say "trying once more with the tools that compile them" >&2
    install_locked compile >>"$venv/pip.log"
    install_locked run
fi
if [ "$(uname)" != Linux ] || wants_cuda; then
    install_torch_for_cards
elif ! install_torch_for_processors; then
    say "PyTorch's build for processors could not be had (why: $venv/pip.log)" >&2
    say "taking the usual one, which takes 3.8 GB more; to try again later: make run GPU=no" >&2
    gpu=
    install_torch_for_cards
fi
if [ -n "$extra" ]; then
    install_locked "$extra"
fi
pip_install --quiet --editable .
rm -f "$venv/gpu"
if [ -n "$gpu" ]; then
    echo "$gpu" >"$venv/gpu"
fi
