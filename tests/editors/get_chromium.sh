#!/usr/bin/env bash
# get_chromium.sh FOLDER: FOLDER/chromium is a Chromium afterwards.
#
# The one on PATH; else Debian's, unpacked into FOLDER with what it needs and this machine lacks (about 400 MB).
# Nothing is installed, and no root is needed: apt-get fetches from the machine's own sources.
set -euo pipefail

folder=$(mkdir -p "$1" && cd "$1" && pwd)
fail() { echo "get_chromium.sh: $*" >&2; exit 1; }

if [ -x "$folder/chromium" ]; then exit 0; fi
for name in chromium google-chrome-stable google-chrome; do
  if there=$(command -v "$name"); then ln -s "$there" "$folder/chromium"; exit 0; fi
done

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail 'none on PATH, and no apt to unpack one with'
needed=$(apt-get --simulate --no-install-recommends install chromium | awk '$1 == "Inst" { print $2 }')
grep -qx chromium <<< "$needed" || fail 'none on PATH, and apt knows none'
rm -rf "$folder/packages" "$folder/root"
mkdir "$folder/packages"
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
