import type { Core } from "../../core";
import type { ActionCounts, RuleCountShape, RuleCounts, RuleDay, RuleReport } from "../../protocol/types.generated";
import { can } from "../../store/select";
import { t } from "../../text/i18n";
import { Link } from "../../ui/link";
import { useSelect } from "../../ui/use-core";
import { type Ask, questionOf } from "./ask";
import { AsTable, Behind, DayBars, dayName } from "./charts";
import { Change } from "./parts";
import { count, useAsked } from "./report";
import s from "./reports.module.css";
import { Figure } from "./response";

async function asked(core: Core, ask: Ask): Promise<RuleReport> {
  const { from = "", to = "", zone = "" } = questionOf(ask);
  return core.api.get<RuleReport>("/reports/rules", { from, to, zone, compare: "true" });
}

export const useRuleRuns = (ask: Ask) => useAsked(ask, asked);

const CELLS = ["runs", "undone", "refused", "conversations"] as const;
type Cell = (typeof CELLS)[number];
/** Fewer of these is better; of the others neither is. */
const LESS: readonly Cell[] = ["undone", "refused"];

/** What became of an action in a run. */
const BECAME = ["done", "unchanged", "refused", "undone"] as const;
/** Opens the conversations behind a number: of all rules, of one ("rule:5"), of a day, or of an action ("action:tag"). */
type Open = (cell: Cell | (typeof BECAME)[number], of: string) => void;

interface Props {
  figures: RuleReport;
  change: (change: Partial<Ask>) => void;
}

/**
 * How often rules ran, and how much of that was undone or done in part, beside the period before; by day, by rule, and
 * what became of their actions.
 */
export function RuleRuns({ figures, change }: Props) {
  const open: Open = (cell, of) => change({ cell: `rules.${cell}`, of, wait: "" });
  const { total, previous, items } = figures;
  return (
    <>
      <section className={s.key} aria-label={t("reports.key")}>
        {CELLS.map((cell) => (
          <Figure
            key={cell}
            label={t(`ruleRuns.${cell}`)}
            value={<Behind n={total[cell]} open={() => open(cell, "")} />}
            was={previous ? count(previous[cell]) : undefined}
          >
            <Change now={total[cell]} before={previous?.[cell]} words={count} less={LESS.includes(cell)} />
          </Figure>
        ))}
      </section>
      {items.length === 0 ? (
        <p className="muted">{t("ruleRuns.none")}</p>
      ) : (
        <>
          <div className={s.grid}>
            <Bars lines={items} />
            <Days days={figures.days} open={open} />
          </div>
          <Lines lines={items} open={open} />
          <Actions actions={figures.actions} open={open} />
        </>
      )}
    </>
  );
}

/** The name of a rule; one that was removed long ago has none here. */
const nameOf = (line: RuleCountShape) => line.rule_name || t("ruleRuns.gone", { id: line.rule_id });

/** How often each ran, now and before. The table beneath says the same. */
function Bars({ lines }: { lines: readonly RuleCountShape[] }) {
  const most = Math.max(1, ...lines.map((line) => Math.max(line.runs, line.previous?.runs ?? 0)));
  const part = (n: number | undefined) => `${(100 * (n ?? 0)) / most}%`;
  return (
    <section className={s.panel} aria-label={t("ruleRuns.often")}>
      <div className={s.panelHead}>
        <h2>{t("ruleRuns.often")}</h2>
        <span className="grow" />
        <span className={`${s.legend} ${s.now}`}>{t("reports.now")}</span>
        <span className={`${s.legend} ${s.before}`}>{t("reports.before")}</span>
      </div>
      <ul className={s.levels}>
        {lines.map((line) => (
          <li key={line.rule_id}>
            <bdi className="clip" title={nameOf(line)}>
              {nameOf(line)}
            </bdi>
            <span className={s.ran} aria-hidden>
              <i className={s.ranNow} style={{ inlineSize: part(line.runs) }} />
              <i className={s.ranBefore} style={{ inlineSize: part(line.previous?.runs) }} />
            </span>
            <span className="num small">
              {count(line.runs)} <span className="muted">· {count(line.previous?.runs)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Each rule with its figures; its name leads to what it says and to its runs, each to be taken back there. */
function Lines({ lines, open }: { lines: readonly RuleCountShape[]; open: Open }) {
  const rules = useSelect((state) => can(state, "settings"));
  return (
    <section className={`${s.panel} ${s.wide} ${s.scrolls}`} aria-label={t("ruleRuns.byRule")}>
      <div className={s.panelHead}>
        <h2>{t("ruleRuns.byRule")}</h2>
        {rules && <span className="muted small">{t("ruleRuns.hint")}</span>}
      </div>
      <table>
        <thead>
          <tr>
            <th>{t("ruleRuns.rule")}</th>
            {CELLS.map((cell) => (
              <th key={cell} className={s.r}>
                {t(`ruleRuns.${cell}`)}
              </th>
            ))}
            <th className={s.r}>{t("ruleRuns.change")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.rule_id}>
              <th scope="row">
                {rules && line.rule_name ? (
                  <Link className="clip" style={{ display: "block" }} to={settingsOf(line)} title={nameOf(line)}>
                    <bdi>{nameOf(line)}</bdi>
                  </Link>
                ) : (
                  <bdi>{nameOf(line)}</bdi>
                )}
              </th>
              {CELLS.map((cell) => (
                <td key={cell} className={s.r}>
                  <Behind n={line[cell]} open={() => open(cell, `rule:${line.rule_id}`)} />
                </td>
              ))}
              <td className={s.r}>
                <RunsChange now={line} before={line.previous} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** How much was done on each day of the period. */
function Days({ days, open }: { days: readonly RuleDay[]; open: Open }) {
  return (
    <DayBars title={t("ruleRuns.byDay")} days={days.map(({ day, runs }) => ({ day, n: runs }))}>
      <AsTable>
        <thead>
          <tr>
            <th>{t("reports.day")}</th>
            {CELLS.map((cell) => (
              <th key={cell} className={s.r}>
                {t(`ruleRuns.${cell}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((one) => (
            <tr key={one.day}>
              <th scope="row">{dayName(one.day)}</th>
              {CELLS.map((cell) => (
                <td key={cell} className={s.r}>
                  <Behind n={one[cell]} open={() => open(cell, `day:${one.day}`)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </AsTable>
    </DayBars>
  );
}

/** In how many runs each action was done, was so already, could not be done, and was taken back. */
function Actions({ actions, open }: { actions: readonly ActionCounts[]; open: Open }) {
  return (
    <section className={`${s.panel} ${s.wide} ${s.scrolls}`} aria-label={t("ruleRuns.byAction")}>
      <div className={s.panelHead}>
        <h2>{t("ruleRuns.byAction")}</h2>
        <span className="muted small">{t("ruleRuns.actionHint")}</span>
      </div>
      <table>
        <thead>
          <tr>
            <th>{t("ruleRuns.action")}</th>
            {BECAME.map((cell) => (
              <th key={cell} className={s.r}>
                {t(`ruleRuns.became.${cell}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {actions.map((one) => (
            <tr key={one.do}>
              <th scope="row">{t(`rules.do.${one.do as "tag"}`)}</th>
              {BECAME.map((cell) => (
                <td key={cell} className={s.r}>
                  <Behind n={one[cell]} open={() => open(cell, `action:${one.do}`)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const settingsOf = (line: RuleCountShape) => ({ page: "settings", section: "rules", item: line.rule_id }) as const;

function RunsChange({ now, before }: { now: RuleCountShape; before: RuleCounts | null }) {
  return <Change now={now.runs} before={before?.runs} words={count} />;
}
