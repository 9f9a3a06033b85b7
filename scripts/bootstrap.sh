# shellcheck shell=sh
# Sourced by run.sh, test.sh and prestart.sh, which set $root to the folder of this repository.
#
# `bootstrap run` or `bootstrap dev` makes the Python environment when it is missing or out of
# date and leaves its interpreter in $python. A start that has nothing to do asks one question
# of the environment's own interpreter and goes on; everything else is scripts/environment.py.
#
# PYTHON          the interpreter to build on, when the first one on PATH is not the right one
# POTLUCK_VENV    where the environment lives, when the repository cannot be written

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.11 python3.12 python3.13 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    if found=$(python3 -c 'import platform; print(platform.python_version())' 2>/dev/null); then
        found="python3 here is $found"
    else
        found="no working python3 was found"
    fi
    echo "potluck: Python 3.11 or newer is needed, and $found." >&2
    echo "potluck: install one, or name one: PYTHON=/path/to/python3.12 $0" >&2
    return 1
}

bootstrap() {
    venv=${POTLUCK_VENV:-$root/.venv}
    case $venv in
        /*) ;;
        *) venv=$PWD/$venv ;;
    esac
    python=$venv/bin/python
    if ! { [ -x "$python" ] && "$python" -IS "$root/scripts/environment.py" --check "$1" "$venv"; }; then
        base=$(find_python) || exit 1
        "$base" -I "$root/scripts/environment.py" "$1" "$venv" || exit 1
    fi
    # These speak to this script alone; Potluck refuses settings that it does not know.
    unset POTLUCK_VENV POTLUCK_INSTALLER
}
