#!/bin/bash
# Compiles and runs each test of tests/; the argument is a folder for what is built.
set -eu
build=${1:-build}
mkdir -p "$build"
compile() { g++ -std=c++17 -Wall -Wextra -Iinclude "$@"; }
for source in src/*.cpp; do
  compile -c "$source" -o "$build/$(basename "$source" .cpp).o"
done
for test in tests/*.cpp; do
  program="$build/$(basename "$test" .cpp)"
  compile "$test" "$build"/*.o -o "$program"
  "$program"
done
