#!/usr/bin/env bash
# Install what speech2bird needs from the operating system, and nothing that is there already:
# Python 3.11 with Tk, PortAudio's headers and a C compiler (PyAudio is built from source).
#
#   install_system_packages.sh          what the program needs
#   install_system_packages.sh --test   also a virtual screen, speech synthesisers and strace
#
# Debian and Ubuntu by apt, macOS by Homebrew. Elsewhere it says what is missing and goes on:
# what is really needed fails later with its own message.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

for_tests=no
[ "${1:-}" = "--test" ] && for_tests=yes

say() { echo "speech2bird: $*"; }
have() { command -v "$1" >/dev/null; }

has_python() { "$here/find_python.sh" >/dev/null; }
has_compiler() { have cc || have gcc || have clang; }
has_portaudio() {
    [ -e /usr/include/portaudio.h ] || [ -e /usr/local/include/portaudio.h ] ||
        [ -e /opt/homebrew/include/portaudio.h ]
}

# Sets the array `missing` to the packages to install. Arguments: the package manager's names of
# Python (several, as one word list), a compiler, PortAudio, Xvfb and the speech synthesiser;
# an empty name: this system needs no such package.
missing=()
find_missing() {
    local python=$1 compiler=$2 portaudio=$3 xvfb=$4 synthesiser=$5
    # shellcheck disable=SC2206  # a word list on purpose
    has_python || missing+=($python)
    # shellcheck disable=SC2206
    has_compiler || missing+=($compiler)
    has_portaudio || missing+=("$portaudio")
    if [ "$for_tests" = yes ]; then
        [ -z "$xvfb" ] || have Xvfb || missing+=("$xvfb")
        have flite || missing+=("$synthesiser")
    fi
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo; then
        say "asking for your password: sudo $*"
        sudo "$@"
    else
        say "this needs the administrator, and there is no sudo here. Please run: $*"
        return 1
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "$@"
}

install_with_apt() {
    find_missing "python3 python3-venv python3-tk python3-dev" "gcc libc6-dev" \
        portaudio19-dev xvfb flite
    if [ "$for_tests" = yes ]; then
        have strace || missing+=(strace)
        # They read and start what is put into the menu.
        have desktop-file-validate || missing+=(desktop-file-utils)
        have gio || missing+=(libglib2.0-bin)
        have xdotool || missing+=(xdotool)
        have debootstrap || missing+=(debootstrap)
        # The other synthesisers that training can use. Elsewhere their tests are skipped.
        have espeak-ng || missing+=(espeak-ng)
        [ -d /usr/share/festival/voices/us/cmu_us_slt_arctic_hts ] ||
            missing+=(festival festvox-us-slt-hts)
    fi
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing with apt: ${missing[*]}"
    # The package lists are fetched only when the ones at hand are absent or too old.
    if ! apt_install "${missing[@]}"; then
        say "fetching apt's package lists first"
        as_root apt-get update
        apt_install "${missing[@]}"
    fi
}

install_with_brew() {
    if ! has_compiler; then
        say "opening the installer of Apple's command line tools (they hold the C compiler)"
        xcode-select --install || true
    fi
    find_missing "python@3.12 python-tk@3.12" "" portaudio "" flite
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing with Homebrew: ${missing[*]}"
    brew install "${missing[@]}"
}

if have apt-get; then
    install_with_apt || say "apt could not install: ${missing[*]}"
elif have brew; then
    install_with_brew || say "Homebrew could not install: ${missing[*]}"
else
    find_missing "Python-3.11-to-3.14-with-Tk-and-venv" "a-C-compiler" PortAudio-headers Xvfb flite
    [ ${#missing[@]} -eq 0 ] ||
        say "neither apt nor Homebrew is here; please install yourself: ${missing[*]}"
fi

if ! has_python; then
    say "no Python here is 3.11 to 3.14 and has Tk, venv and its C headers:" >&2
    "$here/find_python.sh" --why >&2
    say "install one (on Debian: python3 python3-venv python3-tk python3-dev) or name one:" \
        "make run PYTHON=/path/to/python3" >&2
    exit 1
fi
