#!/bin/sh
# Start Potluck: make the environment when needed, migrate the database, print the address, serve.
#
#   ./run.sh [--host ADDRESS] [--port PORT] [--workers N] [--data-dir FOLDER]
#
# Needs Python 3.11 or newer and nothing else. Works from any folder; stop it with Ctrl-C or SIGTERM.
set -eu
root=$(cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd -P)
# shellcheck source=scripts/bootstrap.sh
. "$root/scripts/bootstrap.sh"
# shellcheck source=scripts/settings.sh
. "$root/scripts/settings.sh"

bootstrap run
default_data_dir "$@"
# exec, so that signals and the exit status are those of Potluck itself.
exec "$python" -m potluck serve --migrate "$@"
