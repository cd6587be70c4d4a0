/**
 * From a key press to a command. A binding is text: "e", "Shift+u", "Mod+k" (Cmd on a Mac, Ctrl elsewhere), "g w" (two
 * keys, one after the other), "F6". A single letter is matched by the character it makes where that is Latin, else by
 * the physical key, so that Greek, Armenian or Cyrillic layouts work without switching. Off while typing.
 */

export interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing?: boolean;
}

export interface Binding<C> {
  keys: readonly string[];
  command: C;
  /** Works in text fields, too: only for keys that type nothing. */
  whileTyping: boolean;
}

export interface Match<C> {
  command: C;
}

const CHORD_MS = 1500;
const LATIN = /^[\x20-\x7e]$/;

/** The key as a binding names it: the character made, or, outside Latin, the letter printed on a Latin keyboard. */
export function nameOf(press: Press): string {
  if (press.key.length > 1) return press.key;
  if (LATIN.test(press.key)) return press.key.toLowerCase();
  const physical = /^(?:Key|Digit)(.)$/.exec(press.code)?.[1];
  return (physical ?? PHYSICAL[press.code] ?? press.key).toLowerCase();
}

const PHYSICAL: Record<string, string> = { Period: ".", Slash: "/", Comma: ",", Backslash: "\\", Semicolon: ";" };

/** The press with its modifiers in a fixed order: "Mod+Shift+Enter". */
export function describe(press: Press, mac: boolean): string {
  const name = nameOf(press);
  const mod = mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  // A shifted sign ("?", "!") is its own key; Shift counts only with letters and named keys.
  const shift = press.shiftKey && (name.length > 1 || /^[a-z]$/.test(name));
  return [mod && "Mod", other && (mac ? "Ctrl" : "Meta"), press.altKey && "Alt", shift && "Shift", name]
    .filter(Boolean)
    .join("+");
}

export class Dispatch<C> {
  private first: { key: string; at: number } | null = null;

  constructor(
    private bindings: () => readonly Binding<C>[],
    private mac: boolean,
    private now: () => number = Date.now,
  ) {}

  /** The first letter of a chord that is waiting for its second, for the screen to show; null: none. */
  get pending(): string | null {
    return this.first && this.now() - this.first.at < CHORD_MS ? this.first.key : null;
  }

  /**
   * The command for a press. `typing`: focus is in a text field. "wait" when the press begins a chord, null when it
   * means nothing here; the caller prevents the default for the first two.
   */
  match(press: Press, typing: boolean, enabled: (command: C) => boolean): Match<C> | "wait" | null {
    if (press.isComposing || press.key === "Shift" || press.key === "Dead") return null;
    const key = describe(press, this.mac);
    const chord = this.pending ? `${this.pending} ${key}` : null;
    this.first = null;
    let waits = false;
    for (const binding of this.bindings()) {
      if (typing && !binding.whileTyping) continue;
      for (const wanted of binding.keys) {
        if ((wanted === chord || (!chord && wanted === key)) && enabled(binding.command)) {
          return { command: binding.command };
        }
        if (!chord && wanted.startsWith(`${key} `)) waits = true;
      }
    }
    if (!waits || typing) return null;
    this.first = { key, at: this.now() };
    return "wait";
  }
}

/** Whether keys typed into the element make text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit", "file"].includes(target.type);
}

/** How a binding is written on buttons: "Ctrl ↵", "G W". */
export function keyCaps(keys: string, mac: boolean): string[] {
  return keys.split(" ").flatMap((step) => step.split(/\+(?=.)/).map((part) => capOf(part, mac)));
}

function capOf(part: string, mac: boolean): string {
  const caps: Record<string, string> = {
    Mod: mac ? "⌘" : "Ctrl",
    Shift: mac ? "⇧" : "Shift",
    Alt: mac ? "⌥" : "Alt",
    Enter: "↵",
    Escape: "Esc",
    ArrowUp: "↑",
    ArrowDown: "↓",
  };
  return caps[part] ?? (part.length === 1 ? part.toUpperCase() : part);
}
