#!/usr/bin/env bash
# packaging/build-wheel.sh DIRECTORY: mailbot as a wheel, of what is committed, and the pinned packages it runs on.
# Called by `make wheel` and build-deb.sh; PYTHON and VENV as there.
set -euo pipefail
umask 022
out=$(realpath -m "$1") python=${PYTHON:-python3.11} venv=$(realpath "${VENV:-.venv}")
cd "$(dirname "$0")/.."
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)

work=$(mktemp -d "${TMPDIR:-/tmp}/mailbot-wheel.XXXXXX")
trap 'rm -rf "$work"' EXIT
git archive HEAD | tar -x -C "$work"
mkdir -p "$out"
"$python" -m pip --disable-pip-version-check --quiet --python "$venv/bin/python" wheel --no-deps \
    --no-build-isolation --wheel-dir "$out" "$work"
install -m 644 packaging/requirements.lock "$out/mailbot-requirements.txt"
