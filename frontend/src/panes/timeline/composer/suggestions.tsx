import { useEffect, useState } from "react";
import { stepsInWords } from "../../../commands/macros";
import type { ConversationShape } from "../../../protocol/types.generated";
import { t } from "../../../text/i18n";
import { lengthIn } from "../../../text/length";
import { prepared } from "../../../text/prepared";
import { AgentFace } from "../../../ui/face";
import { Icon } from "../../../ui/icon";
import { useCore, useSelect } from "../../../ui/use-core";
import type { Target } from "./audience";
import s from "./composer.module.css";
import { findAgents, findCanned, findMacros, type Query } from "./suggest";

interface Props {
  query: Query;
  row: ConversationShape;
  pick: (words: string) => void;
  close: () => void;
  area: React.RefObject<HTMLTextAreaElement | null>;
  limit: number | null;
  unit: string;
  /** Undefined: a note. */
  target: Target | undefined;
}

interface Option {
  id: string;
  words: string;
  /** Done in place of putting words in. */
  run?: () => void;
  view: React.ReactNode;
}

/** The list that `/` and `@` open: arrows and Enter work from the text, the focus stays there. */
export function Suggestions({ query, row, pick, close, area, limit, unit, target }: Props) {
  const options = useOptions(query, row, limit, unit, target);
  const choose = (option: Option) => {
    pick(option.words);
    option.run?.();
  };
  const [at, setAt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another word begins at the top again
  useEffect(() => setAt(0), [query.text, query.sign]);
  useEffect(() => {
    const field = area.current;
    if (!field) return;
    const press = (event: KeyboardEvent) => {
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      const chosen = options[at];
      if (step && options.length) setAt((n) => (n + step + options.length) % options.length);
      else if ((event.key === "Enter" || event.key === "Tab") && chosen && !event.ctrlKey && !event.metaKey)
        choose(chosen);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    field.addEventListener("keydown", press);
    return () => field.removeEventListener("keydown", press);
  });
  if (!options.length) {
    return query.text ? null : (
      <div className={s.pop} role="status">
        <div className="muted">{t("canned.none")}</div>
      </div>
    );
  }
  return (
    <div className={s.pop} role="listbox" aria-label={query.sign === "/" ? t("canned") : t("mentions")}>
      {options.map((option, i) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are taken by the text field above
        <div
          key={option.id}
          role="option"
          aria-selected={i === at}
          tabIndex={-1}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => {
            choose(option);
            close();
          }}
        >
          {option.view}
        </div>
      ))}
    </div>
  );
}

function useOptions(
  query: Query,
  row: ConversationShape,
  limit: number | null,
  unit: string,
  target: Target | undefined,
): Option[] {
  const core = useCore();
  const macros = useSelect((state) => state.macros);
  const channels = useSelect((state) => state.channels);
  const canned = useSelect((state) => state.canned);
  const agents = useSelect((state) => state.agents);
  const me = useSelect((state) => state.me?.agent);
  if (query.sign === "@") {
    return findAgents(Object.values(agents), query.text, me?.id).map((agent) => ({
      id: agent.id,
      words: `@${agent.name} `,
      view: (
        <>
          <AgentFace id={agent.id} />
          <span>{agent.name}</span>
          <span className="muted tiny">{agent.role}</span>
        </>
      ),
    }));
  }
  const place = {
    row,
    audience: target?.audience ?? null,
    channel: target && channels[target.thread.channel_id],
    agent: me?.name ?? "",
  };
  const answers = findCanned(Object.values(canned), query.text, row.language).map((one) => {
    const { text: words, missing } = prepared(one, place);
    const over = limit === null ? 0 : lengthIn(words, unit) - limit;
    return {
      id: one.id,
      words,
      view: (
        <>
          <span className="mono" style={{ color: "var(--accent-text)", width: 84 }}>
            /{one.shortcut}
          </span>
          <span className="grow" style={{ minWidth: 0 }}>
            <span className="flex">
              <b className="strong">{one.name}</b>
              {one.language && <span className="chip">{one.language.toUpperCase()}</span>}
              {missing.length > 0 && (
                <span className="chip warn">
                  <Icon name="warn" size="xs" />
                  {t("canned.missing", { names: missing.join(", ") })}
                </span>
              )}
              {over > 0 && (
                <span className="chip bad">
                  <Icon name="warn" size="xs" />
                  {t("counter.over", { n: over })}
                </span>
              )}
            </span>
            <span className="clip muted" style={{ display: "block" }} dir="auto">
              {words}
            </span>
          </span>
        </>
      ),
    };
  });
  const actions = findMacros(Object.values(macros), query.text).map((one) => ({
    id: `macro-${one.id}`,
    words: "",
    run: () => core.show({ picker: `macro:${one.id}` }),
    view: (
      <>
        <span className="mono" style={{ color: "var(--accent-text)", width: 84 }}>
          {one.shortcut && `/${one.shortcut}`}
        </span>
        <Icon name="bolt" size="s" />
        <b className="strong clip">{one.name}</b>
        <span className="muted clip">{stepsInWords(one, core.state()).join(", ")}</span>
      </>
    ),
  }));
  return [...answers, ...actions];
}
