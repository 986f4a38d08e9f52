#!/bin/bash
# Runs each test of tests/.
set -eu
for test in tests/*_test.sh; do
  bash "$test"
done
