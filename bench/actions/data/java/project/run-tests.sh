#!/bin/bash
# Compiles all and runs each test; the argument is a folder for what is built.
set -eu
build=${1:-build}
mkdir -p "$build"
javac -nowarn -d "$build" $(find src -name '*.java')
for test in $(find src/test -name '*Test.java'); do
  name=${test#src/test/java/}
  name=${name%.java}
  java -Xshare:auto -cp "$build" "${name//\//.}"
done
