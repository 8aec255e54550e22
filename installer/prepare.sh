# Shared by run and test: finds Python, makes .venv from the hashed lock file, adds system packages.
# Sourced, not run. Sets PYTHON (the one inside .venv). Arguments: the system packages to have.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv="$here/.venv"
PYTHON="$venv/bin/python"

say() { printf '%s\n' "$*" >&2; }

# Qt names libxcb-cursor0 when libxcb-icccm4 or libxcb-keysyms1 is what is missing, so all are here.
qt_packages="libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 \
libfreetype6 libglib2.0-0 libx11-xcb1 libxcb-cursor0 libxcb-image0 libxcb-randr0 \
libxcb-render-util0 libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libxcb-icccm4 \
libxcb-keysyms1"

installed() { # a t64 name serves for the old one on newer releases
    dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q 'install ok installed' ||
        dpkg-query -W -f '${Status}\n' "$1t64" 2>/dev/null | grep -q 'install ok installed'
}

have_packages() { # installs what is missing where it may, else prints the line to type and stops
    command -v dpkg-query >/dev/null || return 0
    local missing="" package
    for package in "$@"; do installed "$package" || missing="$missing $package"; done
    [ -n "$missing" ] || return 0
    local as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            as_root="sudo"
        else
            say "Fanlight needs these system packages, and this sign-in may not add them. Please type:"
            say "  sudo apt-get install --no-install-recommends$missing"
            say "Then start again; nothing else was changed."
            exit 3
        fi
    fi
    say "Adding system packages:$missing"
    $as_root apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends \
            $missing >/dev/null || {
        say "The system packages could not be added. Please type, and start again:"
        say "  sudo apt-get install --no-install-recommends$missing"
        exit 3
    }
}

find_python() {
    local candidate
    for candidate in python3.13 python3.12 python3.11 python3; do
        if command -v "$candidate" >/dev/null && "$candidate" -c \
            'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

prepare() {
    have_packages "$@"
    local stamp wanted
    stamp="$venv/.set-up-from"
    wanted=$(cat "$here/requirements.lock" "$here/pyproject.toml" | sha256sum | cut -d' ' -f1)
    if [ -x "$PYTHON" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted $here" ]; then
        return 0
    fi
    local python
    python=$(find_python) || {
        have_packages python3 python3-venv
        python=$(find_python) || {
            say "Fanlight needs Python 3.11, 3.12 or 3.13, and this machine offers none of them."
            exit 3
        }
    }
    say "Setting up Fanlight in $venv (once; a few minutes on a slow line)"
    rm -rf "$venv"
    "$python" -m venv "$venv" 2>/dev/null || {
        have_packages python3-venv
        "$python" -m venv "$venv"
    }
    "$PYTHON" -m pip install -qq --disable-pip-version-check --require-hashes \
        -r "$here/requirements.lock" || {
        say "The parts Fanlight is made of could not be fetched. Nothing was half set up:"
        say "run the same command again when the network is back."
        exit 3
    }
    "$PYTHON" -m pip install -qq --disable-pip-version-check --no-deps --no-index \
        --no-build-isolation -e "$here"
    printf '%s' "$wanted $here" >"$stamp"
}
