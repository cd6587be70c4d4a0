import type { Core } from "../../core";
import type { Report, ReportLine } from "../../protocol/types.generated";
import type { State } from "../../store/state";
import { formatNumber, t } from "../../text/i18n";
import { type Ask, questionOf, shifted } from "./ask";
import { AsTable, Behind, dayName } from "./charts";
import { Change } from "./parts";
import { count, percent, useAsked } from "./report";
import s from "./reports.module.css";
import { Figure } from "./response";

interface Figures {
  total: Report;
  weeks: Report;
  places: Report;
  /** By place and week. */
  both: Report;
  place: Place;
  ask: Ask;
}

/** Where nobody said where channels are, each channel is a place. */
export type Place = "location" | "channel";
export const placeOf = (state: State): Place =>
  Object.values(state.channels).some((one) => one.location) ? "location" : "channel";

async function asked(core: Core, ask: Ask): Promise<Figures> {
  const get = (by: readonly string[]) => {
    const query = new URLSearchParams({ ...questionOf(ask), compare: "true" });
    for (const name of by) query.append("by", name);
    return core.api.get<Report>(`/reports/reviews?${query}`);
  };
  const place = placeOf(core.state());
  const [total, weeks, places, both] = await Promise.all([get([]), get(["week"]), get([place]), get([place, "week"])]);
  return { total, weeks, places, both, place, ask };
}

export const useReviews = (ask: Ask) => useAsked(ask, asked);

/** "4.31" */
const stars = (value: number | null | undefined) => (value == null ? "–" : formatNumber(Math.round(value * 100) / 100));

interface Props {
  figures: Figures;
  change: (change: Partial<Ask>) => void;
}

/** Stars and answers: of all, week by week, and of each location over time. */
export function Reviews({ figures, change }: Props) {
  const { cells } = figures.total.total;
  const before = figures.total.previous?.cells;
  const open = (cell: string, of = "") => change({ cell: `reviews.${cell}`, of, wait: "" });
  return (
    <>
      <section className={s.key} aria-label={t("reports.key")}>
        <Figure label={t("reviews.average")} value={stars(cells.average)} was={before && stars(before.average)}>
          <Change now={cells.average} before={before?.average} words={stars} more />
        </Figure>
        <Figure
          label={t("reviews.answered")}
          value={percent(cells.answered_share)}
          was={before && percent(before.answered_share)}
        >
          <Change now={cells.answered_share} before={before?.answered_share} words={percent} more />
        </Figure>
        <Figure
          label={t("reviews.reviews")}
          value={<Behind n={cells.reviews ?? 0} open={() => open("reviews")} />}
          was={before && count(before.reviews)}
        >
          <Change now={cells.reviews} before={before?.reviews} words={count} />
        </Figure>
        <Figure
          label={t("reviews.needed")}
          value={<Behind n={cells.needed ?? 0} open={() => open("needed")} />}
          was={before && count(before.needed)}
        >
          <Change now={cells.needed} before={before?.needed} words={count} />
        </Figure>
        <Figure
          label={t("reviews.edited")}
          value={<Behind n={cells.edited_after_reply ?? 0} open={() => open("edited_after_reply")} />}
          was={before && count(before.edited_after_reply)}
        >
          <Change now={cells.edited_after_reply} before={before?.edited_after_reply} words={count} />
        </Figure>
      </section>
      {(cells.reviews ?? 0) === 0 ? (
        <p className="muted">{t("reviews.none")}</p>
      ) : (
        <>
          <div className={s.grid}>
            <Stars line={figures.total.total} open={(cell) => open(cell)} />
            <Weeks lines={figures.weeks.lines} open={(week) => open("reviews", `week:${week}`)} />
          </div>
          <Places figures={figures} open={open} />
        </>
      )}
    </>
  );
}

/** How many gave how many stars: a bar for each, with its number. */
function Stars({ line, open }: { line: ReportLine; open: (cell: string) => void }) {
  const all = Math.max(1, line.cells.reviews ?? 0);
  return (
    <section className={s.panel} aria-label={t("reviews.stars")}>
      <div className={s.panelHead}>
        <h2>{t("reviews.stars")}</h2>
      </div>
      <table>
        <tbody>
          {[5, 4, 3, 2, 1].map((n) => {
            const given = line.cells[`stars_${n}`] ?? 0;
            return (
              <tr key={n}>
                <th scope="row" className="nowrap">
                  {t("stars", { n })}
                </th>
                <td className={s.meter}>
                  <i style={{ inlineSize: `${(given / all) * 100}%` }} />
                </td>
                <td className={s.r}>
                  <Behind n={given} open={() => open(`stars_${n}`)} />
                </td>
                <td className={`${s.r} muted`}>{percent(given / all)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

const WIDTH = 480;
const HEIGHT = 160;
const LEFT = 34;
const TOP = 10;
const PLOT = HEIGHT - TOP - 24;

/** Average stars (a line) and the share answered (dashed), week by week. */
function Weeks({ lines, open }: { lines: readonly ReportLine[]; open: (week: string) => void }) {
  const x = (at: number) => LEFT + 6 + (lines.length > 1 ? (at / (lines.length - 1)) * (WIDTH - LEFT - 12) : 0);
  const yStars = (value: number) => TOP + PLOT * (1 - (value - 1) / 4);
  const yShare = (value: number) => TOP + PLOT * (1 - value);
  const path = (cell: string, y: (value: number) => number) =>
    lines
      .map((line, at) => {
        const value = line.cells[cell];
        if (value == null) return "";
        const gap = at === 0 || lines[at - 1]?.cells[cell] == null;
        return `${gap ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
      })
      .join("");
  const says = lines
    .map(
      (line) => `${dayName(line.key.week ?? "")}: ${stars(line.cells.average)}, ${percent(line.cells.answered_share)}`,
    )
    .join("; ");
  return (
    <section className={s.panel} aria-label={t("reviews.byWeek")}>
      <div className={s.panelHead}>
        <h2>{t("reviews.byWeek")}</h2>
        <span className="grow" />
        <span className={`${s.legend} ${s.now}`}>{t("reviews.average")}</span>
        <span className={`${s.legend} ${s.dashed}`}>{t("reviews.answered")}</span>
      </div>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={s.chart} role="img" aria-label={says}>
        {[1, 2, 3, 4, 5].map((n) => (
          <g key={n}>
            <line className={s.line} x1={LEFT} x2={WIDTH} y1={yStars(n)} y2={yStars(n)} />
            <text className={s.tick} x={LEFT - 6} y={yStars(n) + 3} textAnchor="end">
              {n}
            </text>
          </g>
        ))}
        <g className={s.curveP90}>
          <path d={path("answered_share", yShare)} />
        </g>
        <g className={s.curve}>
          <path d={path("average", yStars)} />
          {lines.map((line, at) =>
            line.cells.average == null ? null : (
              <circle key={line.key.week} cx={x(at)} cy={yStars(line.cells.average)} r={2.5} />
            ),
          )}
        </g>
        {lines.map((line, at) =>
          at === 0 || at === lines.length - 1 ? (
            <text
              key={line.key.week}
              className={s.tick}
              x={x(at)}
              y={HEIGHT - 6}
              textAnchor={at === 0 ? "start" : "end"}
            >
              {dayName(line.key.week ?? "")}
            </text>
          ) : null,
        )}
      </svg>
      <AsTable>
        <thead>
          <tr>
            <th>{t("reviews.week")}</th>
            <th className={s.r}>{t("reviews.reviews")}</th>
            <th className={s.r}>{t("reviews.average")}</th>
            <th className={s.r}>{t("reviews.answered")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.key.week}>
              <th scope="row">{dayName(line.key.week ?? "")}</th>
              <td className={s.r}>
                <Behind n={line.cells.reviews ?? 0} open={() => open(line.key.week ?? "")} />
              </td>
              <td className={s.r}>{stars(line.cells.average)}</td>
              <td className={s.r}>{percent(line.cells.answered_share)}</td>
            </tr>
          ))}
        </tbody>
      </AsTable>
    </section>
  );
}

/** Each location with its stars and answers, and both week by week. */
function Places({ figures, open }: { figures: Figures; open: (cell: string, of: string) => void }) {
  const weeks = weeksOf(figures.ask);
  const cell = new Map(figures.both.lines.map((line) => [`${line.key[figures.place]} ${line.key.week}`, line.cells]));
  const named = (line: ReportLine, place: string) =>
    place === "none" ? t("reviews.noPlace") : line.name[figures.place] || place;
  return (
    <section className={`${s.panel} ${s.wide}`} aria-label={t("reviews.byPlace")}>
      <div className={s.panelHead}>
        <h2>{t("reviews.byPlace")}</h2>
        <span className="muted small">{t("reviews.cellHint")}</span>
      </div>
      <table>
        <thead>
          <tr>
            <th>{t("reviews.place")}</th>
            <th className={s.r}>{t("reviews.reviews")}</th>
            <th className={s.r}>{t("reviews.average")}</th>
            <th className={s.r}>{t("reviews.change")}</th>
            <th className={s.r}>{t("reviews.answered")}</th>
            {weeks.map((week) => (
              <th key={week} className={`${s.r} num`}>
                {dayName(week)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.places.lines.map((line) => {
            const place = line.key[figures.place] ?? "none";
            return (
              <tr key={place}>
                <th scope="row">
                  <bdi className="clip" style={{ display: "block" }} title={named(line, place)}>
                    {named(line, place)}
                  </bdi>
                </th>
                <td className={s.r}>
                  <Behind n={line.cells.reviews ?? 0} open={() => open("reviews", `${figures.place}:${place}`)} />
                </td>
                <td className={`${s.r} strong`}>{stars(line.cells.average)}</td>
                <td className={s.r}>
                  <Change now={line.cells.average} before={line.previous?.average} words={stars} more />
                </td>
                <td className={s.r}>{percent(line.cells.answered_share)}</td>
                {weeks.map((week) => {
                  const cells = cell.get(`${place} ${week}`);
                  return (
                    <td key={week} className={`${s.r} ${s.pair} num`}>
                      {cells?.reviews || cells?.needed ? (
                        <>
                          {stars(cells.average)}
                          <span className="muted tiny">{percent(cells.answered_share)}</span>
                        </>
                      ) : (
                        <span className="faint">–</span>
                      )}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** The Mondays of a period. */
function weeksOf(ask: Ask): string[] {
  const weekday = (new Date(`${ask.from}T00:00:00Z`).getUTCDay() + 6) % 7;
  const weeks: string[] = [];
  for (let week = shifted(ask.from, -weekday); week <= ask.to; week = shifted(week, 7)) weeks.push(week);
  return weeks;
}
