import type { Report, ReportLine } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { clock, hourName } from "../../text/time";
import { Link } from "../../ui/link";
import { type Ask, dateIn, type Group, groupsOf, NARROWS, type Narrow, TABLES, writeAsk } from "./ask";
import { AsTable, Behind, dayName, ROUND, ROUND_TIMES, top } from "./charts";
import { ChooseGroup, GROUP_WORDS, PartName } from "./groups";
import { Change } from "./parts";
import { count, percent, time } from "./report";
import s from "./reports.module.css";
import { Figure } from "./response";
import { type Column, type Figures, shownOf } from "./tables";
import { WeekChart } from "./weeks";

/** So many figures stand above. */
const KEY = 5;

interface Props {
  figures: Figures;
  ask: Ask;
  change: (change: Partial<Ask>) => void;
}

type Open = (cell: string, of?: string) => void;

/** A report of figures: the key ones, their course, and a line for each part of the house. */
export function FigureTables({ figures, ask, change }: Props) {
  const { parts, course } = figures;
  const { hint, columns } = shownOf(figures.ask);
  const open: Open = (cell, of = "") => change({ cell: `${figures.ask.report}.${cell}`, of, wait: "" });
  return (
    <>
      <Which ask={ask} />
      <p className="muted small">{t(hint)}</p>
      <section className={s.key} aria-label={t("reports.key")}>
        {columns.slice(0, KEY).map((column) => (
          <KeyFigure key={column.cell} report={parts} column={column} open={open} />
        ))}
      </section>
      {course && course.lines.length > 1 && <Course figures={figures} course={course} open={open} />}
      <Parts figures={figures} ask={ask} columns={columns} open={open} change={change} />
    </>
  );
}

/** The way from one of these reports to another. */
function Which({ ask }: { ask: Ask }) {
  return (
    <nav className={`${s.choice} ${s.which} ${s.noPrint}`} aria-label={t("figures.which")}>
      {TABLES.map((report) => (
        <Link
          key={report}
          className="btn ghost sm"
          aria-current={report === ask.report ? "page" : undefined}
          to={{ page: "reports", query: writeAsk({ ...ask, report, measure: "", cell: "", of: "", wait: "" }) }}
        >
          {t(`reports.report.${report}`)}
        </Link>
      ))}
    </nav>
  );
}

/** How a cell is said: as a number, a time or a share. */
function wordsOf(report: Report, cell: string): (value: number | null | undefined) => string {
  const unit = report.columns.find((one) => one.key === cell)?.unit;
  return unit === "seconds" ? time : unit === "share" ? percent : count;
}

const behindOf = (report: Report, cell: string): string =>
  report.columns.find((one) => one.key === cell)?.cell || BEHIND_SHARES[cell] || "";

/** What is opened behind a share: those it would lack if it were whole. */
const BEHIND_SHARES: Record<string, string> = {
  in_target: "answered_late",
  response_rate: "left",
  action_rate: "acted",
  reopen_share: "reopened",
};

/** Fewer than five: the values themselves, where there would be a median. */
function said(line: ReportLine, report: Report, cell: string): string {
  if (cell === "median" && line.values?.length) return line.values.map(time).join(", ");
  if (cell === "p90" && line.values?.length) return t("reports.few");
  return wordsOf(report, cell)(line.cells[cell]);
}

function KeyFigure({ report, column, open }: { report: Report; column: Column; open: Open }) {
  const { cell, title, better } = column;
  const words = wordsOf(report, cell);
  const before = report.previous?.cells[cell];
  return (
    <Figure
      label={t(title)}
      value={<Cell line={report.total} report={report} cell={cell} open={open} />}
      was={before == null ? undefined : words(before)}
    >
      <Change
        now={report.total.cells[cell]}
        before={before}
        words={words}
        less={better === "less"}
        more={better === "more"}
      />
    </Figure>
  );
}

interface CellProps {
  line: ReportLine;
  report: Report;
  cell: string;
  open: Open;
  of?: string;
}

/** A figure that opens the conversations behind it, where there are any. */
function Cell({ line, report, cell, open, of }: CellProps) {
  const behind = behindOf(report, cell);
  const value = line.cells[cell];
  if (!behind || value == null) return <>{said(line, report, cell)}</>;
  if (report.columns.find((one) => one.key === cell)?.unit === "count")
    return <Behind n={value} open={() => open(behind, of)} />;
  return (
    <button type="button" className={`num ${s.number}`} onClick={() => open(behind, of)}>
      {said(line, report, cell)}
    </button>
  );
}

/** The first figure over the period, with all steps as a table beside it. */
function Course({ figures, course, open }: { figures: Figures; course: Report; open: Open }) {
  const { ask, step } = figures;
  const shown = shownOf(ask).columns.slice(0, KEY);
  const [main, second] = shown;
  if (!main) return null;
  const unit = course.columns.find((one) => one.key === main.cell)?.unit;
  const share = unit === "share";
  const beside = second && course.columns.find((one) => one.key === second.cell)?.unit === unit ? second : undefined;
  const all = course.lines.flatMap((line) => [line.cells[main.cell] ?? 0, beside ? (line.cells[beside.cell] ?? 0) : 0]);
  const most = share ? 1 : top(Math.max(1, ...all), unit === "seconds" ? ROUND_TIMES : ROUND);
  const words = wordsOf(course, main.cell);
  const when = (line: ReportLine) => stepName(line, ask, step);
  return (
    <WeekChart
      title={t("figures.overTime")}
      lines={course.lines}
      when={when}
      height={210}
      main={{
        cell: main.cell,
        label: t(main.title),
        from: 0,
        to: most,
        steps: [0, 0.25, 0.5, 0.75, 1].map((part) => part * most).filter((one) => unit !== "count" || one % 1 === 0),
        words,
      }}
      beside={beside && { cell: beside.cell, label: t(beside.title), from: 0, to: most }}
      says={(line) => said(line, course, main.cell)}
    >
      <AsTable>
        <thead>
          <tr>
            <th>{t(ask.report === "backlog" ? "figures.at" : step === "week" ? "reviews.week" : "reports.day")}</th>
            {shown.map((column) => (
              <th key={column.cell} className={s.r}>
                {t(column.title)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {course.lines.map((line) => (
            <tr key={keyOf(line, ask, step)}>
              <th scope="row">{when(line)}</th>
              {shown.map((column) => (
                <td key={column.cell} className={s.r}>
                  <Cell line={line} report={course} cell={column.cell} open={open} of={keyOf(line, ask, step)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </AsTable>
    </WeekChart>
  );
}

const keyOf = (line: ReportLine, { report }: Ask, step: string) =>
  report === "backlog" ? `at:${line.key.at}` : `${step}:${line.key[step]}`;

/** The day of a step, or of a backlog the instant: at midnight its day is enough. */
function stepName(line: ReportLine, ask: Ask, step: string): string {
  const { at } = line.key;
  if (!at) return dayName(line.key[step] ?? "");
  const said = instantName(at, ask.zone);
  return said.midnight && step !== "hour" ? said.day : `${said.day} ${said.wall}`;
}

/** "22 Nov" and "14:30", in the zone of the report. */
function instantName(at: string, zone: string): { day: string; wall: string; midnight: boolean } {
  const wall = clock(at, zone);
  return { day: dayName(dateIn(zone, Date.parse(at))), wall, midnight: wall === hourName(0) };
}

interface PartsProps extends Props {
  columns: readonly Column[];
  open: Open;
}

/** A line for each part, and one of all. A name narrows the whole page to it. */
function Parts({ figures, ask, columns, open, change }: PartsProps) {
  const { parts } = figures;
  const by = figures.ask.by;
  const first = columns[0];
  return (
    <section className={`${s.panel} ${s.wide}`} aria-label={t("reports.parts")}>
      <div className={s.panelHead}>
        <h2>{t("reports.parts")}</h2>
        {parts.name === "backlog" && (
          <span className="muted small">
            {t("figures.backlogAt", { when: stepName(parts.total, figures.ask, "hour") })}
          </span>
        )}
        <span className="grow" />
        <ChooseGroup groups={groupsOf(ask.report)} by={ask.by} choose={(next) => change({ by: next })} />
      </div>
      {parts.lines.length === 0 ? (
        <p className={`muted ${s.none}`}>{t(parts.name === "backlog" ? "figures.emptyBacklog" : "figures.nothing")}</p>
      ) : (
        <table className={s.figures}>
          <thead>
            <tr>
              <th>{t(GROUP_WORDS[by])}</th>
              {columns.map((column) => (
                <th key={column.cell} className={s.r}>
                  {t(column.title)}
                </th>
              ))}
              {first && parts.name !== "backlog" && <th className={s.r}>{t("figures.change")}</th>}
            </tr>
          </thead>
          <tbody>
            {parts.lines.map((line) => (
              <tr key={line.key[by]}>
                <th scope="row">
                  <Narrowing by={by} line={line} ask={ask} change={change} />
                </th>
                {columns.map((column) => (
                  <td key={column.cell} className={s.r}>
                    <Cell line={line} report={parts} cell={column.cell} open={open} of={`${by}:${line.key[by]}`} />
                  </td>
                ))}
                {first && parts.name !== "backlog" && (
                  <td className={s.r}>
                    <Change
                      now={line.cells[first.cell]}
                      before={line.previous?.[first.cell]}
                      words={wordsOf(parts, first.cell)}
                      less={first.better === "less"}
                      more={first.better === "more"}
                    />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t("figures.total")}</th>
              {columns.map((column) => (
                <td key={column.cell} className={s.r}>
                  {said(parts.total, parts, column.cell)}
                </td>
              ))}
              {first && parts.name !== "backlog" && <td />}
            </tr>
          </tfoot>
        </table>
      )}
    </section>
  );
}

const canNarrow = (by: Group): by is Narrow => NARROWS.some((one) => one === by);

function Narrowing({ by, line, ask, change }: Omit<Props, "figures"> & { by: Group; line: ReportLine }) {
  const key = line.key[by] ?? "";
  if (!canNarrow(by) || key === "none" || ask.only[by] === key) return <PartName by={by} line={line} />;
  return (
    <button
      type="button"
      className={s.narrowing}
      title={t("figures.narrowTo", { name: line.name[by] || key })}
      onClick={() => change({ only: { ...ask.only, [by]: key } })}
    >
      <PartName by={by} line={line} />
    </button>
  );
}
