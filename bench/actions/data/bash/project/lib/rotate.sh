# Which archives stay. Sourced, after names.sh.

# Prints the archives of a folder, the newest first.
list_archives() {
  local folder=$1 what=$2 file
  for file in "$folder/$what"-*.tar.gz; do
    if [[ -e $file ]] && archive_day "$file" >/dev/null; then
      printf '%s\n' "$file"
    fi
  done | sort -r
}

# Removes all archives but the newest; prints how many went.
rotate() {
  local folder=$1 what=$2 keep=$3 file gone=0
  while IFS= read -r file; do
    rm -- "$file"
    gone=$((gone + 1))
  done < <(list_archives "$folder" "$what" | tail -n "+$((keep + 1))")
  printf '%s\n' "$gone"
}

# Fails where a folder has no archive of one of the last days.
is_fresh() {
  local folder=$1 what=$2 since=$3 newest
  newest=$(list_archives "$folder" "$what" | head -n 1)
  [[ -n $newest ]] || return 1
  [[ ! $(archive_day "$newest") < $since ]]
}
