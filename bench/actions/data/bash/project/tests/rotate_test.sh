#!/bin/bash
set -euo pipefail
source tests/check.sh
source lib/names.sh
source lib/rotate.sh

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
touch "$folder/my photos-2024-05-0"{1,2,3,4}.tar.gz "$folder/my photos-old.tar.gz"

same "$(list_archives "$folder" "my photos" | head -n 1)" "$folder/my photos-2024-05-04.tar.gz"
same "$(rotate "$folder" "my photos" 3)" 1
same "$(rotate "$folder" "my photos" 3)" 0
same "$(list_archives "$folder" "my photos" | wc -l)" 3
[[ -e "$folder/my photos-old.tar.gz" ]]

is_fresh "$folder" "my photos" 2024-05-04
fails is_fresh "$folder" "my photos" 2024-05-05
fails is_fresh "$folder" nothing 2024-05-01
