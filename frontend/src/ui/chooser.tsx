import { useEffect, useId, useRef, useState } from "react";
import { t } from "../text/i18n";
import { Dialog } from "./dialog";
import s from "./dialog.module.css";
import { Icon } from "./icon";
import type { IconName } from "./icon-paths";

export interface Choice {
  id: string;
  label: string;
  group?: string;
  icon?: IconName;
  lead?: React.ReactNode;
  detail?: React.ReactNode;
  /** Words it is also found by. */
  also?: string;
  run: () => void;
}

interface Props {
  label: string;
  choices: readonly Choice[];
  close: () => void;
  placeholder?: string;
  /** Choices made from what was typed itself ("2h30m", a reason). */
  typed?: (text: string) => Choice[];
  /** They stand below what was found, not above. */
  typedLast?: boolean;
  /** Told of every key, for lists that the server finds. */
  asked?: (text: string) => void;
  foot?: React.ReactNode;
  /** Reads what was typed on another keyboard layout. */
  reread?: (text: string) => string;
}

/** A field and a list: the combobox behind the palette and every picker. Arrows choose, Enter runs, Escape leaves. */
export function Chooser({ label, choices, close, placeholder, typed, typedLast, asked, foot, reread }: Props) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const direct = search(choices, text);
  const other = reread && !direct.length ? reread(text) : "";
  const own = typed?.(text) ?? [];
  const listed = other ? search(choices, other) : direct;
  const found = typedLast ? [...listed, ...own] : [...own, ...listed];
  const chosen = Math.min(at, found.length - 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen line is the one to keep in sight
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen, text]);
  const runAt = (index: number) => {
    const choice = found[index];
    if (!choice) return;
    close();
    choice.run();
  };
  const press = (event: React.KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && found.length) setAt((chosen + step + found.length) % found.length);
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) runAt(chosen);
    else return;
    event.preventDefault();
  };
  let group: string | undefined;
  return (
    <Dialog label={label} close={close} className={s.palette}>
      <div className={s.ask}>
        <Icon name="search" />
        <input
          autoFocus
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found[chosen] ? `${id}-${found[chosen].id}` : undefined}
          autoComplete="off"
          placeholder={placeholder ?? label}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
            asked?.(event.target.value);
          }}
          onKeyDown={press}
        />
        {other && (
          <span className="chip nowrap">
            <Icon name="keyboard" size="xs" />
            {t("palette.readAs", { text: other })}
          </span>
        )}
        <kbd>Esc</kbd>
      </div>
      <div ref={list} id={id} className={s.options} role="listbox" aria-label={label}>
        {found.length === 0 && (
          <p className="muted" style={{ padding: "10px" }} role="status">
            {t("palette.nothing")}
          </p>
        )}
        {found.map((choice, i) => {
          const head = choice.group !== group && choice.group;
          group = choice.group;
          return (
            <div key={choice.id} role="presentation">
              {head && (
                <div className={s.cap} aria-hidden>
                  {head}
                </div>
              )}
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's */}
              <div
                id={`${id}-${choice.id}`}
                role="option"
                tabIndex={-1}
                aria-selected={i === chosen}
                className={s.option}
                onMouseMove={() => setAt(i)}
                onClick={() => runAt(i)}
              >
                {choice.lead ?? (choice.icon && <Icon name={choice.icon} />)}
                <span className="clip">
                  <Marked text={choice.label} query={other || text} />
                </span>
                {choice.detail && <span className={s.detail}>{choice.detail}</span>}
              </div>
            </div>
          );
        })}
      </div>
      {foot && <div className={s.foot}>{foot}</div>}
    </Dialog>
  );
}

const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

function search(choices: readonly Choice[], text: string): Choice[] {
  const query = fold(text.trim());
  if (!query) return [...choices];
  const score = (choice: Choice) => {
    const label = fold(choice.label);
    if (label.startsWith(query)) return 0;
    if (label.includes(` ${query}`)) return 1;
    if (label.includes(query)) return 2;
    return choice.also && fold(choice.also).includes(query) ? 3 : 9;
  };
  const order = new Map(
    choices.map((choice) => [choice.group, choices.findIndex((other) => other.group === choice.group)]),
  );
  return choices
    .map((choice) => ({ choice, rank: score(choice) }))
    .filter(({ rank }) => rank < 9)
    .sort((a, b) => (order.get(a.choice.group) ?? 0) - (order.get(b.choice.group) ?? 0) || a.rank - b.rank)
    .map(({ choice }) => choice);
}

function Marked({ text, query }: { text: string; query: string }) {
  const at = query.trim() ? fold(text).indexOf(fold(query.trim())) : -1;
  // Folding may change lengths; then the words stand without a mark.
  if (at < 0 || fold(text).length !== text.length) return text;
  const end = at + fold(query.trim()).length;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, end)}</mark>
      {text.slice(end)}
    </>
  );
}
