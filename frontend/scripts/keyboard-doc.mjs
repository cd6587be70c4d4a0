// Writes docs/keyboard.md from the registry of commands. With --check it only says whether the page is current.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runnerImport } from "vite";

const root = join(import.meta.dirname, "..");
const target = join(root, "..", "docs", "keyboard.md");
const load = async (path) =>
  (await runnerImport(join(root, path), { root, configFile: false, logLevel: "error" })).module;
const { COMMANDS, GROUPS } = await load("src/commands/registry.ts");
const { keyCaps } = await load("src/keyboard/dispatch.ts");
const { en } = await load("src/text/en.ts");

const caps = (keys) => keyCaps(keys, false).join(" ");
const cell = (command) => command.keys.map((keys) => `\`${caps(keys)}\``).join(" or ") || "palette and menu only";
const sections = GROUPS.map(([group, label]) => {
  const rows = COMMANDS.filter((command) => command.group === group);
  const lines = rows.map((command) => `| ${en[command.label].replace("…", "")} | ${cell(command)} |`);
  return [`## ${en[label]}`, "", "| Command | Keys |", "| --- | --- |", ...lines].join("\n");
});
const text = `# Keys

Generated from the web app's registry of commands (\`frontend/src/commands/registry.ts\`) by
\`npm --prefix frontend run keyboard-doc\`. On a Mac, \`Ctrl\` is \`⌘\`.

A letter is the character it makes where that is Latin, else the physical key, so Greek, Armenian and Cyrillic
layouts work without switching. Single letters are off while one types and can be switched off in the settings
(Look and keys), where every command that single keys reach can be given another one.

${sections.join("\n\n")}
`;

if (process.argv.includes("--check")) {
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
    process.stderr.write(
      "docs/keyboard.md is not what the registry says: run npm --prefix frontend run keyboard-doc\n",
    );
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
