import { useEffect, useRef, useState } from "react";
import { emojiName, findEmoji } from "../../../text/emoji";
import { currentLanguage, t } from "../../../text/i18n";
import s from "./emoji.module.css";

const COLUMNS = 8;
const RECENT = "inbox.emoji";
const RECENT_MOST = COLUMNS;

function recent(): string[] {
  try {
    return JSON.parse(localStorage.getItem(RECENT) ?? "[]") as string[];
  } catch {
    return [];
  }
}

/** A field and a grid: typing finds, arrows move, Enter puts the emoji at the caret, Escape leaves. */
export default function EmojiPicker({ pick, close }: { pick: (emoji: string) => void; close: () => void }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const language = currentLanguage();
  const used = recent();
  const found = [...findEmoji(query, language)];
  // Those used lately come first while nothing is looked for.
  if (!query.trim()) found.sort((a, b) => rankOf(used, a.emoji) - rankOf(used, b.emoji));
  const chosen = Math.min(at, found.length - 1);
  useEffect(() => {
    const elsewhere = (event: Event) => {
      if (!box.current?.parentElement?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", elsewhere);
    return () => document.removeEventListener("pointerdown", elsewhere);
  }, [close]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen emoji is the one to keep in sight
  useEffect(() => {
    box.current?.querySelector("[aria-selected=true]")?.scrollIntoView?.({ block: "nearest" });
  }, [chosen]);
  const take = (emoji: string) => {
    const next = [emoji, ...used.filter((other) => other !== emoji)].slice(0, RECENT_MOST);
    localStorage.setItem(RECENT, JSON.stringify(next));
    pick(emoji);
  };
  const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
  const press = (event: React.KeyboardEvent) => {
    const step = steps[event.key];
    const one = found[chosen];
    if (step !== undefined) setAt(Math.max(0, Math.min(found.length - 1, chosen + step)));
    else if (event.key === "Enter" && one) take(one.emoji);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={box} className={s.picker} role="dialog" aria-label={t("emoji")}>
      <input
        autoFocus
        type="search"
        role="combobox"
        className="input"
        aria-label={t("emoji.search")}
        aria-expanded="true"
        aria-controls="emoji-grid"
        aria-activedescendant={found[chosen] ? `emoji-${chosen}` : undefined}
        placeholder={t("emoji.search")}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div id="emoji-grid" className={s.grid} role="listbox" aria-label={t("emoji")}>
        {found.map((one, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
          <span
            key={one.emoji}
            id={`emoji-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === chosen}
            aria-label={emojiName(one, language)}
            title={emojiName(one, language)}
            className={s.emoji}
            onClick={() => take(one.emoji)}
          >
            {one.emoji}
          </span>
        ))}
        {!found.length && (
          <p className="muted small" role="status">
            {t("palette.nothing")}
          </p>
        )}
      </div>
    </div>
  );
}

const rankOf = (used: readonly string[], emoji: string) => {
  const at = used.indexOf(emoji);
  return at < 0 ? RECENT_MOST : at;
};
