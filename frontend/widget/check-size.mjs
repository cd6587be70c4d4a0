// The widget stands on other people's pages: the build fails when it outgrows its budgets.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LOADER_BYTES = 15_000;
const TOGETHER_GZIPPED = 30_000;
const dist = join(import.meta.dirname, "..", "dist", "widget");
const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
const loader = readFileSync(join(dist, "widget.js")).length;
const together = files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
process.stdout.write(
  `widget: loader ${loader} bytes of ${LOADER_BYTES}, all files ${together} bytes gzipped of ${TOGETHER_GZIPPED}\n`,
);
if (loader > LOADER_BYTES || together > TOGETHER_GZIPPED) {
  process.stderr.write("Over budget: leave something out, or find what grew.\n");
  process.exit(1);
}
