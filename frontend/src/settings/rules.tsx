import { useEffect, useState } from "react";
import type { Core } from "../core";
import type { RuleCountShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { useCore, useDesk, useSelect } from "../ui/use-core";
import { Add, OrderedList, useChanged, useOrdered } from "./ordered";
import { Page, Wrong } from "./page";
import { RulePage } from "./rule-page";
import type { Rule } from "./rule-parts";
import { Gallery } from "./rule-presets";
import { Sentence, Trouble, useNamed } from "./rule-sentence";
import { missing } from "./rule-words";
import s from "./rules.module.css";
import p from "./settings.module.css";

const WEEK_MS = 7 * 86_400_000;

/** What is done by itself: all rules in the order in which they are asked, or the one that the address names. */
export function RulesPage() {
  const item = useDesk(({ route }) => (route.page === "settings" ? route.item : undefined));
  return item ? <RulePage key={item} id={item} /> : <AllRules />;
}

const keep = (core: Core, order: readonly Rule[]) => core.api.post("/rules/order", { ids: order.map((one) => one.id) });

function AllRules() {
  const may = useSelect((state) => can(state, "settings"));
  const changed = useChanged("rule");
  const counts = useCounts();
  const named = useNamed();
  const { items, wrong, says, busy, move, turn } = useOrdered<Rule>({ path: "/rules", keep, changed });
  const add = may && items?.length !== 0 && <Add section="rules" label={t("rules.add")} />;
  return (
    <Page title={t("settings.rules")} detail={t("rules.hint")} action={add}>
      <Wrong text={wrong} />
      <span className="sr" role="status">
        {says}
      </span>
      {items?.length === 0 && (
        <>
          <p className="muted">{t("rules.none")}</p>
          {may && <Gallery />}
        </>
      )}
      {items && items.length > 0 && (
        <OrderedList
          items={items}
          section="rules"
          may={may}
          busy={busy}
          move={move}
          turn={turn}
          active={t("rules.active")}
          activeFor={(one) => t("rules.activeFor", { name: one.name })}
          says={(one) => (
            <>
              <Sentence rule={one} named={named} />
              <Trouble rule={one} lost={missing(one, named)} />
            </>
          )}
          beside={(one) => counts && <Lately count={counts[one.id]} />}
        />
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
