/**
 * The script on the company's pages: one global (`InboxChat`), a launcher in a shadow root, and a frame that is made when
 * it is needed. The visitor's token is kept here, in the page's own storage, since browsers partition a frame's.
 *
 *   <script async src="https://inbox.example/widget.js" data-channel="7"></script>
 */

import { isMarked, type Kept, type ToFrame, type ToLoader } from "./bridge";
import { isLight } from "./colour";
import type { Config, Identity, PageSeen, Queued } from "./frames";
import { launcherWords } from "./launcher-words";

type Call = ["open" | "close" | "toggle" | "logout"] | ["identify", Identity];

interface Api {
  open(): void;
  close(): void;
  toggle(): void;
  identify(identity: Identity): void;
  logout(): void;
  q: { push(call: Call): void };
}

const script = document.currentScript as HTMLScriptElement | null;
const found = script ?? document.querySelector<HTMLScriptElement>('script[src*="/widget.js"][data-channel]');
if (found?.dataset.channel) begin(found, found.dataset.channel);

function begin(tag: HTMLScriptElement, channel: string): void {
  const waiting = ((window as unknown as { InboxChat?: { q?: Call[] } }).InboxChat?.q ?? []).slice();
  const base = tag.dataset.api ?? new URL(tag.src).origin;
  const origin = new URL(base).origin;
  const address = `${base}/chat/${encodeURIComponent(channel)}`;
  const storage = store(`inbox-chat:${channel}`);
  let frame: HTMLIFrameElement | null = null;
  let isReady = false;
  let isOpen = false;
  let takesFocus = false;
  let unread = 0;
  let launcher: HTMLButtonElement | null = null;
  let box: HTMLElement | null = null;
  let words = launcherWords("en");
  const later: ToFrame[] = [];

  const tell = (message: ToFrame): void => {
    if (isReady && frame?.contentWindow) frame.contentWindow.postMessage({ ...message, inbox: 1 }, origin);
    else if (message.kind !== "init") later.push(message);
  };

  const api: Api = {
    open: () => show(true),
    close: () => show(false),
    toggle: () => show(!isOpen),
    identify(identity) {
      if (box) ensureFrame();
      tell({ kind: "identify", identity });
    },
    logout() {
      storage.forget();
      tell({ kind: "logout" });
    },
    q: { push: (call) => perform(call) },
  };
  const perform = (call: Call): void => {
    if (call[0] === "identify") api.identify(call[1]);
    else api[call[0]]();
  };
  (window as unknown as { InboxChat: Api }).InboxChat = api;

  function show(open: boolean, focus = true): void {
    if (!box || open === isOpen) return;
    isOpen = open;
    takesFocus = focus;
    storage.open(open);
    if (open) ensureFrame();
    box.dataset.open = String(open);
    launcher?.setAttribute("aria-expanded", String(open));
    tell({ kind: "shown", open, focus });
    if (focus) (open ? frame : launcher)?.focus();
    label();
  }

  function label(): void {
    if (!launcher || !box) return;
    const name = isOpen ? words.close : words.open;
    launcher.setAttribute("aria-label", unread && !isOpen ? `${name} (${unread})` : name);
    const badge = launcher.querySelector("b");
    if (badge) badge.textContent = unread && !isOpen ? String(Math.min(unread, 99)) : "";
  }

  function ensureFrame(): void {
    if (frame || !box) return;
    frame = document.createElement("iframe");
    frame.title = words.title;
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups");
    frame.src = `${address}?host=${encodeURIComponent(location.origin)}`;
    box.append(frame);
  }

  window.addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame?.contentWindow || !isMarked(event.data)) return;
    heard(event.data as ToLoader);
  });

  function heard(message: ToLoader): void {
    switch (message.kind) {
      case "ready":
        isReady = true;
        tell({
          kind: "init",
          kept: storage.kept(),
          page: page(),
          language: tag.dataset.language ?? document.documentElement.lang,
          open: isOpen,
          focus: takesFocus,
          dark: tag.dataset.theme ? tag.dataset.theme === "dark" : null,
          rtl: isRtl(),
        });
        for (const one of later.splice(0)) tell(one);
        break;
      case "token":
        storage.token(message.token);
        break;
      case "queue":
        storage.queue(message.entry);
        break;
      case "unqueue":
        storage.unqueue(message.id);
        break;
      case "draft":
        storage.draft(message.text);
        break;
      case "unread":
        unread = message.count;
        label();
        break;
      case "close":
        show(false);
        break;
    }
  }

  // Another tab signed in or out.
  window.addEventListener("storage", (event) => {
    if (event.key === storage.tokenKey) tell({ kind: "token", token: event.newValue });
  });

  watchPages(() => tell({ kind: "page", page: page() }));

  fetch(`${address}/config`, { credentials: "omit" })
    .then((answer) => (answer.ok ? (answer.json() as Promise<Config>) : Promise.reject(new Error(`${answer.status}`))))
    .then((config) => {
      words = launcherWords(tag.dataset.language ?? document.documentElement.lang, config.languages);
      [box, launcher] = place(config.colour, tag.dataset.position === "left");
      launcher.addEventListener("click", () => api.toggle());
      label();
      // Someone who was here before is told of answers without opening the chat.
      if (storage.kept().token) ensureFrame();
      // Who goes to another page in the middle of a talk goes on there, unless the chat would cover it.
      if (storage.wasOpen() && !matchMedia(COVERS).matches) show(true, false);
      for (const call of waiting) perform(call);
    })
    .catch((problem: Error) => {
      // A page the chat may not stand on, or no network: the page goes on without it.
      console.warn(`InboxChat: not shown here (${problem.message})`);
    });
}

function page(): PageSeen {
  return { url: location.href, title: document.title, referrer: document.referrer };
}

const isRtl = (): boolean => getComputedStyle(document.documentElement).direction === "rtl";

/** Calls back when the address changes, also in single-page applications. */
function watchPages(changed: () => void): void {
  let last = location.href;
  const look = (): void => {
    if (location.href !== last) {
      last = location.href;
      // The application sets the new title a moment after the address.
      setTimeout(changed, 100);
    }
  };
  const navigation = (window as { navigation?: EventTarget }).navigation;
  if (navigation) navigation.addEventListener("navigatesuccess", look);
  else setInterval(look, 1000);
  window.addEventListener("popstate", look);
}

type Area = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

interface Store {
  tokenKey: string;
  kept(): Kept;
  draft(text: string): void;
  open(open: boolean): void;
  wasOpen(): boolean;
  token(token: string | null): void;
  queue(entry: Queued): void;
  unqueue(id: string): void;
  forget(): void;
}

/** The page's own storage, or memory where it is forbidden. */
function area(name: "localStorage" | "sessionStorage"): Area {
  try {
    const found = window[name];
    found.setItem("inbox-chat:try", "1");
    found.removeItem("inbox-chat:try");
    return found;
  } catch {
    return memory();
  }
}

/** Each unsent message has a key of its own, so that tabs do not race; what he is about to write is this tab's alone. */
function store(prefix: string): Store {
  const kept = area("localStorage");
  const tab = area("sessionStorage");
  const tokenKey = `${prefix}:token`;
  const [draftKey, openKey] = [`${prefix}:draft`, `${prefix}:open`];
  const keys = (): string[] =>
    Array.from({ length: kept.length }, (_, i) => kept.key(i) ?? "").filter((key) => key.startsWith(`${prefix}:q:`));
  const put = (to: Area, key: string, value: string): void => {
    try {
      if (value) to.setItem(key, value);
      else to.removeItem(key);
    } catch {
      // Full: it still waits in the frame's memory.
    }
  };
  const read = (key: string): Queued[] => {
    try {
      return [JSON.parse(kept.getItem(key) ?? "") as Queued];
    } catch {
      return [];
    }
  };
  return {
    tokenKey,
    kept: () => ({
      token: kept.getItem(tokenKey),
      queue: keys().flatMap(read),
      draft: tab.getItem(draftKey) ?? "",
    }),
    token: (token) => put(kept, tokenKey, token ?? ""),
    queue: (entry) => put(kept, `${prefix}:q:${entry.id}`, JSON.stringify(entry)),
    unqueue: (id) => put(kept, `${prefix}:q:${id}`, ""),
    draft: (text) => put(tab, draftKey, text),
    open: (open) => put(tab, openKey, open ? "1" : ""),
    wasOpen: () => tab.getItem(openKey) !== null,
    forget() {
      for (const key of [tokenKey, ...keys()]) put(kept, key, "");
      put(tab, draftKey, "");
    },
  };
}

function memory(): Area {
  const held = new Map<string, string>();
  return {
    get length() {
      return held.size;
    },
    key: (i) => [...held.keys()][i] ?? null,
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, value),
    removeItem: (key) => void held.delete(key),
  };
}

const ICONS =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path class="c" d="M4 5.5h16v11H10l-4 3.500v-3.500H4z"/>' +
  '<path class="x" d="M6 6l12 12M18 6 6 18"/></svg><b></b>';

/** Launcher and box in a shadow root, styled by a constructed sheet, which no page's policy forbids. */
function place(colour: string, left: boolean): [HTMLElement, HTMLButtonElement] {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const box = document.createElement("div");
  box.className = left ? "box left" : "box";
  box.dir = isRtl() ? "rtl" : "ltr";
  box.dataset.open = "false";
  const shown = colour.toLowerCase() === "#0b6377" ? "#0f2d36" : colour;
  box.style.setProperty("--colour", shown);
  box.style.setProperty("--on-colour", isLight(shown) ? "#111" : "#fff");
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  button.innerHTML = ICONS;
  box.append(button);
  root.append(box);
  (document.body ?? document.documentElement).append(host);
  return [box, button];
}

/** Screens that the open chat fills. */
const COVERS = "(max-width: 480px), (max-height: 480px)";

const STYLE = `
:host { all: initial; }
.box { position: fixed; inset-block-end: 28px; inset-inline-end: 28px; z-index: 2147483000; }
.box.left { inset-inline: 28px auto; }
button { all: unset; box-sizing: border-box; display: grid; place-items: center; position: relative;
  inline-size: 56px; block-size: 56px; border-radius: 50%; cursor: pointer; background: var(--colour);
  color: var(--on-colour); box-shadow: 0 4px 14px rgb(24 32 36 / .22), 0 1px 3px rgb(24 32 36 / .2); }
button:focus-visible { outline: 2px solid #1465d8; outline-offset: 2px; box-shadow: 0 0 0 2px #fff; }
svg { inline-size: 26px; block-size: 26px; fill: none; stroke: currentColor; stroke-width: 1.7;
  stroke-linecap: round; stroke-linejoin: round; }
.x, [data-open=true] .c { display: none; }
[data-open=true] .x { display: inline; }
b { position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-inline-size: 20px; padding: 0 5px;
  box-sizing: border-box; border-radius: 10px; background: #b8261c; color: #fff; font: 600 12px/20px system-ui, sans-serif;
  text-align: center; }
b:empty { display: none; }
iframe { position: absolute; inset-block-end: 70px; inset-inline-end: 0; inline-size: 384px; max-inline-size: calc(100vw - 40px);
  block-size: min(668px, calc(100dvh - 124px)); border: 0; border-radius: 14px; background: transparent; color-scheme: normal;
  box-shadow: 0 18px 48px rgb(24 32 36 / .2), 0 4px 12px rgb(24 32 36 / .1); }
.left iframe { inset-inline: 0 auto; }
[data-open=false] iframe { visibility: hidden; pointer-events: none; }
@media (prefers-reduced-motion: no-preference) {
  iframe { transition: opacity 140ms cubic-bezier(.2,.7,.2,1), transform 140ms cubic-bezier(.2,.7,.2,1); }
  [data-open=false] iframe { opacity: 0; transform: translateY(4px); }
}
@media ${COVERS} {
  .box { inset-block-end: 16px; inset-inline-end: 16px; }
  .box.left { inset-inline: 16px auto; }
  iframe { position: fixed; inset: 0; inline-size: 100%; max-inline-size: none; block-size: 100dvh; border-radius: 0; }
  [data-open=true] button { display: none; }
}
@media print { .box { display: none; } }
`;
