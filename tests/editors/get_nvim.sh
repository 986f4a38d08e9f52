#!/usr/bin/env bash
# get_nvim.sh FOLDER: FOLDER/bin/nvim is Neovim 0.12 or newer afterwards.
#
# The one on PATH if it is new enough; else Debian's, unpacked into FOLDER with the C library it was
# built for (12 MB to fetch, 55 MB there). The packages come from the mirror that this machine's apt
# uses; the system's own apt and dpkg are left alone, and no root is needed.
set -euo pipefail

mkdir -p "$1/bin"
folder=$(cd "$1" && pwd)
suite=forky # the first Debian with 0.12
nvim=$folder/bin/nvim

fail() { echo "get_nvim.sh: $*" >&2; exit 1; }
new_enough() { "$1" --version 2>/dev/null | head -n 1 | grep -Eq '^NVIM v(0\.(1[2-9]|[2-9][0-9])|[1-9])'; }

if [ -x "$nvim" ] && new_enough "$nvim"; then exit 0; fi
if there=$(command -v nvim) && new_enough "$there"; then ln -sfn "$there" "$nvim"; exit 0; fi

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail 'no nvim 0.12 on PATH, and no apt to unpack one with'
architecture=$(dpkg --print-architecture)
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keys" ] || fail "no $keys: this is no Debian"
mirror=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list /etc/apt/sources.list 2>/dev/null |
  sed -nE 's/^URIs:[[:space:]]*([^[:space:]]+).*/\1/p; s/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+).*/\2/p' |
  grep -E '/debian/?$' | head -n 1) || true
[ -n "$mirror" ] || fail 'apt has no mirror of Debian'

work=$(mktemp -d "$folder/apt.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
: >"$work/status"
echo "deb [arch=$architecture signed-by=$keys] $mirror $suite main" >"$work/sources.list"
cat >"$work/apt.conf" <<CONF
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "$work";
Dir::State::Lists "$work/lists";
Dir::State::Status "$work/status";
Dir::Cache "$work/cache";
APT::Update::Post-Invoke { };
DPkg::Post-Invoke { };
CONF
private() { apt-get -qq -c "$work/apt.conf" "$@" >&2; }
private update
private --yes --download-only install neovim

root=$folder/root
rm -rf "$root"
mkdir -p "$root"
for package in "$work"/cache/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
rm -rf "$root"/usr/share/{doc,man,locale,icons,lintian}
# It looks for its parsers beside the running program, which is the loader.
mkdir -p "$root/usr/lib/lib"
ln -sfn ../nvim "$root/usr/lib/lib/nvim"

cat >"$nvim" <<'RUN'
#!/bin/sh
# Made by get_nvim.sh: Neovim, with the C library it was built for.
root=$(dirname "$(dirname "$(readlink -f "$0")")")/root
for loader in "$root"/usr/lib/*/ld-linux-*.so.*; do break; done
export VIMRUNTIME="${VIMRUNTIME:-$root/usr/share/nvim/runtime}"
exec "$loader" --argv0 "$0" --library-path "$(dirname "$loader")" "$root/usr/bin/nvim" "$@"
RUN
chmod +x "$nvim"
new_enough "$nvim" || fail "$nvim does not run"
