# What tests say. Sourced.

same() {
  if [[ $1 != "$2" ]]; then
    printf 'expected "%s", found "%s"\n' "$2" "$1" >&2
    exit 1
  fi
}

fails() {
  if "$@"; then
    printf 'did not fail: %s\n' "$*" >&2
    exit 1
  fi
}
