import { useEffect, useRef } from "react";
import { blank, type Choice, type Choices } from "../../../commands/choices";
import type { OptionsRuleShape } from "../../../protocol/types.generated";
import { moved, useOrder } from "../../../settings/use-order";
import { t } from "../../../text/i18n";
import { lengthIn } from "../../../text/length";
import { optionWords } from "../../../text/options/load";
import { Icon } from "../../../ui/icon";
import { type Answer, formOf, most, UNIT, wrongs } from "./options";
import s from "./options.module.css";
import { Counter } from "./parts";

interface Props {
  rule: OptionsRuleShape;
  choices: Choices;
  /** Null: without any. */
  change: (choices: Choices | null) => void;
  answer: Answer;
  /** Whether they can go as they are. */
  tell: (fits: boolean) => void;
}

/** Under the words: what the customer can choose from, in the order he will see it. */
function OptionsPanel({ rule, choices, change, answer, tell }: Props) {
  const wrong = wrongs(rule, choices, answer);
  const fits = wrong.length === 0;
  useEffect(() => tell(fits), [tell, fits]);
  // Leaving the panel, nobody has looked at what comes next.
  useEffect(() => () => tell(false), [tell]);
  const panel = useRef<HTMLFieldSetElement>(null);
  const { items, location, fresh } = choices;
  useEffect(() => {
    if (!fresh) return;
    panel.current?.querySelector<HTMLElement>("input:not([type=checkbox])")?.focus();
    change({ ...choices, fresh: false });
  }, [fresh, choices, change]);
  const form = formOf(rule, items);
  const untouched = wrong.length > 0 && !answer.text.trim() && !items.some((one) => one.title);
  return (
    <fieldset className={s.panel} ref={panel}>
      <legend className="sr">{t("options.title")}</legend>
      <div className={s.head}>
        <span className="tiny strong grow nowrap">{t("options.title")}</span>
        {rule.location && (
          <label className="flex tiny">
            <input
              type="checkbox"
              checked={location}
              onChange={(event) => change({ ...choices, location: event.target.checked })}
            />
            <Icon name="pin" size="xs" />
            {t("options.location")}
          </label>
        )}
        <button type="button" className="btn ghost sm" onClick={() => change(null)}>
          <Icon name="x" size="xs" />
          {t("options.remove")}
        </button>
      </div>
      {!location && <Rows rule={rule} form={form} choices={choices} change={change} />}
      {!location && form.button_limit !== null && (
        <div className={s.button}>
          <span className="tiny muted">
            {t("options.asList")} {t("options.button")}
          </span>
          <Words
            label={t("options.button")}
            hint={t("options.buttonHint")}
            value={choices.title}
            limit={form.button_limit}
            change={(title) => change({ ...choices, title })}
          />
        </div>
      )}
      {!untouched && wrong.length > 0 && (
        <ul className={s.wrong} role="status">
          {wrong.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}

/** The panel, with its words. */
export const load = async () => {
  await optionWords();
  return { default: OptionsPanel };
};

interface RowsProps {
  rule: OptionsRuleShape;
  form: OptionsRuleShape;
  choices: Choices;
  change: (choices: Choices) => void;
}

function Rows({ rule, form, choices, change }: RowsProps) {
  const list = useRef<HTMLOListElement>(null);
  const { items } = choices;
  const put = (next: readonly Choice[]) => change({ ...choices, items: next });
  /** Once it is drawn. */
  const focus = (at: number, what: "input" | "button" = "input") =>
    requestAnimationFrame(() => list.current?.children[at]?.querySelector<HTMLElement>(what)?.focus());
  const move = (from: number, to: number, what: "input" | "button" = "button") => {
    const next = moved(items, from, to);
    if (!next) return;
    put(next);
    focus(to, what);
  };
  const order = useOrder({ busy: false, move });
  const add = () => {
    put([...items, blank()]);
    focus(items.length);
  };
  const drop = (at: number) => {
    put(items.filter((_, i) => i !== at));
    focus(Math.max(0, at - 1));
  };
  const full = items.length >= most(rule, items);
  const keys = (event: React.KeyboardEvent, at: number) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (at + 1 < items.length) focus(at + 1);
      else if (!full && items[at]?.title) add();
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(at, at + (event.key === "ArrowUp" ? -1 : 1), "input");
    } else if (event.key === "Backspace" && items.length > 1 && empty(items[at])) {
      event.preventDefault();
      drop(at);
    }
  };
  return (
    <>
      <ol className={s.rows} ref={list}>
        {items.map((one, at) => (
          <li key={one.key} className={order.isTarget(at) ? s.target : ""} {...order.place(at)}>
            <button
              type="button"
              className={`btn ghost sm icon-only ${s.handle}`}
              aria-label={t("options.move", { n: at + 1 })}
              title={t("options.move", { n: at + 1 })}
              {...order.handle(at)}
            >
              <Icon name="sort" size="xs" />
            </button>
            <Row
              one={one}
              n={at + 1}
              rule={rule}
              form={form}
              change={(next) => put(items.map((other) => (other.key === next.key ? next : other)))}
              drop={() => drop(at)}
              onKeyDown={(event) => keys(event, at)}
            />
          </li>
        ))}
      </ol>
      <div className={s.foot}>
        <button type="button" className="btn ghost sm" disabled={full} onClick={add}>
          <Icon name="plus" size="xs" />
          {t("options.add")}
        </button>
        <span className="tiny faint num">
          {items.length} / {most(rule, items)}
        </span>
      </div>
    </>
  );
}

const empty = (one: Choice | undefined) => !one?.title && !one?.description && !one?.url;

interface RowProps {
  one: Choice;
  n: number;
  rule: OptionsRuleShape;
  form: OptionsRuleShape;
  change: (one: Choice) => void;
  drop: () => void;
  onKeyDown: (event: React.KeyboardEvent) => void;
}

function Row({ one, n, rule, form, change, drop, onKeyDown }: RowProps) {
  const describes = (rule.longer ?? rule).description_limit;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the fields inside, which do all of it by buttons, too
    <div className={s.one} onKeyDown={onKeyDown}>
      <div className={s.title}>
        <Words
          label={t("options.one", { n })}
          hint={t("options.one", { n })}
          value={one.title}
          limit={form.title_limit}
          change={(title) => change({ ...one, title })}
        />
        {describes !== null && (
          <More
            icon="note"
            label={t("options.description")}
            value={one.description}
            change={(description) => change({ ...one, description })}
          />
        )}
        {rule.links && (
          <More icon="link" label={t("options.url")} value={one.url} change={(url) => change({ ...one, url })} />
        )}
        <button
          type="button"
          className="btn ghost sm icon-only"
          aria-label={t("options.drop", { n })}
          title={t("options.drop", { n })}
          onClick={drop}
        >
          <Icon name="x" size="xs" />
        </button>
      </div>
      {one.description !== null && (
        <Words
          label={`${t("options.description")} ${n}`}
          hint={t("options.description")}
          value={one.description}
          limit={form.description_limit ?? describes}
          change={(description) => change({ ...one, description })}
        />
      )}
      {one.url !== null && (
        <Words
          label={`${t("options.url")} ${n}`}
          hint="https://"
          kind="url"
          value={one.url}
          limit={null}
          change={(url) => change({ ...one, url })}
        />
      )}
    </div>
  );
}

interface MoreProps {
  icon: "note" | "link";
  label: string;
  value: string | null;
  change: (value: string | null) => void;
}

/** Opens a further field of an option, and takes it away with what is in it. */
function More({ icon, label, value, change }: MoreProps) {
  return (
    <button
      type="button"
      className="btn ghost sm icon-only"
      aria-pressed={value !== null}
      aria-label={label}
      title={label}
      onClick={() => change(value === null ? "" : null)}
    >
      <Icon name={icon} size="xs" />
    </button>
  );
}

interface WordsProps {
  label: string;
  hint: string;
  value: string;
  limit: number | null;
  kind?: "text" | "url";
  change: (value: string) => void;
}

function Words({ label, hint, value, limit, kind = "text", change }: WordsProps) {
  const length = lengthIn(value.trim(), UNIT);
  return (
    <span className={`${s.words} ${limit !== null && length > limit ? s.over : ""}`}>
      <input
        inputMode={kind}
        dir={kind === "url" ? "ltr" : "auto"}
        aria-label={label}
        placeholder={hint}
        value={value}
        aria-invalid={limit !== null && length > limit}
        onChange={(event) => change(event.target.value)}
      />
      {limit !== null && length > 0 && (
        <span className="tiny num nowrap muted">
          <Counter length={length} limit={limit} unit={UNIT} />
        </span>
      )}
    </span>
  );
}
