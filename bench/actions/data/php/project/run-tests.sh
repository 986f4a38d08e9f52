#!/bin/bash
# Runs each test of tests/.
set -eu
for test in tests/*Test.php; do
  php -d display_errors=1 "$test"
done
