import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * The chat widget, in two builds into one folder: the page inside the frame (default) and, with `--mode loader`, the
 * one script that stands on other people's pages.
 */
const root = fileURLToPath(new URL(".", import.meta.url));
const outDir = fileURLToPath(new URL("../dist/widget", import.meta.url));

export default defineConfig(({ mode }) => ({
  root,
  base: "/widget/",
  publicDir: false,
  build:
    mode === "loader"
      ? {
          outDir,
          emptyOutDir: false,
          target: "es2020",
          lib: { entry: "src/loader.ts", formats: ["iife"], name: "InboxChatLoader", fileName: () => "widget.js" },
        }
      : {
          outDir,
          emptyOutDir: true,
          target: "es2020",
          // The service sends `script-src 'self'`: nothing may be inlined.
          assetsInlineLimit: 0,
          modulePreload: false,
          sourcemap: false,
        },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"], restoreMocks: true, root },
}));
