#!/bin/sh
# Make the secrets that compose.yaml mounts: a random password for PostgreSQL, and the URL with it.
# Existing secrets are kept: PostgreSQL remembers the password that it was first started with.
set -eu
root=$(cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P)
folder=${1:-$root/secrets}

if [ -e "$folder/postgres_password" ]; then
    echo "$folder holds secrets already; nothing was changed" >&2
    exit 0
fi
# The folder is closed and the files are open: compose mounts each file as it is, and the services
# run as users that this machine does not know.
mkdir -p -- "$folder"
chmod 0700 -- "$folder"
umask 022
password=$(od -An -N 32 -tx1 /dev/urandom | tr -d ' \n')
printf 'postgresql://potluck:%s@db:5432/potluck' "$password" >"$folder/database_url"
printf '%s' "$password" >"$folder/postgres_password"
echo "wrote $folder/database_url and $folder/postgres_password" >&2
