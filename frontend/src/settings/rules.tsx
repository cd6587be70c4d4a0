import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { RuleCountShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore, useDesk, useSelect } from "../ui/use-core";
import { Page, useAsk, Wrong } from "./page";
import { RulePage } from "./rule-page";
import type { Rule } from "./rule-parts";
import { Gallery } from "./rule-presets";
import { Sentence, Trouble, useNamed } from "./rule-sentence";
import { missing } from "./rule-words";
import s from "./rules.module.css";
import p from "./settings.module.css";
import { moved, useOrder } from "./use-order";

const WEEK_MS = 7 * 86_400_000;

/** What is done by itself: all rules in the order in which they are asked, or the one that the address names. */
export function RulesPage() {
  const item = useDesk(({ route }) => (route.page === "settings" ? route.item : undefined));
  return item ? <RulePage key={item} id={item} /> : <AllRules />;
}

function AllRules() {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const [rules, setRules] = useState<readonly Rule[] | null>(null);
  const [lost, setLost] = useState<string | null>(null);
  const [says, setSays] = useState("");
  const changed = useSelect((state) => state.rules);
  const counts = useCounts();
  const { ask, busy, wrong } = useAsk();
  const look = useCallback(
    () =>
      core.api
        .get<{ items: Rule[] }>("/rules")
        .then((answer) => {
          setRules(answer.items);
          setLost(null);
        })
        .catch((error) => setLost(reason(error))),
    [core],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever changed one, the list is asked for again
  useEffect(() => void look(), [look, changed]);
  const move = async (from: number, to: number) => {
    const order = rules && moved(rules, from, to);
    if (!order) return;
    setRules(order);
    setSays(t("targets.movedTo", { name: order[to]?.name ?? "", n: to + 1 }));
    await ask(() => core.api.post("/rules/order", { ids: order.map((one) => one.id) }));
    // Also where it was refused: what is shown is then what there is.
    await look();
  };
  const turn = (one: Rule) =>
    ask(() => core.api.patch(`/rules/${one.id}`, { active: !one.active }, { etag: one.version })).then(look);
  return (
    <Page
      title={t("settings.rules")}
      detail={t("rules.hint")}
      action={
        may &&
        rules?.length !== 0 && (
          <Link className="btn primary" to={{ page: "settings", section: "rules", item: "new" }}>
            <Icon name="plus" size="s" />
            {t("rules.add")}
          </Link>
        )
      }
    >
      <Wrong text={lost ?? wrong} />
      <span className="sr" role="status">
        {says}
      </span>
      {rules?.length === 0 && (
        <>
          <p className="muted">{t("rules.none")}</p>
          {may && <Gallery />}
        </>
      )}
      {rules && rules.length > 0 && (
        <Ordered rules={rules} counts={counts} may={may} busy={busy} move={move} turn={turn} />
      )}
    </Page>
  );
}

/** How often each ran of late; nothing where one may not see reports. */
function useCounts(): Readonly<Record<string, RuleCountShape>> | null {
  const core = useCore();
  const [counts, setCounts] = useState<Readonly<Record<string, RuleCountShape>> | null>(null);
  useEffect(() => {
    const from = new Date(Date.now() - WEEK_MS).toISOString();
    core.api
      .get<{ items: RuleCountShape[] }>("/reports/rules", { from })
      .then((answer) => setCounts(Object.fromEntries(answer.items.map((one) => [one.rule_id, one]))))
      .catch(() => {});
  }, [core]);
  return counts;
}

interface OrderedProps {
  rules: readonly Rule[];
  counts: Readonly<Record<string, RuleCountShape>> | null;
  may: boolean;
  busy: boolean;
  move: (from: number, to: number) => void;
  turn: (rule: Rule) => void;
}

function Ordered({ rules, counts, may, busy, move, turn }: OrderedProps) {
  const order = useOrder({ busy, move });
  const named = useNamed();
  return (
    <ol className={`${p.panel} ${s.list}`}>
      {rules.map((one, at) => (
        <li
          key={one.id}
          className={[s.rule, one.active ? "" : s.off, order.isTarget(at) ? s.target : ""].join(" ")}
          {...order.place(at)}
        >
          {may && (
            <button
              type="button"
              className={s.handle}
              aria-label={t("targets.move", { name: one.name, n: at + 1 })}
              title={t("targets.moveHint")}
              {...order.handle(at)}
            >
              <Icon name="sort" size="s" />
              {at + 1}
            </button>
          )}
          <div className={s.says}>
            <Link className="strong" to={{ page: "settings", section: "rules", item: one.id }}>
              <bdi>{one.name}</bdi>
            </Link>
            <Sentence rule={one} named={named} />
            <Trouble rule={one} lost={missing(one, named)} />
          </div>
          {counts && <Lately count={counts[one.id]} />}
          <label className={s.switch}>
            <input
              type="checkbox"
              aria-label={t("rules.activeFor", { name: one.name })}
              disabled={!may || busy}
              checked={one.active}
              onChange={() => turn(one)}
            />
            {t("rules.active")}
          </label>
        </li>
      ))}
    </ol>
  );
}

function Lately({ count }: { count: RuleCountShape | undefined }) {
  return (
    <span className={s.lately}>
      <span className="label">{t("rules.lately")}</span>
      <span className="num">{t("rules.ran", { n: count?.runs ?? 0 })}</span>
      {count && count.refused > 0 && (
        <span className={`tiny ${p.warn}`}>{t("rules.inPart", { n: count.refused })}</span>
      )}
    </span>
  );
}
