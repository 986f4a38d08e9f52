#!/bin/bash
# Compiles all and runs each test; the argument is a folder for what is built.
set -eu
build=${1:-build}
tsc -p . --outDir "$build"
for test in "$build"/tests/*.test.js; do
  node "$test"
done
