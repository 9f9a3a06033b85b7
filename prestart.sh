#!/bin/sh
# Make the database ready: wait for it, copy an SQLite file aside, upgrade the schema, add the
# initial data. Safe to run again. run.sh does the same by itself; this is for deployments that
# migrate in a step of their own, before the new processes start.
set -eu
root=$(cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd -P)
# shellcheck source=scripts/bootstrap.sh
. "$root/scripts/bootstrap.sh"
# shellcheck source=scripts/settings.sh
. "$root/scripts/settings.sh"

bootstrap run
default_data_dir "$@"
exec "$python" -m potluck migrate "$@"
