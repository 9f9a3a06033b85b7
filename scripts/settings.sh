# shellcheck shell=sh
# Sourced by run.sh and prestart.sh, which set $root to the folder of this repository.

# Potluck is not installed into its environment: it is found here, whatever the caller's folder is,
# and no file of that folder may stand in for a module of ours.
# shellcheck disable=SC2154 # set by the script that sources this
export PYTHONPATH="$root" PYTHONSAFEPATH=1
export POTLUCK_ENV_FILE="${POTLUCK_ENV_FILE:-$root/.env}"

# Keep the data beside the code unless the caller names another folder: by --data-dir (relative to
# where the caller stands), by the environment, or in .env.
default_data_dir() {
    for argument in "$@"; do
        case $argument in
            --data-dir | --data-dir=*) return 0 ;;
        esac
    done
    if [ -n "${POTLUCK_DATA_DIR:-}" ] || grep -Eqis '^(export )? *POTLUCK_DATA_DIR *=' "$POTLUCK_ENV_FILE"; then
        return 0
    fi
    export POTLUCK_DATA_DIR="$root/data"
}
