/** Starts the chat inside its frame, once the host page's loader has said hello. */

import "../../src/styles/tokens.css";
import "./style.css";
import { App } from "./app";
import { isMarked, type ToFrame, type ToLoader } from "./bridge";
import { isLight } from "./colour";
import type { World } from "./connection";
import type { Config } from "./frames";

/** The website that frames us; the service has checked that it may. On the page itself, our own address. */
const host = new URLSearchParams(location.search).get("host") ?? location.origin;
const base = `${location.origin}${location.pathname.replace(/\/$/, "")}`;
const isFramed = window.parent !== window;
const OWN_KEY = `inbox-chat:${base}`;

const world: World = {
  socket: (url) => new WebSocket(url),
  fetch: (url, init) => fetch(url, { ...init, credentials: "omit" }),
  random: Math.random,
  setTimeout: (call, ms) => window.setTimeout(call, ms),
  clearTimeout: (id) => window.clearTimeout(id),
};

const tell = (message: ToLoader): void => {
  if (isFramed) window.parent.postMessage({ ...message, inbox: 1 }, host);
};

let app: App | null = null;
/** What the loader said while the settings were on their way. */
const early: ToFrame[] = [];

window.addEventListener("message", (event) => {
  if (event.origin !== host || event.source !== window.parent || !isMarked(event.data)) return;
  heard(event.data as ToFrame);
});

function heard(message: ToFrame): void {
  if (!app && message.kind !== "init") {
    early.push(message);
    return;
  }
  switch (message.kind) {
    case "init":
      void begin(message);
      break;
    case "shown":
      app?.shown(message);
      break;
    case "page":
      app?.wentTo(message.page);
      break;
    case "token":
      app?.use(message.token);
      break;
    case "identify":
      app?.identify(message.identity);
      break;
    case "logout":
      app?.use(null);
      break;
  }
}

async function begin(init: Extract<ToFrame, { kind: "init" }>): Promise<void> {
  if (app) return;
  const config = await configuration();
  const root = document.getElementById("chat");
  if (!root || app) return;
  look(config.colour, init.dark, init.rtl);
  app = new App(
    root,
    {
      base,
      config,
      language: init.language,
      token: init.kept.token,
      queue: init.kept.queue,
      draft: init.kept.draft,
      page: init.page,
      isOpen: init.open,
    },
    {
      token: (token) => {
        tell({ kind: "token", token });
        if (!isFramed && token) localStorage.setItem(OWN_KEY, token);
      },
      queue: (entry) => tell({ kind: "queue", entry }),
      unqueue: (id) => tell({ kind: "unqueue", id }),
      draft: (text) => tell({ kind: "draft", text }),
      unread: (count) => tell({ kind: "unread", count }),
      close: () => tell({ kind: "close" }),
    },
    world,
  );
  for (const one of early.splice(0)) heard(one);
  if (init.open) app.shown(init);
}

async function configuration(): Promise<Config> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await world.fetch(`${base}/config`, {});
      if (answer.ok) return (await answer.json()) as Config;
    } catch {
      // No network yet.
    }
    await new Promise((done) => setTimeout(done, Math.min(30_000, 1_000 * 2 ** attempt)));
  }
}

function look(colour: string, dark: boolean | null, rtl: boolean): void {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = (): void => {
    root.dataset.theme = (dark ?? system.matches) ? "dark" : "light";
  };
  paint();
  if (dark === null) system.addEventListener("change", paint);
  root.dir = rtl ? "rtl" : "ltr";
  const fills = (): void => void root.classList.toggle("full", window.innerWidth >= window.screen.width);
  fills();
  window.addEventListener("resize", fills);
  if (colour.toLowerCase() !== "#0b6377") {
    root.style.setProperty("--mine", colour);
    root.style.setProperty("--on-mine", isLight(colour) ? "#111" : "#fff");
    root.style.setProperty("--head", colour);
    root.style.setProperty("--on-head", isLight(colour) ? "#111" : "#fff");
  }
}

if (isFramed) tell({ kind: "ready" });
else {
  // Opened as a page of its own (a link in a mail): its own storage keeps the token.
  void begin({
    kind: "init",
    kept: { token: localStorage.getItem(OWN_KEY), queue: [], draft: "" },
    page: { url: location.href, title: document.title, referrer: document.referrer },
    language: "",
    open: true,
    focus: true,
    dark: null,
    rtl: false,
  });
}
