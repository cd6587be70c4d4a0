import { useCallback, useState } from "react";
import type { Core } from "../../core";
import type { Report, ReportLine } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { type Ask, DIMENSIONS, questionOf } from "./ask";
import { CellFigure } from "./cell-figure";
import { AsTable, Behind, dayName } from "./charts";
import { PartName } from "./groups";
import { Change } from "./parts";
import { count, grouped, percent, useAsked } from "./report";
import s from "./reports.module.css";
import { Spread } from "./spread";
import { SurveyComments } from "./survey-comments";
import { WeekChart } from "./weeks";

type Scale = "csat" | "nps";
const scaleOf = (ask: Ask): Scale => (ask.report === "nps" ? "nps" : "csat");
const SCORES: Record<Scale, readonly number[]> = { csat: [5, 4, 3, 2, 1], nps: [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0] };
/** What lines can be compared by, beside what every report has. */
const GROUPS = [...DIMENSIONS, "agent", "owner", "survey", "tag", "language"] as const;
type Group = (typeof GROUPS)[number];
const OWN: ReadonlySet<Group> = new Set(["agent", "owner", "survey", "tag", "language"]);

interface Figures {
  total: Report;
  weeks: Report;
  scale: Scale;
  /** What they are the answer to. */
  ask: Ask;
}

const get = (core: Core, ask: Ask, by: readonly string[]) => grouped(core, scaleOf(ask), ask, by);

async function asked(core: Core, ask: Ask): Promise<Figures> {
  const [total, weeks] = await Promise.all([get(core, ask, []), get(core, ask, ["week"])]);
  return { total, weeks, scale: scaleOf(ask), ask };
}

export const useSurveys = (ask: Ask) => useAsked(ask, asked);

/** "87 %" or "42": a share of the satisfied, a score in whole points. */
const said = (scale: Scale, value: number | null | undefined): string =>
  scale === "csat" ? percent(value) : value == null ? "–" : count(value);

interface Props {
  figures: Figures;
  ask: Ask;
  change: (change: Partial<Ask>) => void;
}

/** How satisfied people were, or whether they would recommend us: of all, over time, side by side, in their words. */
export function Surveys({ figures, ask, change }: Props) {
  const { scale, total } = figures;
  const { cells } = total.total;
  const open = (cell: string, of = "") => change({ cell: `${scale}.${cell}`, of, wait: "" });
  const words = (value: number | null | undefined) => said(scale, value);
  return (
    <>
      <section className={s.key} aria-label={t("reports.key")}>
        <CellFigure label={t(`surveys.${scale}`)} report={total} cell={scale} words={words} more>
          {cells[scale] != null && (
            <span className="muted tiny">
              {t("surveys.interval", { low: words(cells.low), high: words(cells.high) })}
            </span>
          )}
        </CellFigure>
        <CellFigure label={t("surveys.answered")} report={total} cell="answered" words={count} open={open} />
        <CellFigure label={t("surveys.sent")} report={total} cell="sent" words={count} open={open} />
        <CellFigure label={t("surveys.rate")} report={total} cell="response_rate" words={percent} more />
      </section>
      {(cells.sent ?? 0) === 0 ? (
        <p className="muted">{t("surveys.noneAsked")}</p>
      ) : (
        <>
          <p className="muted small">{t("surveys.cohort")}</p>
          <div className={s.grid}>
            <Spread
              title={t("surveys.spread")}
              line={total.total}
              all="answered"
              rows={scoresOf(scale)}
              open={(cell) => open(cell)}
            />
            <Weeks scale={scale} lines={figures.weeks.lines} open={(week) => open("answered", `week:${week}`)} />
          </div>
          <Compared ask={ask} scale={scale} open={open} />
          <SurveyComments key={JSON.stringify(questionOf(ask))} scale={scale} ask={ask} />
        </>
      )}
    </>
  );
}

/** The scores, best first; of recommendations the three groups before them. */
function scoresOf(scale: Scale) {
  const scores = SCORES[scale].map((n) => [`score_${n}`, scale === "csat" ? t("stars", { n }) : String(n)] as const);
  if (scale === "csat") return [scores];
  const groups = (["promoters", "passives", "detractors"] as const).map((one) => [one, t(`surveys.${one}`)] as const);
  return [groups, scores];
}

interface WeeksProps {
  scale: Scale;
  lines: readonly ReportLine[];
  open: (week: string) => void;
}

/** The figure week by week, and beside a share the response rate; a score has another scale. */
function Weeks({ scale, lines, open }: WeeksProps) {
  const share = scale === "csat";
  return (
    <WeekChart
      title={t("surveys.byWeek")}
      lines={lines}
      height={240}
      main={{
        cell: scale,
        label: t(`surveys.${scale}`),
        ...(share ? { from: 0, to: 1 } : { from: -100, to: 100 }),
        steps: share ? [0, 0.25, 0.5, 0.75, 1] : [-100, -50, 0, 50, 100],
        words: (value) => said(scale, value),
      }}
      beside={share ? { cell: "response_rate", label: t("surveys.rate"), from: 0, to: 1 } : undefined}
      says={(line) => said(scale, line.cells[scale])}
    >
      <AsTable>
        <thead>
          <tr>
            <th>{t("surveys.week")}</th>
            <th className={s.r}>{t("surveys.sent")}</th>
            <th className={s.r}>{t("surveys.answered")}</th>
            <th className={s.r}>{t("surveys.rate")}</th>
            <th className={s.r}>{t(`surveys.${scale}`)}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.key.week}>
              <th scope="row">{dayName(line.key.week ?? "")}</th>
              <td className={s.r}>{count(line.cells.sent)}</td>
              <td className={s.r}>
                <Behind n={line.cells.answered ?? 0} open={() => open(line.key.week ?? "")} />
              </td>
              <td className={s.r}>{percent(line.cells.response_rate)}</td>
              <td className={s.r}>{said(scale, line.cells[scale])}</td>
            </tr>
          ))}
        </tbody>
      </AsTable>
    </WeekChart>
  );
}

interface ComparedProps {
  ask: Ask;
  scale: Scale;
  open: (cell: string, of: string) => void;
}

/** One line for each agent, team, channel…: how many answered, the figure with its interval, the change. */
function Compared({ ask, scale, open }: ComparedProps) {
  const [group, setGroup] = useState<Group>("agent");
  const question = useCallback((core: Core, of: Ask) => get(core, of, [group]), [group]);
  const { figures } = useAsked(ask, question);
  const lines = figures?.by[0] === group ? figures.lines : [];
  const words = (value: number | null | undefined) => said(scale, value);
  const label = (one: Group) => (OWN.has(one) ? t(`surveys.group.${one as "agent"}`) : t(`filter.${one as "team"}`));
  return (
    <section className={`${s.panel} ${s.scrolls}`} aria-label={t("surveys.parts")}>
      <div className={s.panelHead}>
        <h2>{t("surveys.parts")}</h2>
        <span className="grow" />
        <select
          className="input"
          style={{ width: "auto" }}
          aria-label={t("reports.groupedBy")}
          value={group}
          onChange={(event) => setGroup(GROUPS.find((one) => one === event.target.value) ?? group)}
        >
          {GROUPS.map((one) => (
            <option key={one} value={one}>
              {label(one)}
            </option>
          ))}
        </select>
      </div>
      <table>
        <thead>
          <tr>
            <th>{label(group)}</th>
            <th className={s.r}>{t("surveys.sent")}</th>
            <th className={s.r}>{t("surveys.answered")}</th>
            <th className={s.r}>{t("surveys.rate")}</th>
            <th className={s.r}>{t(`surveys.${scale}`)}</th>
            <th className={s.r}>{t("surveys.change")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.key[group]}>
              <th scope="row">
                <Name group={group} line={line} />
              </th>
              <td className={s.r}>{count(line.cells.sent)}</td>
              <td className={s.r}>
                {group === "survey" ? (
                  count(line.cells.answered)
                ) : (
                  <Behind n={line.cells.answered ?? 0} open={() => open("answered", `${group}:${line.key[group]}`)} />
                )}
              </td>
              <td className={s.r}>{percent(line.cells.response_rate)}</td>
              <td className={`${s.r} nowrap`}>
                <b>{words(line.cells[scale])}</b>{" "}
                {line.cells[scale] != null && (
                  <span className="muted tiny">
                    {words(line.cells.low)} – {words(line.cells.high)}
                  </span>
                )}
              </td>
              <td className={s.r}>
                <Change now={line.cells[scale]} before={line.previous?.[scale]} words={words} more />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Name({ group, line }: { group: Group; line: ReportLine }) {
  if (!OWN.has(group)) return <PartName by={group as (typeof DIMENSIONS)[number]} line={line} />;
  return <bdi>{line.key[group] === "none" ? t("surveys.nobody") : line.name[group] || line.key[group]}</bdi>;
}
