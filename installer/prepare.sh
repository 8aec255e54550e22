# shellcheck shell=bash
# Shared by run and test: system packages, Python, and .venv made from the hashed lock file.
# Sourced, not run. After `prepare PACKAGE…`, PYTHON and venv name what was set up.

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
venv="$here/.venv"
PYTHON="$venv/bin/python"

# Qt names libxcb-cursor0 when libxcb-icccm4 or libxcb-keysyms1 is what is missing, so all are here.
# shellcheck disable=SC2034  # used where this is sourced
run_packages=(
    libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libfreetype6
    libglib2.0-0 libx11-xcb1 libxcb-cursor0 libxcb-image0 libxcb-randr0 libxcb-render-util0
    libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libxcb-icccm4 libxcb-keysyms1
    libgssapi-krb5-2 libwayland-cursor0 libwayland-egl1 ca-certificates tzdata
)

say() { printf '%s\n' "$*" >&2; }

missing_of() { # those of the packages named that are not installed; NAMEt64 serves for NAME
    local present package
    present=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" "${@/%/t64}" 2>/dev/null |
        sed -n 's/^.i. *//p') || true
    for package in "$@"; do
        case $'\n'"$present"$'\n' in
        *$'\n'"$package"$'\n'* | *$'\n'"${package}t64"$'\n'*) ;;
        *) printf '%s\n' "$package" ;;
        esac
    done
}

have_packages() { # adds what is missing where it may, else prints the line to type and stops
    command -v dpkg-query >/dev/null || return 0
    local missing as_root=()
    mapfile -t missing < <(missing_of "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            as_root=(sudo)
        else
            say "Fanlight needs system packages that this sign-in may not add. Please type, or ask IT to:"
            say "  sudo apt-get install --no-install-recommends ${missing[*]}"
            say "Then start again; nothing was changed."
            exit 3
        fi
    fi
    say "Adding system packages: ${missing[*]}"
    as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
    # One address that does not answer need not matter for what is wanted here.
    ${as_root[@]+"${as_root[@]}"} update || say "Not every package list could be renewed; going on."
    ${as_root[@]+"${as_root[@]}"} install -y --no-install-recommends "${missing[@]}" >/dev/null || {
        say "The system packages could not be added, for the reason above. Please type, and start again:"
        say "  sudo apt-get install --no-install-recommends ${missing[*]}"
        exit 3
    }
}

fits() { # whether it is a Python of a version Fanlight runs on
    command -v "$1" >/dev/null && "$1" -c \
        'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() { # the first that fits and can make a virtual environment
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11; do
        if fits "$candidate" && "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

python_packages() { # what to add where no Python would do; Debian parts venv off
    local candidate offered
    for candidate in python3 python3.13 python3.12 python3.11; do
        if fits "$candidate"; then
            echo "$candidate-venv"
            return 0
        fi
    done
    offered=$(apt-cache policy python3 2>/dev/null | sed -n 's/^ *Candidate: //p') || true
    case "$offered" in
    "" | 3.11* | 3.12* | 3.13*)
        echo "python3 python3-venv"
        return 0
        ;;
    esac
    for candidate in python3.13 python3.12 python3.11; do
        if apt-cache show "$candidate-venv" >/dev/null 2>&1; then
            echo "$candidate $candidate-venv"
            return 0
        fi
    done
}

sum_of() { sha256sum "$1" | cut -d' ' -f1; }

prepare() { # system packages, .venv and Fanlight in it; next to nothing where all is there
    local python="" parts_wanted fanlight_wanted
    fanlight_wanted=$(sum_of "$here/pyproject.toml")
    # Another lock file, another place, or another Python behind the same name: .venv is made anew.
    parts_wanted="$(sum_of "$here/requirements.lock") $(readlink -f "$PYTHON" || true) $here"
    if [ -x "$PYTHON" ] && [ "$(cat "$venv/.parts" 2>/dev/null)" = "$parts_wanted" ]; then
        have_packages "$@"
        [ "$(cat "$venv/.fanlight" 2>/dev/null)" = "$fanlight_wanted" ] || add_fanlight
        return 0
    fi
    for _ in "as it is" "with the package lists renewed"; do
        if python=$(find_python); then break; fi
        # shellcheck disable=SC2046  # words to be parted
        have_packages "$@" $(python_packages)
    done
    [ -n "$python" ] || python=$(find_python) || {
        say "Fanlight needs Python 3.11, 3.12 or 3.13 with its venv module, and this computer offers"
        say "none of them. Ask IT to install one, then start again."
        exit 3
    }
    have_packages "$@"
    [ -w "$here" ] || {
        say "Fanlight has to be set up once by somebody who may write in $here."
        say "Nothing was changed."
        exit 3
    }
    make_venv "$python"
}

make_venv() {
    say "Setting up Fanlight in $venv (once; some minutes on a slow line)"
    rm -rf "$venv"
    "$1" -m venv "$venv" || {
        say "Python could not make $venv, for the reason above. Start again when that is put right."
        exit 3
    }
    # Ready-made parts only: no part's own set-up code runs here.
    "$PYTHON" -m pip install -qq --disable-pip-version-check --require-hashes \
        --only-binary :all: -r "$here/requirements.lock" || {
        say "The parts Fanlight is made of could not be fetched, for the reason above."
        say "Run the same command again when the network is back; it starts afresh."
        exit 3
    }
    printf '%s' "$(sum_of "$here/requirements.lock") $(readlink -f "$PYTHON") $here" >"$venv/.parts"
    add_fanlight
}

add_fanlight() {
    rm -f "$venv/.fanlight"
    "$PYTHON" -m pip install -qq --disable-pip-version-check --no-deps --no-index \
        --no-build-isolation -e "$here" || {
        say "Fanlight itself could not be put into $venv, for the reason above."
        exit 3
    }
    sum_of "$here/pyproject.toml" >"$venv/.fanlight"
}

alone() { # one at a time: two starts at once must not set up over each other
    command -v flock >/dev/null || { "$@"; return; }
    exec {turn}<"$here/installer"
    flock "$turn"
    "$@"
    exec {turn}<&-
}
