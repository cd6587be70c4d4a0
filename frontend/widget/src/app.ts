/** The chat inside the frame: puts thread, connection and page together and shows them. */

import { newKey } from "../../src/http/key";
import type { Shown } from "./bridge";
import { Connection, type LineState, type World } from "./connection";
import { h, icon, sync } from "./dom";
import { FormView, fieldsFor } from "./form";
import type { Config, Identity, Item, PageSeen, Queued, ServerFrame } from "./frames";
import { Thread } from "./thread";
import { about, clock, timeline } from "./timeline";
import { Uploads } from "./uploads";
import { chosenLanguage, fill, isList, isText, localised, type Words, wordsOf } from "./words";

export interface Outside {
  token(token: string | null): void;
  queue(entry: Queued): void;
  unqueue(id: string): void;
  /** What stands in the field, for the next page; empty once it is sent. */
  draft(text: string): void;
  unread(count: number): void;
  close(): void;
}

export interface Start {
  base: string;
  config: Config;
  language: string;
  token: string | null;
  queue: readonly Queued[];
  draft: string;
  page: PageSeen | null;
  isOpen: boolean;
}

const EMOJI = "🙂 😀 😂 😍 🥰 😎 🤔 😢 😡 👍 👎 🙏 👏 💪 👋 ❤️ 🎉 🔥 ✅ ❌ ⭐ 📦 🚚 ☕".split(" ");
const TYPING_EVERY_MS = 3_000;
const NEAR_PX = 80;

export class App {
  readonly thread = new Thread();
  readonly line: Connection;
  readonly #words: Words;
  readonly #language: string;
  readonly #log = h("div", { class: "log", role: "log", "aria-live": "polite", tabindex: 0 });
  readonly #list = h("div", { class: "list", role: "list" });
  readonly #status = h("div", { class: "sub" });
  readonly #typing = h("div", { class: "typing", role: "status" });
  readonly #notice = h("div", { class: "notice", role: "status", hidden: true });
  readonly #jump = h("button", { type: "button", class: "jump", hidden: true });
  readonly #earlier = h("button", { type: "button", class: "earlier", hidden: true });
  readonly #text = h("textarea", { rows: 1, dir: "auto", enterkeyhint: "send" });
  readonly #count = h("small", { class: "wrong", id: "count", role: "alert" });
  readonly #formPlace = h("div", {});
  readonly #send: HTMLButtonElement;
  readonly #uploads: Uploads;
  #form: FormView | null = null;
  #formKey = "";
  #editing: Item | null = null;
  #state: LineState = "connecting";
  #isOpen: boolean;
  #identity: Identity | null = null;
  #unread = 0;
  #unseen = 0;
  #told = { delivered: 0, read: 0 };
  #typedAt = 0;
  #typingEnds = 0;
  #sound = true;

  constructor(
    private readonly root: HTMLElement,
    private readonly start: Start,
    private readonly outside: Outside,
    private readonly world: World,
  ) {
    this.#language = chosenLanguage([start.language, ...navigator.languages], start.config.languages);
    this.#words = wordsOf(this.#language);
    this.#isOpen = start.isOpen;
    this.line = new Connection(start.base, this.thread, this, world, start.token);
    this.line.language = this.#language;
    this.line.page = start.page;
    for (const one of start.queue) this.thread.queue(one);
    const upLine = { base: start.base, bearer: () => this.line.bearer, fetch: world.fetch };
    this.#uploads = new Uploads(upLine, start.config.files, this.#words, () => this.#refreshSend());
    this.#send = h("button", { type: "submit", class: "send", "aria-label": this.#words.send }, icon("send"));
    this.#build();
    this.#text.value = start.draft;
    if (start.draft) this.#typed();
    this.render();
    // Before the chat was ever opened nothing is asked of the service: no token, no socket.
    if (start.isOpen || start.token) this.line.start();
  }

  // -- what the loader says

  shown({ open, focus }: Shown): void {
    this.#isOpen = open;
    if (!open) return;
    this.line.start();
    if (focus) this.#text.focus();
    this.#toEnd();
    this.#seen();
  }

  wentTo(page: PageSeen): void {
    this.line.page = page;
    this.line.send({ type: "page", ...page });
  }

  identify(identity: Identity): void {
    this.#identity = identity;
    if (!this.line.send({ type: "identify", ...identity })) this.line.start();
  }

  /** Another tab signed in or out, or the page signed out. */
  use(token: string | null): void {
    if (token === null) {
      this.#identity = null;
      this.#unread = 0;
      this.outside.unread(0);
      this.#text.value = "";
    }
    const unsent = token === null ? [] : this.thread.unsent();
    this.thread.clear();
    for (const one of unsent) this.thread.queue(one);
    this.#told = { delivered: 0, read: 0 };
    if (token !== null || this.#isOpen) this.line.use(token);
    else {
      this.line.stop();
      this.line.use(null);
    }
    this.render();
  }

  // -- what the line says (Listener)

  frame(frame: ServerFrame): void {
    if (frame.type === "ready" && this.#identity) this.line.send({ type: "identify", ...this.#identity });
    if (frame.type === "message" && frame.item.author !== "visitor") this.#arrived();
    if (frame.type === "typing") this.#typingFor(frame.on ? frame.ttl_seconds : 0);
    if (frame.type === "ack") this.outside.unqueue(frame.client_msg_id);
    if ((frame.type === "message" || frame.type === "message_deleted") && frame.item.client_msg_id) {
      this.outside.unqueue(frame.item.client_msg_id);
    }
    if (frame.type === "error" && frame.code === "form_invalid") this.#form?.show(frame.fields);
    if (frame.type === "error" && frame.code === "identity_refused") console.error(`InboxChat: ${frame.detail}`);
    const atEnd = this.#isAtEnd();
    this.render();
    if (atEnd) this.#toEnd();
    this.#seen();
  }

  state(state: LineState): void {
    this.#state = state;
    this.render();
  }

  token(token: string | null): void {
    this.outside.token(token);
  }

  // -- showing

  #build(): void {
    const { config } = this.start;
    const words = this.#words;
    document.documentElement.lang = this.#language;
    this.root.setAttribute("role", "dialog");
    this.root.setAttribute("aria-label", fill(words.chatWith, { name: config.name }));
    const bell = h("button", { type: "button", "aria-pressed": "true", "aria-label": words.soundOn }, icon("bell"));
    bell.addEventListener("click", () => {
      this.#sound = !this.#sound;
      bell.setAttribute("aria-pressed", String(this.#sound));
      bell.setAttribute("aria-label", this.#sound ? words.soundOn : words.soundOff);
      bell.replaceChildren(icon(this.#sound ? "bell" : "mute"));
    });
    const close = h(
      "button",
      { type: "button", "aria-label": words.close, onclick: () => this.outside.close() },
      icon("down"),
    );
    const face = h("span", { class: "face", "aria-hidden": "true" }, config.name.slice(0, 2).toUpperCase());
    const header = h(
      "header",
      {},
      face,
      h("div", { class: "grow" }, h("h1", {}, config.name), this.#status),
      bell,
      close,
    );
    this.#earlier.textContent = words.earlier;
    this.#earlier.addEventListener("click", () => void this.#readEarlier());
    this.#jump.addEventListener("click", () => this.#toEnd());
    this.#log.setAttribute("aria-label", fill(words.chatWith, { name: config.name }));
    this.#log.append(this.#earlier, this.#list, this.#typing);
    this.#log.addEventListener("scroll", () => {
      if (this.#isAtEnd()) this.#unseen = 0;
      this.#jump.hidden = this.#unseen === 0;
    });
    this.root.append(header, this.#notice, this.#log, this.#jump, this.#composer());
    this.root.addEventListener("keydown", (event) => this.#keys(event));
    this.#takesFiles();
    document.addEventListener("visibilitychange", () => this.#seen());
    window.addEventListener("online", () => this.line.hurry());
    window.addEventListener("offline", () => this.line.cut());
  }

  #composer(): HTMLElement {
    const words = this.#words;
    const input = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      accept: this.start.config.files.types.join(","),
    });
    input.addEventListener("change", () => {
      this.#uploads.add(input.files ?? []);
      input.value = "";
    });
    const attach = h(
      "button",
      { type: "button", "aria-label": words.attach, onclick: () => input.click() },
      icon("attach"),
    );
    this.#text.placeholder = words.write;
    this.#text.setAttribute("aria-label", words.write);
    this.#text.setAttribute("aria-describedby", "count");
    this.#text.addEventListener("input", () => this.#typed());
    this.#text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#submit();
      }
    });
    const form = h(
      "form",
      { novalidate: true },
      this.#formPlace,
      this.#uploads.element,
      this.#count,
      h("div", { class: "line" }, h("div", { class: "input" }, this.#text, attach, this.#emoji(), input), this.#send),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    const privacy = this.start.config.privacy_url;
    const foot =
      privacy && h("p", { class: "foot" }, h("a", { href: privacy, target: "_blank", rel: "noopener" }, words.privacy));
    return h("footer", {}, form, foot);
  }

  #emoji(): HTMLElement {
    const grid = h("div", { class: "emoji", role: "group", "aria-label": this.#words.emoji, hidden: true });
    const button = h(
      "button",
      { type: "button", "aria-label": this.#words.emoji, "aria-expanded": "false" },
      icon("emoji"),
    );
    const show = (open: boolean): void => {
      grid.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
    };
    button.addEventListener("click", () => {
      show(Boolean(grid.hidden));
      if (!grid.hidden) grid.querySelector("button")?.focus();
    });
    for (const one of EMOJI) {
      const pick = (): void => {
        this.#text.setRangeText(one, this.#text.selectionStart, this.#text.selectionEnd, "end");
        show(false);
        this.#text.focus();
        this.#typed();
      };
      grid.append(h("button", { type: "button", onclick: pick }, one));
    }
    grid.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      show(false);
      button.focus();
    });
    return h("span", { class: "pick" }, button, grid);
  }

  render(): void {
    const { config } = this.start;
    const words = this.#words;
    const greeting = localised(config.greeting, this.#language, isText) || words.greeting;
    const quick = localised(config.quick_replies, this.#language, isList) ?? [];
    const look = { words, language: this.#language, greeting, quick, isLive: this.#state === "live" };
    sync(
      this.#list,
      timeline(this.thread, look, {
        retry: (id) => this.#retry(id),
        discard: (id) => this.#discard(id),
        edit: (item) => this.#edit(item),
        takeBack: (item) =>
          void (item.client_msg_id && this.line.send({ type: "delete", client_msg_id: item.client_msg_id })),
        quick: (text) => this.#say(text),
      }),
    );
    this.#earlier.hidden = !this.thread.more;
    this.#status.textContent = this.#headline();
    this.#renderNotice();
    this.#renderTyping();
    this.#renderForm();
    this.#refreshSend();
  }

  #headline(): string {
    const words = this.#words;
    const { config } = this.start;
    const open = this.thread.status?.open ?? config.open;
    const until = this.thread.status ? this.thread.status.until : config.until;
    if (!open) return until ? fill(words.closedUntil, { time: clock(until, this.#language) }) : words.closedNow;
    const parts = [until ? fill(words.openUntil, { time: clock(until, this.#language) }) : words.openNow];
    if (config.reply_seconds) parts.push(about(config.reply_seconds, words));
    return parts.join(" · ");
  }

  #renderNotice(): void {
    const text =
      this.#state === "refused" ? this.#words.refused : this.#state === "offline" ? this.#words.noConnection : "";
    this.#notice.hidden = text === "";
    if (this.#notice.textContent !== text) this.#notice.textContent = text;
  }

  #renderTyping(): void {
    const name = this.thread.agent;
    const text = this.thread.typing ? (name ? fill(this.#words.typingBy, { name }) : this.#words.typing) : "";
    if (this.#typing.dataset.text === text) return;
    this.#typing.dataset.text = text;
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    this.#typing.replaceChildren(...(text ? [dots, text] : []));
  }

  #renderForm(): void {
    const due = this.thread.status?.form ?? "";
    const key = `${due}`;
    if (key === this.#formKey) return;
    this.#formKey = key;
    const fields = fieldsFor(due, this.start.config.form);
    const offline = localised(this.start.config.offline_text, this.#language, isText) || this.#words.offlineTitle;
    this.#form =
      fields.length > 0
        ? new FormView(fields, due === "offline" ? offline : this.#words.formTitle, this.#words, this.#language)
        : null;
    this.#formPlace.replaceChildren(...(this.#form ? [this.#form.element] : []));
  }

  #refreshSend(): void {
    const over = [...this.#text.value].length - this.start.config.text_limit;
    this.#count.textContent = over > 0 ? fill(this.#words.tooLong, { n: over }) : "";
    const isEmpty = this.#text.value.trim() === "" && this.#uploads.count === 0;
    this.#send.disabled = isEmpty || over > 0 || this.#uploads.isBusy || this.#state === "refused";
  }

  // -- writing

  #typed(): void {
    this.#text.style.blockSize = "auto";
    this.#text.style.blockSize = `${Math.min(this.#text.scrollHeight, 120)}px`;
    this.#refreshSend();
    if (!this.#editing) this.outside.draft(this.#text.value);
    if (Date.now() - this.#typedAt > TYPING_EVERY_MS && this.#text.value) {
      this.#typedAt = Date.now();
      this.line.send({ type: "typing", on: true });
    }
  }

  #submit(): void {
    if (this.#send.disabled) return;
    const text = this.#text.value.trim();
    if (this.#editing?.client_msg_id) {
      // The words stay until they could be sent.
      if (text && !this.line.send({ type: "edit", client_msg_id: this.#editing.client_msg_id, text })) return;
      this.#edit(null);
      return;
    }
    if (this.#say(text)) {
      this.#text.value = "";
      this.#typed();
      this.#text.focus();
    }
  }

  /** Queues a message and sends it if the line is there. False when the form is not filled in. */
  #say(text: string): boolean {
    const form = this.#form ? this.#form.values() : null;
    if (this.#form && !form) return false;
    const entry: Queued = { id: newKey(), text, files: this.#uploads.take(), form, at: Date.now() };
    this.thread.queue(entry);
    this.outside.queue(entry);
    this.line.start();
    this.line.flush();
    this.#typedAt = 0;
    this.render();
    this.#toEnd();
    return true;
  }

  #retry(id: string): void {
    const one = this.thread.pending.get(id);
    const form = this.#form?.values();
    if (!one || form === null) return;
    this.thread.queue({ ...one, form: form ?? one.form });
    this.line.flush();
    this.render();
  }

  #discard(id: string): void {
    this.thread.drop(id);
    this.outside.unqueue(id);
    this.render();
  }

  #edit(item: Item | null): void {
    this.#editing = item;
    this.#text.value = item?.text ?? "";
    this.root.classList.toggle("editing", item !== null);
    this.#typed();
    this.#text.focus();
  }

  #takesFiles(): void {
    this.#text.addEventListener("paste", (event) => {
      const files = event.clipboardData?.files;
      if (files?.length) {
        event.preventDefault();
        this.#uploads.add(files);
      }
    });
    this.root.dataset.drop = this.#words.drop;
    this.root.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.root.classList.add("dropping");
    });
    this.root.addEventListener("dragleave", () => this.root.classList.remove("dropping"));
    this.root.addEventListener("drop", (event) => {
      event.preventDefault();
      this.root.classList.remove("dropping");
      this.#uploads.add(event.dataTransfer?.files ?? []);
    });
  }

  // -- reading

  #arrived(): void {
    this.#typingFor(0);
    const isSeen = this.#isOpen && document.visibilityState === "visible";
    if (!this.#isAtEnd()) {
      this.#unseen += 1;
      this.#jump.textContent = fill(this.#words.newMessages, { n: this.#unseen });
      this.#jump.hidden = false;
    }
    if (!isSeen) {
      this.#unread += 1;
      this.outside.unread(this.#unread);
      if (this.#sound) beep();
    }
  }

  /** Tells how far the screen shows and the visitor has read. */
  #seen(): void {
    const newest = this.thread.newestTheirs();
    if (newest > this.#told.delivered && this.line.send({ type: "delivered", up_to_seq: newest }))
      this.#told.delivered = newest;
    if (!this.#isOpen || document.visibilityState !== "visible") return;
    if (this.#unread > 0) {
      this.#unread = 0;
      this.outside.unread(0);
    }
    if (newest > this.#told.read && this.line.send({ type: "read", up_to_seq: newest })) this.#told.read = newest;
  }

  #typingFor(seconds: number): void {
    this.world.clearTimeout(this.#typingEnds);
    this.thread.typing = seconds > 0;
    if (seconds > 0) {
      this.#typingEnds = this.world.setTimeout(() => {
        this.thread.typing = false;
        this.render();
      }, seconds * 1000);
    }
  }

  async #readEarlier(): Promise<void> {
    const first = this.thread.ordered()[0]?.place ?? 0;
    const answer = await this.world
      .fetch(`${this.start.base}/history?before=${first}`, { headers: { Authorization: `Bearer ${this.line.bearer}` } })
      .catch(() => null);
    if (!answer?.ok) return;
    const { items, more } = (await answer.json()) as { items: Item[]; more: boolean };
    const before = this.#log.scrollHeight;
    this.thread.prepend(items, more);
    this.render();
    this.#log.scrollTop += this.#log.scrollHeight - before;
  }

  #isAtEnd(): boolean {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR_PX;
  }

  #toEnd(): void {
    this.#unseen = 0;
    this.#jump.hidden = true;
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  // -- keys

  #keys(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      if (this.#editing) this.#edit(null);
      else this.outside.close();
    }
    if (event.key !== "Tab") return;
    const all = this.root.querySelectorAll<HTMLElement>(
      "a[href],button:not(:disabled),input,select,textarea,[tabindex='0']",
    );
    const shown = [...all].filter((one) => one.offsetParent !== null);
    const [first, last] = [shown[0], shown[shown.length - 1]];
    const edge = event.shiftKey ? first : last;
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  }
}

/** A short quiet tone; browsers that forbid it before a gesture stay silent. */
function beep(): void {
  try {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = 660;
    volume.gain.setValueAtTime(0.05, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.25);
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.25);
    tone.onended = () => void audio.close();
  } catch {
    // No sound here.
  }
}
