#!/usr/bin/env bash
set -euo pipefail

root="$(cd "$(dirname "$0")" && pwd)"
limit=${#root}

read -r -d '' help <<TEXT || true
Usage: stack.sh [-n NAME] COMMAND
TEXT

usage() {
  echo "$help" >&2
  exit 2
}

each() {
  local name
  for name in "$@"; do
    if [[ -f "$root/$name" ]]; then
      echo "found ${name%.*}"
    else
      echo "no $name" >&2
    fi
  done
}

case "${1:-}" in
  list)
    each *.txt
    ;;
  *)
    usage
    ;;
esac
