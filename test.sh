#!/bin/sh
# Run the tests on SQLite and on a real PostgreSQL. Everything after the name goes to pytest:
#
#   ./test.sh                               all of them, two at a time
#   ./test.sh tests/domain -k rational      some of them
#   ./test.sh -n 0 -x --pdb                 one at a time
#
# Paths are those of this repository, wherever the caller stands.
#
# PostgreSQL is the server of POTLUCK_TEST_DATABASE_URL, else one that is installed here, else the
# one that the development lock carries; pytest's summary says which (tests/postgres.py).
set -eu
root=$(cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd -P)
# shellcheck source=scripts/bootstrap.sh
. "$root/scripts/bootstrap.sh"

bootstrap dev
cd -- "$root"
export PYTHONPATH="$root"

# Two at a time; the tests of a file stay together, as they may share something costly.
parallel="-n 2 --dist loadfile"
for argument in "$@"; do
    case $argument in
        # Chosen by the caller, or pointless: one file, a debugger, a question.
        -n* | --numprocesses* | --dist* | --pdb | --trace | --collect-only | --co | -h | --help | --version | *.py | *.py::*)
            parallel=""
            ;;
    esac
done
# shellcheck disable=SC2086 # several words, or none
exec "$python" -m pytest $parallel "$@"
