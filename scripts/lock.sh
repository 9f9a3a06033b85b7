#!/bin/sh
# Write the lock files from pyproject.toml, every file that may be installed with its hash.
#
#   scripts/lock.sh                        what changed in pyproject.toml; versions stay otherwise
#   scripts/lock.sh --upgrade              everything to its newest version
#   scripts/lock.sh --upgrade-package X    one package to its newest version
#   scripts/lock.sh --check                change nothing; fail when the files are not up to date
#
# The files are plain requirements and name no index: uv.lock would name the host of whoever wrote
# it, and its readers would need uv. They hold for every supported Python and platform.
set -eu
root=$(cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P)
cd -- "$root"

say() { echo "lock: $*" >&2; }

uv=
for candidate in uv .boot/bin/uv; do
    if "$candidate" --version >/dev/null 2>&1; then
        uv=$candidate
        break
    fi
done

check=false
if [ "${1:-}" = --check ]; then
    check=true
    shift
fi
if [ -z "$uv" ]; then
    if $check; then
        say "NOT CHECKED: uv is neither on PATH nor in .boot"
        exit 0
    fi
    say "uv is needed to write the locks"
    exit 1
fi

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

# The copy is what is resolved into: versions that it names are kept where they still fit.
compile() {
    name=$1
    shift
    [ ! -e "$name" ] || cp -- "$name" "$work/$name"
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --output-file "$work/$name" "$@"
}

# Groups that are locked without Potluck: for environments of their own, as what they ask for does
# not go with what serves, and the list of leaked passwords, which needs nothing else.
apart="audit breachlist client"

resolve() {
    compile requirements.lock pyproject.toml "$@" &&
        compile requirements-dev.lock pyproject.toml --group dev "$@" &&
        compile requirements-build.lock "$work/build.in" "$@" &&
        compile requirements-boot.lock "$work/boot.in" "$@" || return
    for group in $apart; do
        compile "requirements-$group.lock" --group "pyproject.toml:$group" "$@" || return
    done
}

echo uv >"$work/boot.in"
# What makes the fonts and a wheel: the one list that is no group of its own.
sed -n '/^requires = \[$/,/^]$/s/^ *"\(.*\)",$/\1/p' pyproject.toml >"$work/build.in"

if ! resolve "$@" 2>"$work/errors"; then
    cat -- "$work/errors" >&2
    if $check; then
        say "NOT CHECKED: the package index could not be asked (the lines above say why)"
        exit 0
    fi
    exit 1
fi

# Which package asked for which is a remark; it differs with the way a file was written.
pins() { grep -v '^ *#' "$1"; }

status=0
# shellcheck disable=SC2086 # several words
for group in run dev build boot $apart; do
    name=requirements-$group.lock
    [ "$group" != run ] || name=requirements.lock
    if $check; then
        pins "$name" >"$work/old"
        pins "$work/$name" >"$work/new"
        if ! diff -u -L "$name" -L "$name, fresh" "$work/old" "$work/new" >&2; then
            say "$name is not what pyproject.toml asks for: run scripts/lock.sh"
            status=1
        fi
    else
        cp -- "$work/$name" "$name"
    fi
done
if $check && [ "$status" -eq 0 ]; then
    say "every lock is what pyproject.toml asks for"
fi
exit "$status"
