#!/bin/bash
set -euo pipefail
source tests/check.sh
source lib/names.sh

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/my notes"
echo one >"$folder/my notes/a.txt"

BACKUP_DAY=2024-05-01 bash bin/backup "$folder/kept" 1 "$folder/my notes" 2>/dev/null
BACKUP_DAY=2024-05-02 bash bin/backup "$folder/kept" 1 "$folder/my notes" 2>/dev/null
same "$(ls "$folder/kept")" "my notes-2024-05-02.tar.gz"
same "$(tar -xzOf "$folder/kept/my notes-2024-05-02.tar.gz" "my notes/a.txt")" one
fails bash bin/backup "$folder/kept" 1 "$folder/nowhere" 2>/dev/null
fails bash bin/backup "$folder/kept" 2>/dev/null

same "$(archive_day /x/photos-2024-05-01.tar.gz)" 2024-05-01
fails archive_day photos.tar.gz
