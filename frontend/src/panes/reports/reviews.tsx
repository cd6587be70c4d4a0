import type { Core } from "../../core";
import type { Report, ReportLine } from "../../protocol/types.generated";
import type { State } from "../../store/state";
import { formatNumber, t } from "../../text/i18n";
import { type Ask, shifted } from "./ask";
import { CellFigure } from "./cell-figure";
import { AsTable, Behind, dayName } from "./charts";
import { Change } from "./parts";
import { count, grouped, percent, useAsked } from "./report";
import s from "./reports.module.css";
import { Spread } from "./spread";
import { WeekChart } from "./weeks";

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
  const get = (by: readonly string[]) => grouped(core, "reviews", ask, by);
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
  const { total } = figures;
  const open = (cell: string, of = "") => change({ cell: `reviews.${cell}`, of, wait: "" });
  return (
    <>
      <section className={s.key} aria-label={t("reports.key")}>
        <CellFigure label={t("reviews.average")} report={total} cell="average" words={stars} more />
        <CellFigure label={t("reviews.answered")} report={total} cell="answered_share" words={percent} more />
        <CellFigure label={t("reviews.reviews")} report={total} cell="reviews" words={count} open={open} />
        <CellFigure label={t("reviews.needed")} report={total} cell="needed" words={count} open={open} />
        <CellFigure label={t("reviews.edited")} report={total} cell="edited_after_reply" words={count} open={open} />
      </section>
      {(total.total.cells.reviews ?? 0) === 0 ? (
        <p className="muted">{t("reviews.none")}</p>
      ) : (
        <>
          <div className={s.grid}>
            <Spread
              title={t("reviews.stars")}
              line={total.total}
              all="reviews"
              rows={[[5, 4, 3, 2, 1].map((n) => [`stars_${n}`, t("stars", { n })])]}
              open={(cell) => open(cell)}
            />
            <Weeks lines={figures.weeks.lines} open={(week) => open("reviews", `week:${week}`)} />
          </div>
          <Places figures={figures} open={open} />
        </>
      )}
    </>
  );
}

/** Average stars and the share answered, week by week. */
function Weeks({ lines, open }: { lines: readonly ReportLine[]; open: (week: string) => void }) {
  return (
    <WeekChart
      title={t("reviews.byWeek")}
      lines={lines}
      height={215}
      main={{ cell: "average", label: t("reviews.average"), from: 1, to: 5, steps: [1, 2, 3, 4, 5], words: String }}
      beside={{ cell: "answered_share", label: t("reviews.answered"), from: 0, to: 1 }}
      says={(line) => `${stars(line.cells.average)}, ${percent(line.cells.answered_share)}`}
    >
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
    </WeekChart>
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
