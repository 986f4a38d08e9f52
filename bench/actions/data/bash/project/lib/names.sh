# Names of archives: "photos-2024-05-01.tar.gz". Sourced.

archive_name() {
  local what=$1 day=$2
  printf '%s-%s.tar.gz\n' "$what" "$day"
}

# Prints the day of an archive's name; fails for a name of something else.
archive_day() {
  local name
  name=$(basename "$1")
  if [[ $name =~ -([0-9]{4}-[0-9]{2}-[0-9]{2})\.tar\.gz$ ]]; then
    printf '%s\n' "${BASH_REMATCH[1]}"
  else
    return 1
  fi
}

# Prints a number of bytes as people read it: 1536 is 1.5K.
human_size() {
  local bytes=$1 unit tenths
  for unit in B K M G; do
    if ((bytes < 1024)) || [[ $unit == G ]]; then
      break
    fi
    tenths=$((bytes % 1024 * 10 / 1024))
    bytes=$((bytes / 1024))
  done
  if [[ $unit == B || ${tenths:-0} -eq 0 ]]; then
    printf '%s%s\n' "$bytes" "$unit"
  else
    printf '%s.%s%s\n' "$bytes" "$tenths" "$unit"
  fi
}
