import { createRoot } from "react-dom/client";
import { App } from "./app";
import { Core } from "./core";
import { applyLook, readLook } from "./settings/look-store";
import { direction, loadLanguage, preferredLanguage } from "./text/i18n";
import { CoreContext } from "./ui/use-core";
import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";

const BEGUN = "inbox.begun-anew";

async function start(): Promise<void> {
  const core = new Core();
  const look = readLook();
  core.show({ theme: look.theme, compact: look.compact, shortcuts: look.shortcuts });
  applyLook(look);
  const language = preferredLanguage(look.language, navigator.languages);
  await loadLanguage(language);
  document.documentElement.lang = language;
  document.documentElement.dir = direction(language);
  const root = document.getElementById("root");
  if (!root) throw new Error("index.html has no #root");
  createRoot(root).render(
    <CoreContext value={core}>
      <App />
    </CoreContext>,
  );
  await core.boot();
}

// After an update the parts that are loaded later have other names: a window that stayed open begins anew, once. What
// is being written is kept. Without a connection it stays as it is.
window.addEventListener("vite:preloadError", () => {
  const last = Number(sessionStorage.getItem(BEGUN));
  if (Date.now() - last < 60_000) return;
  fetch("/healthz", { cache: "no-store" })
    .then((answer) => {
      if (!answer.ok) return;
      sessionStorage.setItem(BEGUN, String(Date.now()));
      location.reload();
    })
    .catch(() => {});
});

void start();
