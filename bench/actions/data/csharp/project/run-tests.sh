#!/bin/bash
# Compiles and runs each test of Tests/; the argument is a folder for what is built.
set -eu
build=${1:-build}
mkdir -p "$build"
find Tests -name '*Tests.cs' | while read -r test; do
  program="$build/$(basename "$test" .cs).exe"
  mcs -nologo -out:"$program" Stock/*.cs Tests/Check.cs "$test"
  mono "$program"
done
