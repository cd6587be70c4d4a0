import type { Report, ReportColumn, ReportLine } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { shortDate } from "../../text/time";
import { localInstant } from "../../text/zone";
import { Chart } from "./chart";
import { count, time } from "./report";
import s from "./reports.module.css";

const HEIGHT = 240;
const LEFT = 56;
const BOTTOM = 26;
const TOP = 10;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;

interface Bucket {
  label: string;
  cell: string;
  n: number;
  before: number | null;
}

type Open = (cell: string, of: string) => void;

/** How many waits were how long, beside those of the period before. */
export function Distribution({ report, open }: { report: Report; open: Open }) {
  const buckets: Bucket[] = report.columns
    .filter((column) => column.cell.startsWith("bucket_"))
    .map((column, at, all) => ({
      label: bucketName(column, all[at - 1]),
      cell: column.cell,
      n: report.total.cells[column.key] ?? 0,
      before: report.previous?.cells[column.key] ?? null,
    }));
  const most = top(Math.max(1, ...buckets.map((one) => Math.max(one.n, one.before ?? 0))), ROUND);
  return (
    <section className={s.panel} aria-label={t("reports.spread")}>
      <div className={s.panelHead}>
        <h2>{t("reports.spread")}</h2>
        <span className="grow" />
        <span className={`${s.legend} ${s.now}`}>{t("reports.now")}</span>
        <span className={`${s.legend} ${s.before}`}>{t("reports.before")}</span>
      </div>
      <Chart label={spoken(buckets)} height={HEIGHT}>
        {(width) => (
          <>
            <Scale width={width} most={most} words={count} />
            {buckets.map((one, at) => (
              <Bars key={one.cell} bucket={one} at={at} step={(width - LEFT) / buckets.length} most={most} />
            ))}
          </>
        )}
      </Chart>
      <AsTable>
        <thead>
          <tr>
            <th>{t("reports.waited")}</th>
            <th className={s.r}>{t("reports.n")}</th>
            <th className={s.r}>{t("reports.before")}</th>
          </tr>
        </thead>
        <tbody>
          {buckets.map((one) => (
            <tr key={one.cell}>
              <th scope="row">{one.label}</th>
              <td className={s.r}>
                <Behind n={one.n} open={() => open(one.cell, "")} />
              </td>
              <td className={`${s.r} muted`}>{count(one.before)}</td>
            </tr>
          ))}
        </tbody>
      </AsTable>
    </section>
  );
}

const spoken = (buckets: readonly Bucket[]) =>
  `${t("reports.spread")}: ${buckets.map((one) => `${one.label}, ${count(one.n)}`).join("; ")}`;

/** Pixels that the words under a bar take; where they have less, every other bar has words. */
const WORDS = 44;

function Bars({ bucket, at, step, most }: { bucket: Bucket; at: number; step: number; most: number }) {
  const x = LEFT + at * step;
  const height = (n: number) => (n / most) * PLOT_HEIGHT;
  const bar = (n: number, left: number, width: number, className: string | undefined) => (
    <rect
      className={className}
      x={x + left}
      y={TOP + PLOT_HEIGHT - height(n)}
      width={width}
      height={height(n)}
      rx={Math.min(2, height(n))}
    />
  );
  return (
    <g>
      {bar(bucket.n, step * 0.12, step * 0.56, s.barNow)}
      {bucket.before !== null && bar(bucket.before, step * 0.74, step * 0.12, s.barBefore)}
      {(step >= WORDS || at % 2 === 0) && (
        <text className={s.tick} x={x + step * 0.45} y={HEIGHT - 8} textAnchor="middle">
          {bucket.label}
        </text>
      )}
    </g>
  );
}

/** What a line across may stand for: round numbers, and in seconds times that one says. */
export const ROUND = [0.25, 0.5, 1, 2, 5];
export const ROUND_TIMES = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800];

/** The least height of four round steps that a value fits under. */
export function top(value: number, steps: readonly number[]): number {
  const fits = steps.find((step) => step * 4 >= value);
  return fits ? fits * 4 : top(value / 10, steps) * 10;
}

/** "≤ 5 m", and "> 1 d" after the last bound, in the reader's language; the server's own words for any other key. */
function bucketName(column: ReportColumn, before: ReportColumn | undefined): string {
  const bound = upTo(column.key);
  if (bound) return `≤ ${time(bound)}`;
  const last = column.key === "longer" && before && upTo(before.key);
  return last ? `> ${time(last)}` : column.title;
}

const upTo = (key: string) => Number(/^up_to_(\d+)$/.exec(key)?.[1] ?? 0);

/** Lines across at quarters of the height. */
function Scale({ width, most, words }: { width: number; most: number; words: (value: number) => string }) {
  // Fewer than four of something: no line stands for a part of one.
  const steps = [0, 0.25, 0.5, 0.75, 1].filter((part) => Number.isInteger(most * part));
  return steps.map((part) => {
    const y = TOP + PLOT_HEIGHT * (1 - part);
    return (
      <g key={part}>
        <line className={s.line} x1={LEFT} x2={width} y1={y} y2={y} />
        <text className={s.tick} x={LEFT - 8} y={y + 4} textAnchor="end">
          {words(most * part)}
        </text>
      </g>
    );
  });
}

/** Median and 90th percentile by day; a day with too few waits is a gap, not a nought. */
export function Trend({ report, days, open }: { report: Report; days: readonly string[]; open: Open }) {
  const lines = new Map(report.lines.map((line) => [line.key.day, line]));
  const most = top(Math.max(60, ...report.lines.map((line) => line.cells.p90 ?? line.cells.median ?? 0)), ROUND_TIMES);
  const says = `${t("reports.byDay")}: ${t("reports.median")} ${time(report.total.cells.median)}, ${t("reports.p90")} ${time(report.total.cells.p90)}`;
  return (
    <section className={s.panel} aria-label={t("reports.byDay")}>
      <div className={s.panelHead}>
        <h2>{t("reports.byDay")}</h2>
        <span className="grow" />
        <span className={`${s.legend} ${s.now}`}>{t("reports.median")}</span>
        <span className={`${s.legend} ${s.dashed}`}>{t("reports.p90")}</span>
      </div>
      <Chart label={says} height={HEIGHT}>
        {(width) => (
          <>
            <Scale width={width} most={most} words={time} />
            <Curve width={width} days={days} lines={lines} cell="p90" most={most} className={s.curveP90} />
            <Curve width={width} days={days} lines={lines} cell="median" most={most} className={s.curve} />
            <Dates width={width} days={days} />
          </>
        )}
      </Chart>
      <AsTable>
        <thead>
          <tr>
            <th>{t("reports.day")}</th>
            <th className={s.r}>{t("reports.n")}</th>
            <th className={s.r}>{t("reports.median")}</th>
            <th className={s.r}>{t("reports.p90")}</th>
          </tr>
        </thead>
        <tbody>
          {report.lines.map((line) => (
            <tr key={line.key.day}>
              <th scope="row">{dayName(line.key.day ?? "")}</th>
              <td className={s.r}>
                <Behind n={line.cells.n ?? 0} open={() => open("n", `day:${line.key.day}`)} />
              </td>
              <td className={s.r}>{line.values ? t("reports.few") : time(line.cells.median)}</td>
              <td className={s.r}>{time(line.cells.p90)}</td>
            </tr>
          ))}
        </tbody>
      </AsTable>
    </section>
  );
}

const xOf = (at: number, of: number, width: number) => LEFT + 6 + (of > 1 ? (at / (of - 1)) * (width - LEFT - 12) : 0);

interface CurveProps {
  width: number;
  days: readonly string[];
  lines: ReadonlyMap<string | undefined, ReportLine>;
  cell: string;
  most: number;
  className: string | undefined;
}

function Curve({ width, days, lines, cell, most, className }: CurveProps) {
  const values = days.map((day) => lines.get(day)?.cells[cell] ?? null);
  const place = (value: number, at: number) =>
    [xOf(at, days.length, width), TOP + PLOT_HEIGHT * (1 - value / most)] as const;
  let path = "";
  values.forEach((value, at) => {
    if (value === null) return;
    const [x, y] = place(value, at);
    path += `${values[at - 1] == null ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  // A day between two gaps has no line to be on: it is a dot.
  const alone = values.flatMap((value, at) =>
    value !== null && values[at - 1] == null && values[at + 1] == null ? [place(value, at)] : [],
  );
  return (
    <g className={className}>
      <path d={path} />
      {alone.map(([x, y]) => (
        <circle key={x} cx={x} cy={y} r={2.5} />
      ))}
    </g>
  );
}

function Dates({ width, days }: { width: number; days: readonly string[] }) {
  const shown = [...new Set([0, Math.floor((days.length - 1) / 2), days.length - 1])];
  return shown.map((at) => (
    <text
      key={at}
      className={s.tick}
      x={xOf(at, days.length, width)}
      y={HEIGHT - 8}
      textAnchor={at === 0 ? "start" : at === days.length - 1 ? "end" : "middle"}
    >
      {dayName(days[at] ?? "")}
    </text>
  ));
}

interface DayBarsProps {
  title: string;
  days: readonly { day: string; n: number }[];
  /** The same as a table. */
  children: React.ReactNode;
}

/** A count for each day of a period; a day without any has its place. */
export function DayBars({ title, days, children }: DayBarsProps) {
  const most = top(Math.max(1, ...days.map((one) => one.n)), ROUND);
  const says = `${title}: ${days
    .filter((one) => one.n > 0)
    .map((one) => `${dayName(one.day)}, ${count(one.n)}`)
    .join("; ")}`;
  return (
    <section className={s.panel} aria-label={title}>
      <div className={s.panelHead}>
        <h2>{title}</h2>
      </div>
      <Chart label={says} height={HEIGHT}>
        {(width) => (
          <>
            <Scale width={width} most={most} words={count} />
            {days.map(({ day, n }, at) => (
              <DayBar key={day} day={day} n={n} at={at} step={(width - LEFT) / days.length} most={most} />
            ))}
            <Dates width={width} days={days.map((one) => one.day)} />
          </>
        )}
      </Chart>
      {children}
    </section>
  );
}

interface DayBarProps {
  day: string;
  n: number;
  at: number;
  step: number;
  most: number;
}

function DayBar({ day, n, at, step, most }: DayBarProps) {
  const height = (n / most) * PLOT_HEIGHT;
  return (
    <rect
      className={s.barNow}
      x={LEFT + (at + 0.15) * step}
      y={TOP + PLOT_HEIGHT - height}
      width={step * 0.7}
      height={height}
      rx={Math.min(2, height)}
    >
      <title>{`${dayName(day)}: ${count(n)}`}</title>
    </rect>
  );
}

/** "8 Nov": noon, so that no zone of a reader makes it another day. */
export function dayName(day: string): string {
  return shortDate(localInstant(`${day}T12:00`), 0).replace(/ \d{4}$/, "");
}

/** The same figures for those who read rather than look; its numbers are the way to what is behind them. */
export function AsTable({ children }: { children: React.ReactNode }) {
  return (
    <details className={s.asTable}>
      <summary>{t("reports.asTable")}</summary>
      <div>
        <table>{children}</table>
      </div>
    </details>
  );
}

/** A number that opens the conversations behind it. */
export function Behind({ n, open }: { n: number; open: () => void }) {
  if (n === 0) return <span className="num faint">0</span>;
  return (
    <button type="button" className={`num ${s.number}`} onClick={open}>
      {count(n)}
    </button>
  );
}
