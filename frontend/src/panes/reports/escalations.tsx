import type { Core } from "../../core";
import type { EscalationLine, EscalationReport } from "../../protocol/types.generated";
import { type AnyKey, knows, t } from "../../text/i18n";
import { useSelect } from "../../ui/use-core";
import { type Ask, questionOf } from "./ask";
import { count, percent, time, useAsked } from "./report";
import s from "./reports.module.css";

async function asked(core: Core, ask: Ask): Promise<EscalationReport> {
  const { from, to } = questionOf(ask);
  return core.api.get<EscalationReport>("/reports/escalations", { from: from ?? "", to: to ?? "" });
}

export const useEscalations = (ask: Ask) => useAsked(ask, asked);

/** Opens the escalations behind a number: of all, or of a line ("level:2"). */
type Open = (cell: string, of: string) => void;

interface Props {
  figures: EscalationReport;
  change: (change: Partial<Ask>) => void;
}

/**
 * How escalations went: how many, how soon somebody acknowledged them, and how soon they were over. Each number opens
 * the conversations behind it.
 */
export function Escalations({ figures, change }: Props) {
  const open: Open = (cell, of) => change({ cell: `escalations.${cell}`, of, wait: "" });
  const teams = useSelect((state) => state.teams);
  const { total } = figures;
  if (!total.escalations) return <p className="muted">{t("escalations.none")}</p>;
  return (
    <>
      <section className={s.key} aria-label={t("reports.key")}>
        {figuresOf(total).map(({ label, cell, n, value }) => (
          <div key={label} className={s.figure}>
            <span className="label">{t(label)}</span>
            <span className={s.big}>
              <Opens n={n} value={value} open={() => open(cell, "")} />
            </span>
          </div>
        ))}
      </section>
      {total.acknowledged > 0 && <Bars lines={figures.levels} />}
      <Lines title={t("escalations.byLevel")} of="level" lines={figures.levels} name={levelName} open={open} />
      <Lines
        title={t("escalations.byTeam")}
        of="team"
        lines={figures.teams}
        open={open}
        name={(key) => teams[key]?.name ?? t(key === "0" ? "escalations.noTeam" : "escalations.goneTeam")}
      />
      <Lines title={t("escalations.byCause")} of="cause" lines={figures.causes} name={causeName} open={open} />
    </>
  );
}

/** What stands above all lines. `n`: how many conversations are behind it. */
const figuresOf = (total: EscalationLine) =>
  [
    { label: "escalations.n", cell: "escalations", n: total.escalations, value: count(total.escalations) },
    {
      label: "escalations.acknowledged",
      cell: "acknowledged",
      n: total.acknowledged,
      value: percent(total.acknowledged / total.escalations),
    },
    {
      label: "escalations.toAcknowledge",
      cell: "acknowledged",
      n: total.acknowledged,
      value: time(total.median_acknowledge_seconds),
    },
    { label: "escalations.toEnd", cell: "ended", n: total.ended, value: time(total.median_end_seconds) },
    { label: "escalations.open", cell: "open", n: total.open, value: count(total.open) },
  ] as const;

/** A number that opens the conversations behind it, where there are any. */
function Opens({ n, value, open }: { n: number; value: string; open: () => void }) {
  if (n === 0) return <span className="num faint">{value}</span>;
  return (
    <button type="button" className={`num ${s.number}`} onClick={open}>
      {value}
    </button>
  );
}

const levelName = (key: string) => (key === "0" ? t("escalations.noLevel") : t("chains.level", { n: Number(key) }));

/** What escalated, in words; the server's own word where we have none. */
function causeName(key: string): string {
  const words = `escalations.cause.${key}`;
  return knows(words) ? t(words as AnyKey) : key;
}

/** How long until somebody acknowledged, level by level. The table beneath says the same. */
function Bars({ lines }: { lines: readonly EscalationLine[] }) {
  const most = Math.max(1, ...lines.map((line) => line.longest_acknowledge_seconds ?? 0));
  const part = (seconds: number | null) => `${(100 * (seconds ?? 0)) / most}%`;
  return (
    <section className={`${s.panel} ${s.wide}`} aria-label={t("escalations.toAcknowledge")}>
      <div className={s.panelHead}>
        <h2>{t("escalations.toAcknowledge")}</h2>
        <span className="grow" />
        <span className={`${s.legend} ${s.now}`}>{t("reports.median")}</span>
        <span className={`${s.legend} ${s.before}`}>{t("escalations.longest")}</span>
      </div>
      <ul className={s.levels}>
        {lines.map((line) => (
          <li key={line.key}>
            <span className="clip">{levelName(line.key)}</span>
            <span className={s.levelBar} aria-hidden>
              <span className={s.levelLongest} style={{ inlineSize: part(line.longest_acknowledge_seconds) }} />
              <span className={s.levelMedian} style={{ inlineSize: part(line.median_acknowledge_seconds) }} />
            </span>
            <span className="num small">
              {time(line.median_acknowledge_seconds)} · {time(line.longest_acknowledge_seconds)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const COLUMNS = [
  "escalations.n",
  "escalations.acknowledged",
  "escalations.toAcknowledge",
  "escalations.longest",
  "escalations.toEnd",
  "escalations.open",
] as const;

/** The cells of a line, in the order of the columns: the figure each opens, how many are behind it, and what it says. */
const cellsOf = (line: EscalationLine): readonly (readonly [string, number, string])[] => [
  ["escalations", line.escalations, count(line.escalations)],
  ["acknowledged", line.acknowledged, count(line.acknowledged)],
  ["acknowledged", line.acknowledged, time(line.median_acknowledge_seconds)],
  ["acknowledged", line.acknowledged, time(line.longest_acknowledge_seconds)],
  ["ended", line.ended, time(line.median_end_seconds)],
  ["open", line.open, count(line.open)],
];

interface LinesProps {
  title: string;
  of: "level" | "team" | "cause";
  lines: readonly EscalationLine[];
  name: (key: string) => string;
  open: Open;
}

function Lines({ title, of, lines, name, open }: LinesProps) {
  return (
    <section className={`${s.panel} ${s.wide}`} aria-label={title}>
      <div className={s.panelHead}>
        <h2>{title}</h2>
      </div>
      <table>
        <thead>
          <tr>
            <th>{title}</th>
            {COLUMNS.map((column) => (
              <th key={column} className={s.r}>
                {t(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.key}>
              <th scope="row">
                <bdi>{name(line.key)}</bdi>
              </th>
              {cellsOf(line).map(([cell, n, value], column) => (
                <td key={COLUMNS[column]} className={s.r}>
                  <Opens n={n} value={value} open={() => open(cell, `${of}:${line.key}`)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
