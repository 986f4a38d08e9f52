// Bundles the extension into dist/extension.js; with --tests, the tests beside it.
import { readdirSync } from "node:fs";
import { build } from "esbuild";

const tests = process.argv.includes("--tests");
const minify = process.argv.includes("--minify");

await build({
  entryPoints: tests
    ? readdirSync("test").map((name) => `test/${name}`)
    : ["src/extension.ts"],
  outdir: tests ? "dist/test" : "dist",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
  sourcemap: minify ? false : "inline",
  minify,
  legalComments: "none",
  logLevel: "warning",
});
