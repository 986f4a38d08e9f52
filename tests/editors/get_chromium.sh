#!/usr/bin/env bash
# get_chromium.sh FOLDER: unpacks Debian's chromium, and what it needs that this machine lacks, into FOLDER;
# FOLDER/chromium then starts it. Nothing is installed, and no root is needed: apt-get fetches from the
# machine's own sources. About 400 MB.
set -euo pipefail
folder=$(mkdir -p "$1/packages" && cd "$1" && pwd)
command -v apt-get dpkg-deb >/dev/null || { echo 'no apt-get on this machine' >&2; exit 1; }

needed=$(apt-get --simulate --no-install-recommends install chromium | awk '$1 == "Inst" { print $2 }')
grep -qx chromium <<< "$needed" || { echo 'apt-get knows no chromium' >&2; exit 1; }
cd "$folder/packages"
# shellcheck disable=SC2086 # one word for each package
apt-get --quiet --quiet -o APT::Sandbox::User=root download $needed
for package in *.deb; do dpkg-deb --extract "$package" "$folder/root"; done
cd "$folder"
rm -r packages

# The font configuration of a machine that has fonts is used where there is one.
cat > "$folder/chromium.new" <<END
#!/usr/bin/env bash
root="$folder/root"
libraries="\$root/usr/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH="\$libraries:\$libraries/pulseaudio\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
export XDG_DATA_DIRS="\$root/usr/share:\${XDG_DATA_DIRS:-/usr/local/share:/usr/share}"
test -d /etc/fonts || export FONTCONFIG_PATH="\$root/etc/fonts"
exec "\$root/usr/lib/chromium/chromium" "\$@"
END
chmod +x "$folder/chromium.new"
"$folder/chromium.new" --version
mv "$folder/chromium.new" "$folder/chromium"   # last: what is there is whole
