import react from "@vitejs/plugin-react";
import { createLogger, type Logger } from "vite";
import { defineConfig } from "vitest/config";

/** Where `make dev` and the tests of this folder find the service. */
const server = process.env.INBOX_DEV_SERVER ?? "http://127.0.0.1:8000";

/**
 * Warnings and errors, without one: `composes … from` makes declarations that no file holds, and Vite takes them for the
 * fault of a plugin (vite:css, vite-url-rewrite; Vite 8.3). Who builds for the first time would look for it.
 */
function buildLog(): Logger {
  const log = createLogger("warn");
  const { warnOnce } = log;
  log.warnOnce = (said, options) => {
    if (!said.includes("did not pass the `from` option")) warnOnce(said, options);
  };
  return log;
}

export default defineConfig(({ command }) => ({
  ...(command === "build" && { customLogger: buildLog() }),
  base: "/",
  plugins: [react()],
  build: {
    outDir: "dist",
    target: "es2022",
    // The service sends `script-src 'self'`: nothing may be inlined.
    assetsInlineLimit: 0,
    sourcemap: false,
    // A second small page or script is one more line here.
    rollupOptions: { input: { app: "index.html" } },
  },
  server: {
    port: 5173,
    proxy: {
      "/api": { target: server, ws: true },
      "/media": server,
      "/healthz": server,
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    setupFiles: ["src/testing/words.ts", "src/testing/patience.ts"],
    testTimeout: 30_000,
    // The test of the colours reads the tokens themselves.
    css: true,
  },
}));
