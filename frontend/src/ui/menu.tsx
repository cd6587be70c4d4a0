import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "./icon";
import type { IconName } from "./icon-paths";
import s from "./menu.module.css";

export interface MenuItem {
  id: string;
  label: string;
  icon?: IconName;
  /** Keys or a count at the end of the line. */
  detail?: React.ReactNode;
  danger?: boolean;
  run: () => void;
}

interface Props {
  label: string;
  items: readonly MenuItem[];
  className?: string;
  title?: string;
  disabled?: boolean;
  /** Opens above the button: for what stands at the bottom. */
  up?: boolean;
  /** Words above the items. */
  head?: React.ReactNode;
  /** The children say the whole label themselves. */
  named?: boolean;
  children: React.ReactNode;
}

const GAP_PX = 4;

/**
 * A button and the menu it opens, after the ARIA menu-button pattern: arrows, Home and End move, letters jump, Escape
 * closes and gives the focus back. It lies in the browser's top layer, so that no pane cuts it off.
 */
export function Menu({
  label,
  items,
  className = "btn ghost sm icon-only",
  title,
  disabled,
  up,
  head,
  named,
  children,
}: Props) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = (back: boolean) => {
    setOpen(false);
    if (back) button.current?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={named ? undefined : label}
        title={title ?? label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        disabled={disabled}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          event.stopPropagation();
          setOpen(true);
        }}
      >
        {children}
      </button>
      {open && <List id={id} label={label} items={items} anchor={button} up={up ?? false} head={head} close={close} />}
    </>
  );
}

interface ListProps {
  id: string;
  label: string;
  items: readonly MenuItem[];
  anchor: React.RefObject<HTMLButtonElement | null>;
  up: boolean;
  head: React.ReactNode;
  close: (back: boolean) => void;
}

function List({ id, label, items, anchor, up, head, close }: ListProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = box.current;
    const at = anchor.current?.getBoundingClientRect();
    if (!menu || !at) return;
    menu.showPopover?.();
    place(menu, at, up);
    menu.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, [anchor, up]);
  useEffect(() => {
    const elsewhere = (event: Event) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !anchor.current?.contains(target)) close(false);
    };
    document.addEventListener("pointerdown", elsewhere);
    document.addEventListener("scroll", elsewhere, true);
    return () => {
      document.removeEventListener("pointerdown", elsewhere);
      document.removeEventListener("scroll", elsewhere, true);
    };
  }, [anchor, close]);
  const typed = useRef({ text: "", at: 0 });
  const press = (event: React.KeyboardEvent) => {
    const all = [...(box.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const letter = letterOf(event, typed.current);
    if (letter) typed.current = added(typed.current, letter, event.timeStamp);
    const next = letter ? startingWith(typed.current.text, all, at) : nextOf(event.key, all, at);
    if (event.key === "Escape") close(true);
    else if (event.key === "Tab") return close(false);
    else if (next) next.focus();
    else if (!letter && event.key !== "Enter" && event.key !== " ") return;
    // The keys are the menu's: none of them is a command meanwhile, not even a letter that no line begins with.
    event.stopPropagation();
    if (letter || (event.key !== "Enter" && event.key !== " ")) event.preventDefault();
  };
  return (
    <div
      ref={box}
      id={id}
      popover="manual"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      className={s.menu}
      onKeyDown={press}
    >
      {head && (
        <div className={s.head} role="presentation">
          {head}
        </div>
      )}
      {items.map((item) => (
        <button
          key={item.id}
          type="button"
          role="menuitem"
          tabIndex={-1}
          className={item.danger ? s.danger : undefined}
          onClick={() => {
            close(true);
            item.run();
          }}
        >
          {item.icon && <Icon name={item.icon} size="s" />}
          <span>{item.label}</span>
          {item.detail && <span className={s.detail}>{item.detail}</span>}
        </button>
      ))}
    </div>
  );
}

/** Below the button or above it, where there is room, and inside the window. */
function place(menu: HTMLElement, at: DOMRect, up: boolean): void {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = at.right - width < GAP_PX ? at.left : at.right - width;
  const above = at.top - height - GAP_PX;
  const below = at.bottom + GAP_PX;
  const top = (up && above > 0) || below + height > window.innerHeight ? Math.max(GAP_PX, above) : below;
  menu.style.left = `${Math.max(GAP_PX, Math.min(left, window.innerWidth - width - GAP_PX))}px`;
  menu.style.top = `${top}px`;
}

function nextOf(key: string, all: readonly HTMLElement[], at: number): HTMLElement | undefined {
  const n = all.length;
  if (key === "ArrowDown") return all[(at + 1) % n];
  if (key === "ArrowUp") return all[(at - 1 + n) % n];
  if (key === "Home") return all[0];
  if (key === "End") return all[n - 1];
  return undefined;
}

const TYPING_MS = 800;

interface Typed {
  text: string;
  /** Of the last letter, as events tell it. */
  at: number;
}

const isTyping = (typed: Typed, now: number) => typed.text !== "" && now - typed.at < TYPING_MS;

/** What a press adds to the name that is typed: a space does only within one, elsewhere it chooses. */
function letterOf(event: React.KeyboardEvent, typed: Typed): string | null {
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.key === " " && !isTyping(typed, event.timeStamp)) return null;
  return event.key.toLocaleLowerCase();
}

/** Letters in quick succession are one name: each for itself would end at somebody else. */
const added = (typed: Typed, letter: string, now: number): Typed => ({
  text: isTyping(typed, now) ? typed.text + letter : letter,
  at: now,
});

/** The same letter again and again goes through the lines that begin with it; a name stays where it fits. */
function startingWith(text: string, all: readonly HTMLElement[], at: number): HTMLElement | undefined {
  const again = [...text].every((letter) => letter === text[0]);
  const from = again ? at + 1 : Math.max(at, 0);
  const begins = (what: string) =>
    [...all.slice(from), ...all.slice(0, from)].find((one) =>
      one.textContent?.trim().toLocaleLowerCase().startsWith(what),
    );
  return begins(text) ?? (again ? begins(text.slice(0, 1)) : undefined);
}
