/** Items of the chat as elements: bubbles with their state in words and glyph, greeting, typing. */

import { type Entry, h, icon, prose } from "./dom";
import type { FileItem, Item } from "./frames";
import type { Pending, Thread } from "./thread";
import { fill, type Words } from "./words";

export interface TimelineActions {
  retry(id: string): void;
  discard(id: string): void;
  edit(item: Item): void;
  takeBack(item: Item): void;
  quick(text: string): void;
}

export interface TimelineLook {
  words: Words;
  language: string;
  greeting: string;
  quick: readonly string[];
  isLive: boolean;
}

export function timeline(thread: Thread, look: TimelineLook, actions: TimelineActions): Entry[] {
  const items = thread.ordered();
  const pending = [...thread.pending.values()].sort((a, b) => a.at - b.at);
  const isNew = items.length === 0 && pending.length === 0;
  const entries: Entry[] = [];
  if (look.greeting && !thread.more) entries.push(greeting(look, isNew ? actions : null));
  let speaker = "";
  for (const item of items) {
    const name = item.author === "visitor" || item.name === speaker ? "" : item.name;
    speaker = item.author === "visitor" ? "" : item.name;
    entries.push(bubble(item, name, thread, look, actions));
  }
  return [...entries, ...pending.map((one) => onItsWay(one, thread.isKept(one.id), look, actions))];
}

function greeting(look: TimelineLook, actions: TimelineActions | null): Entry {
  return {
    key: "greeting",
    stamp: `${look.language}${actions ? "+" : "-"}`,
    make: () =>
      h(
        "div",
        { class: "pb", role: "listitem" },
        prose(look.greeting),
        h("small", {}, look.words.automatic),
        actions &&
          look.quick.length > 0 &&
          h(
            "div",
            { class: "quick" },
            ...look.quick.map((text) => h("button", { type: "button", onclick: () => actions.quick(text) }, text)),
          ),
      ),
  };
}

function bubble(item: Item, name: string, thread: Thread, look: TimelineLook, actions: TimelineActions): Entry {
  const mine = item.author === "visitor";
  const isRead = mine && item.place <= thread.readUpTo;
  const time = clock(item.at, look.language);
  return {
    key: item.id,
    stamp: [look.language, item.text, item.edited, item.deleted, isRead, name, item.files.map((f) => f.url)].join("|"),
    make() {
      if (item.deleted)
        return h("div", { class: mine ? "pb me gone" : "pb gone", role: "listitem" }, look.words.deleted);
      const edited = item.edited ? ` · ${look.words.edited}` : "";
      const foot = mine
        ? h(
            "small",
            {},
            icon(isRead ? "checks" : "check", 12),
            `${isRead ? look.words.read : look.words.sent} ${time}${edited}`,
          )
        : h("small", {}, `${time}${edited}`);
      return h(
        "div",
        { class: mine ? "pb me" : "pb", role: "listitem", "data-place": item.place },
        name && h("span", { class: "who" }, name),
        mine && h("span", { class: "sr" }, `${look.words.you}: `),
        item.text && prose(item.text),
        ...item.files.map((file) => attachment(file)),
        foot,
        mine && item.client_msg_id && own(item, look.words, actions),
      );
    },
  };
}

function own(item: Item, words: Words, actions: TimelineActions): HTMLElement {
  return h(
    "span",
    { class: "own" },
    item.text && h("button", { type: "button", onclick: () => actions.edit(item) }, words.edit),
    h("button", { type: "button", onclick: () => actions.takeBack(item) }, words.takeBack),
  );
}

function onItsWay(one: Pending, isKept: boolean, look: TimelineLook, actions: TimelineActions): Entry {
  const words = look.words;
  const said = one.problem ? words.notSent : isKept ? words.sent : look.isLive ? words.sending : words.waiting;
  return {
    key: `pending:${one.id}`,
    stamp: `${look.language}|${said}|${one.problem}`,
    make: () =>
      h(
        "div",
        { class: one.problem ? "pb me pend bad" : isKept ? "pb me" : "pb me pend", role: "listitem" },
        h("span", { class: "sr" }, `${words.you}: `),
        one.text && prose(one.text),
        ...one.files.map((file) => h("span", { class: "file" }, icon("file"), file.name)),
        h("small", {}, icon(one.problem ? "alert" : isKept ? "check" : "clock", 12), said),
        one.problem &&
          h(
            "span",
            { class: "own always" },
            h("button", { type: "button", onclick: () => actions.retry(one.id) }, words.again),
            h("button", { type: "button", onclick: () => actions.discard(one.id) }, words.discard),
          ),
      ),
  };
}

function attachment(file: FileItem): HTMLElement {
  if (!file.url) return h("span", { class: "file" }, icon("file"), file.name);
  if (file.kind === "image") {
    const image = h("img", { src: file.url, alt: file.name, loading: "lazy" });
    return h("a", { class: "image", href: file.url, target: "_blank", rel: "noopener noreferrer" }, image);
  }
  return h(
    "a",
    { class: "file", href: file.url, target: "_blank", rel: "noopener noreferrer", download: file.name },
    icon("file"),
    h("bdi", {}, file.name),
  );
}

/** "14:06", with the day where it is another one. */
export function clock(at: string, language: string, now = new Date()): string {
  const moment = new Date(at);
  const { locale, day, hour } = WAYS[language] ?? { locale: language, day: DAY, hour: H23 };
  const time = moment.toLocaleTimeString(locale, hour);
  if (moment.toDateString() === now.toDateString()) return time;
  return `${moment.toLocaleDateString(locale, day)}, ${time}`;
}

const DAY = { day: "numeric", month: "short" } as const;
const HOUR = { hour: "2-digit", minute: "2-digit" } as const;
const H23 = { ...HOUR, hourCycle: "h23" } as const;
/** Browsers know no Armenian: its numbers are as in German, and a month is better a number than English. */
const WAYS: Record<string, { locale: string; day: Intl.DateTimeFormatOptions; hour: Intl.DateTimeFormatOptions }> = {
  en: { locale: "en", day: DAY, hour: HOUR },
  hy: { locale: "de", day: { day: "2-digit", month: "2-digit" }, hour: H23 },
};

/** How long until an answer, in the greatest unit that says it. */
export function about(seconds: number, words: Words): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const span = minutes < 60 ? fill(words.minutes, { n: minutes }) : fill(words.hours, { n: Math.round(minutes / 60) });
  return fill(words.repliesIn, { time: span });
}
