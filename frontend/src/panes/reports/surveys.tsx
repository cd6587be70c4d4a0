import { useCallback, useState } from "react";
import type { Core } from "../../core";
import type { Report, ReportLine } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { type Ask, DIMENSIONS, questionOf } from "./ask";
import { AsTable, Behind, dayName } from "./charts";
import { Change, PartName } from "./parts";
import { count, percent, useAsked } from "./report";
import s from "./reports.module.css";
import { Figure } from "./response";
import { SurveyComments } from "./survey-comments";

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

function get(core: Core, ask: Ask, by: readonly string[]): Promise<Report> {
  const query = new URLSearchParams({ ...questionOf(ask), compare: "true" });
  for (const name of by) query.append("by", name);
  return core.api.get<Report>(`/reports/${scaleOf(ask)}?${query}`);
}

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
  const before = total.previous?.cells;
  const open = (cell: string, of = "") => change({ cell: `${scale}.${cell}`, of, wait: "" });
  const words = (value: number | null | undefined) => said(scale, value);
  return (
    <>
      <section className={s.key} aria-label={t("reports.key")}>
        <Figure label={t(`surveys.${scale}`)} value={words(cells[scale])} was={before && words(before[scale])}>
          <Change now={cells[scale]} before={before?.[scale]} words={words} more />
          {cells[scale] != null && (
            <span className="muted tiny">
              {t("surveys.interval", { low: words(cells.low), high: words(cells.high) })}
            </span>
          )}
        </Figure>
        <Figure
          label={t("surveys.answered")}
          value={<Behind n={cells.answered ?? 0} open={() => open("answered")} />}
          was={before && count(before.answered)}
        >
          <Change now={cells.answered} before={before?.answered} words={count} />
        </Figure>
        <Figure
          label={t("surveys.sent")}
          value={<Behind n={cells.sent ?? 0} open={() => open("sent")} />}
          was={before && count(before.sent)}
        >
          <Change now={cells.sent} before={before?.sent} words={count} />
        </Figure>
        <Figure
          label={t("surveys.rate")}
          value={percent(cells.response_rate)}
          was={before && percent(before.response_rate)}
        >
          <Change now={cells.response_rate} before={before?.response_rate} words={percent} more />
        </Figure>
      </section>
      {(cells.sent ?? 0) === 0 ? (
        <p className="muted">{t("surveys.noneAsked")}</p>
      ) : (
        <>
          <p className="muted small">{t("surveys.cohort")}</p>
          <div className={s.grid}>
            <Scores scale={scale} line={total.total} open={open} />
            <Weeks scale={scale} lines={figures.weeks.lines} open={(week) => open("answered", `week:${week}`)} />
          </div>
          <Compared ask={ask} scale={scale} open={open} />
          <SurveyComments key={JSON.stringify(questionOf(ask))} scale={scale} ask={ask} />
        </>
      )}
    </>
  );
}

interface ScoresProps {
  scale: Scale;
  line: ReportLine;
  open: (cell: string) => void;
}

/** How many gave which score: a bar for each, with its number; of recommendations the three groups first. */
function Scores({ scale, line, open }: ScoresProps) {
  const all = Math.max(1, line.cells.answered ?? 0);
  const row = (cell: string, label: string) => {
    const given = line.cells[cell] ?? 0;
    return (
      <tr key={cell}>
        <th scope="row" className="nowrap">
          {label}
        </th>
        <td className={s.meter}>
          <i style={{ inlineSize: `${(given / all) * 100}%` }} />
        </td>
        <td className={s.r}>
          <Behind n={given} open={() => open(cell)} />
        </td>
        <td className={`${s.r} muted`}>{percent(given / all)}</td>
      </tr>
    );
  };
  return (
    <section className={s.panel} aria-label={t("surveys.spread")}>
      <div className={s.panelHead}>
        <h2>{t("surveys.spread")}</h2>
      </div>
      <table>
        {scale === "nps" && (
          <tbody className="strong">
            {(["promoters", "passives", "detractors"] as const).map((group) => row(group, t(`surveys.${group}`)))}
          </tbody>
        )}
        <tbody>{SCORES[scale].map((n) => row(`score_${n}`, scale === "csat" ? t("stars", { n }) : String(n)))}</tbody>
      </table>
    </section>
  );
}

const WIDTH = 480;
const HEIGHT = 180;
const LEFT = 40;
const TOP = 10;
const PLOT = HEIGHT - TOP - 24;

/**
 * The figure (a line) week by week, and beside a share the response rate (dashed); a score has another scale. A week
 * without answers is a gap.
 */
function Weeks({ scale, lines, open }: { scale: Scale; lines: readonly ReportLine[]; open: (week: string) => void }) {
  const x = (at: number) => LEFT + 6 + (lines.length > 1 ? (at / (lines.length - 1)) * (WIDTH - LEFT - 12) : 0);
  const [least, most] = scale === "csat" ? [0, 1] : [-100, 100];
  const y = (value: number) => TOP + PLOT * (1 - (value - least) / (most - least));
  const path = (cell: string, place: (value: number) => number) =>
    lines
      .map((line, at) => {
        const value = line.cells[cell];
        if (value == null) return "";
        return `${lines[at - 1]?.cells[cell] == null ? "M" : "L"}${x(at).toFixed(1)} ${place(value).toFixed(1)}`;
      })
      .join("");
  const says = lines.map((line) => `${dayName(line.key.week ?? "")}: ${said(scale, line.cells[scale])}`).join("; ");
  const steps = scale === "csat" ? [0, 0.25, 0.5, 0.75, 1] : [-100, -50, 0, 50, 100];
  return (
    <section className={s.panel} aria-label={t("surveys.byWeek")}>
      <div className={s.panelHead}>
        <h2>{t("surveys.byWeek")}</h2>
        <span className="grow" />
        <span className={`${s.legend} ${s.now}`}>{t(`surveys.${scale}`)}</span>
        {scale === "csat" && <span className={`${s.legend} ${s.dashed}`}>{t("surveys.rate")}</span>}
      </div>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={s.chart} role="img" aria-label={says}>
        {steps.map((step) => (
          <g key={step}>
            <line className={s.line} x1={LEFT} x2={WIDTH} y1={y(step)} y2={y(step)} />
            <text className={s.tick} x={LEFT - 6} y={y(step) + 3} textAnchor="end">
              {said(scale, step)}
            </text>
          </g>
        ))}
        {scale === "csat" && (
          <g className={s.curveP90}>
            <path d={path("response_rate", y)} />
          </g>
        )}
        <g className={s.curve}>
          <path d={path(scale, y)} />
          {lines.map((line, at) => {
            const value = line.cells[scale];
            return value == null ? null : <circle key={line.key.week} cx={x(at)} cy={y(value)} r={2.5} />;
          })}
        </g>
        {lines.map((line, at) =>
          at === 0 || at === lines.length - 1 ? (
            <text key={line.key.week} className={s.tick} x={x(at)} y={HEIGHT - 6} textAnchor={at ? "end" : "start"}>
              {dayName(line.key.week ?? "")}
            </text>
          ) : null,
        )}
      </svg>
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
    </section>
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
