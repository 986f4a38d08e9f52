// Makes codellama-VERSION.vsix: the extension, and with it the server as a wheel, which "Install the
// Server" installs. --without-server leaves the wheel out. Python is $PYTHON, the clone's .venv, or python3.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const root = "../..";
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

copyFileSync(`${root}/LICENSE`, "LICENSE");
writeFileSync("THIRD-PARTY-NOTICES.txt", notices());
rmSync("server", { recursive: true, force: true });
if (!process.argv.includes("--without-server")) {
  mkdirSync("server");
  copyFileSync(`${root}/engine-cpu.txt`, "server/engine-cpu.txt");
  copyFileSync(`${root}/constraints.txt`, "server/constraints.txt");
  const venv = `${root}/.venv/bin/python`;
  const python = process.env.PYTHON ?? (existsSync(venv) ? venv : "python3");
  run(python, ["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", "server", root]);
}
const vsce = createRequire(import.meta.url).resolve("@vscode/vsce/vsce");
run(process.execPath, [
  vsce,
  "package",
  "--no-dependencies", // they are in the bundle
  "--allow-missing-repository",
  "--out",
  `codellama-${version}.vsix`,
]);

/** The licences of what is bundled, which is what the lock file has without the tools. */
function notices() {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  return Object.entries(packages)
    .filter(([folder, { dev }]) => folder !== "" && !dev)
    .map(([folder, { version, license }]) => {
      const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
      const text = file === undefined ? license : readFileSync(join(folder, file), "utf8");
      return `${folder.replace("node_modules/", "")} ${version}\n\n${text.trim()}\n`;
    })
    .join("\n---\n\n");
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) {
    console.error(`${command} failed${error ? `: ${error.message}` : ""}`);
    process.exit(1);
  }
}
