#!/usr/bin/env bash
# Installs pinned files into .venv, which is made first where there is none:
#
#   requirements/install.sh requirements/cpu.txt requirements/dev.txt .
#
# A last argument "." installs netmend itself, editable. uv does the work if it can be had (on the
# PATH, or from requirements/uv.txt), else pip. PYTHON names the Python; INSTALLER=pip leaves uv out.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv
oldest="3, 11"
newest="3, 13" # TensorFlow has no wheels beyond

say() { echo "$*" >&2; }

version() { "$1" --version 2>/dev/null || echo "not there"; }

find_python() {
    local python
    for python in ${PYTHON:-python3.11 python3.12 python3.13 python3 python}; do
        if "$python" -c "import sys; sys.exit(not ($oldest) <= sys.version_info[:2] <= ($newest))" 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    say "netmend needs Python ${oldest/, /.} to ${newest/, /.}; ${PYTHON:-python3} is $(version "${PYTHON:-python3}")." \
        "Install one and name it: make PYTHON=/path/to/python3.11 setup"
    return 1
}

make_venv() {
    local python
    python=$(find_python)
    say "making $venv with $(version "$python")"
    if ! "$python" -m venv "$venv"; then
        rm -rf "$venv"
        say "$python cannot make a virtual environment (on Debian and Ubuntu, install python3-venv)."
        return 1
    fi
}

find_uv() {
    [ "${INSTALLER:-}" != pip ] || return 1
    uv=uv
    ! uv --version >/dev/null 2>&1 || return 0
    uv=$venv/bin/uv
    [ -x "$uv" ] || with_pip install --no-deps --require-hashes -r requirements/uv.txt >/dev/null 2>&1
}

with_pip() { "$venv/bin/python" -m pip --quiet --quiet --disable-pip-version-check "$@"; }

with_uv() { VIRTUAL_ENV=$PWD/$venv "$uv" --quiet pip "$@"; }

install() {
    if find_uv; then
        ! with_uv install "$@" || return 0
        say "uv could not; trying pip"
    elif [ "${INSTALLER:-}" != pip ]; then
        say "no uv; pip does it, which takes longer"
    fi
    with_pip install "$@"
}

[ -x $venv/bin/python ] || make_venv
for what in "$@"; do
    if [ "$what" = . ]; then
        install --no-deps --no-build-isolation --editable .
    else
        say "installing $what"
        install --no-deps --require-hashes -r "$what"
    fi
done
