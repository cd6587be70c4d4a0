/** The smallest way to make and keep elements: no framework, no HTML from strings but our own icons. */

type Props = Record<string, string | number | boolean | EventListener | null | undefined>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: (Node | string | null | undefined | false)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

const PATHS = {
  bell: "M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8zM6.7 14.3h2.6",
  mute: "M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8zM2 2l12 12",
  down: "M4 6l4 4 4-4",
  check: "M3 8.500 6 12l7-8",
  checks: "M1.5 8.500 4.500 12l6-7.500M7.500 11l1 1 6-7.500",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.800V8l2.200 1.500",
  attach:
    "M13 7.500 7.800 12.700a3 3 0 0 1-4.300-4.300L9 3a2 2 0 0 1 2.900 2.900L6.500 11.200a1 1 0 0 1-1.400-1.400L10 5",
  emoji: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.800 9.500c1 1.700 3.400 1.700 4.400 0M6 6.300h.01M10 6.300h.01",
  send: "M2.500 3 14 8 2.500 13l1.500-5zM4 8h5",
  x: "M4 4l8 8M12 4l-8 8",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  alert: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3.500M8 11h.01",
} as const;

export type Icon = keyof typeof PATHS;
const SVG = "http://www.w3.org/2000/svg";

export function icon(name: Icon, size = 16): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("width", String(size));
  svg.setAttribute("height", String(size));
  svg.setAttribute("class", "i");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export interface Entry {
  key: string;
  /** Changes when the element has to be made anew. */
  stamp: string;
  make(): HTMLElement;
}

/** Brings a list up to date; elements whose stamp is the same stay as they are, so that readers hear only what is new. */
export function sync(list: HTMLElement, entries: readonly Entry[]): void {
  const known = new Map<string, HTMLElement>();
  for (const child of [...list.children] as HTMLElement[]) known.set(child.dataset.key ?? "", child);
  let at: Element | null = list.firstElementChild;
  for (const entry of entries) {
    let element = known.get(entry.key);
    known.delete(entry.key);
    if (!element || element.dataset.stamp !== entry.stamp) {
      const made = entry.make();
      made.dataset.key = entry.key;
      made.dataset.stamp = entry.stamp;
      if (element) {
        if (at === element) at = element.nextElementSibling;
        element.remove();
      }
      element = made;
    }
    if (element === at) at = at.nextElementSibling;
    else list.insertBefore(element, at);
  }
  for (const gone of known.values()) gone.remove();
}

const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g;

/** A person's words: text, with addresses made into links that tell the other side nothing. */
export function prose(text: string): HTMLElement {
  const out = h("span", { dir: "auto", class: "prose" });
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    out.append(text.slice(at, match.index));
    out.append(h("a", { href: match[0], target: "_blank", rel: "noopener noreferrer nofollow" }, match[0]));
    at = match.index + match[0].length;
  }
  out.append(text.slice(at));
  return out;
}
