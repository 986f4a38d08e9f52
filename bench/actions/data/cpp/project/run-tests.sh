#!/bin/bash
# Compiles and runs each test of tests/; the argument is a folder for what is built.
set -eu
build=${1:-build}
mkdir -p "$build"
for test in tests/*.cpp; do
  program="$build/$(basename "$test" .cpp)"
  g++ -std=c++17 -Wall -Wextra -Iinclude "$test" src/*.cpp -o "$program"
  "$program"
done
