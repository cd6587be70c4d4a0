// What the first page loads, gzipped; fails the build when it outgrows its budget.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 170;
const dist = join(import.meta.dirname, "..", "dist");
const html = readFileSync(join(dist, "index.html"), "utf8");
const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map((match) => match[1]);
const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0);
const kb = bytes / 1024;
process.stdout.write(`first load: ${kb.toFixed(1)} kB of JavaScript gzipped, budget ${BUDGET_KB} kB\n`);
if (kb > BUDGET_KB) {
  process.stderr.write(
    "Over budget: load the new part lazily, or find what grew with `npx vite build --mode analyze`.\n",
  );
  process.exit(1);
}
