import type { ReportLine } from "../../protocol/types.generated";
import { Chart } from "./chart";
import { dayName } from "./charts";
import s from "./reports.module.css";

const LEFT = 52;
const TOP = 10;
const BELOW = 28;

/** Up to so many points each has its dot. */
const DOTS = 40;

interface Curve {
  /** Which cell of the lines, and what it is called in the legend. */
  cell: string;
  label: string;
  /** The values at the foot and at the top. */
  from: number;
  to: number;
}

interface Props {
  title: string;
  lines: readonly ReportLine[];
  /** When a line is of, as it is written under the curve; a week by its Monday unless said otherwise. */
  when?: (line: ReportLine) => string;
  height: number;
  /** The figure itself; its scale stands at the side. */
  main: Curve & { steps: readonly number[]; words: (value: number) => string };
  /** Beside it, dashed, on a scale of its own. */
  beside?: Curve;
  /** What a reader of the screen hears of a week. */
  says: (line: ReportLine) => string;
  children: React.ReactNode;
}

const weekOf = (line: ReportLine) => dayName(line.key.week ?? "");

/** A figure over weeks, or other steps of time, as a line, with its table (`children`). A step without one is a gap. */
export function WeekChart({ title, lines, when = weekOf, height, main, beside, says, children }: Props) {
  const label = lines.length <= DOTS ? lines.map((line) => `${when(line)}: ${says(line)}`).join("; ") : title;
  return (
    <section className={s.panel} aria-label={title}>
      <div className={s.panelHead}>
        <h2>{title}</h2>
        <span className="grow" />
        <span className={`${s.legend} ${s.now}`}>{main.label}</span>
        {beside && <span className={`${s.legend} ${s.dashed}`}>{beside.label}</span>}
      </div>
      <Chart label={label} height={height}>
        {(width) => <Curves lines={lines} when={when} width={width} height={height} main={main} beside={beside} />}
      </Chart>
      {children}
    </section>
  );
}

type CurvesProps = Pick<Props, "lines" | "height" | "main" | "beside"> & {
  when: (line: ReportLine) => string;
  width: number;
};

function Curves({ lines, when, width, height, main, beside }: CurvesProps) {
  const plot = height - TOP - BELOW;
  const x = (at: number) => LEFT + 6 + (lines.length > 1 ? (at / (lines.length - 1)) * (width - LEFT - 12) : 0);
  const y = ({ from, to }: Curve, value: number) => TOP + plot * (1 - (value - from) / (to - from));
  const path = (curve: Curve) =>
    lines
      .map((line, at) => {
        const value = line.cells[curve.cell];
        if (value == null) return "";
        const begins = lines[at - 1]?.cells[curve.cell] == null;
        return `${begins ? "M" : "L"}${x(at).toFixed(1)} ${y(curve, value).toFixed(1)}`;
      })
      .join("");
  const few = lines.length <= DOTS;
  // Between two gaps there is no line to be on.
  const alone = (at: number) => lines[at - 1]?.cells[main.cell] == null && lines[at + 1]?.cells[main.cell] == null;
  const ends = lines.length > 1 ? [0, lines.length - 1] : lines.length ? [0] : [];
  return (
    <>
      {main.steps.map((step) => (
        <g key={step}>
          <line className={s.line} x1={LEFT} x2={width} y1={y(main, step)} y2={y(main, step)} />
          <text className={s.tick} x={LEFT - 8} y={y(main, step) + 4} textAnchor="end">
            {main.words(step)}
          </text>
        </g>
      ))}
      {beside && (
        <g className={s.curveP90}>
          <path d={path(beside)} />
        </g>
      )}
      <g className={s.curve}>
        <path d={path(main)} />
        {lines.map((line, at) => {
          const value = line.cells[main.cell];
          const dot = value != null && (few || alone(at));
          return dot && <circle key={when(line)} cx={x(at)} cy={y(main, value)} r={2.5} />;
        })}
      </g>
      {ends.map((at) => (
        <text key={at} className={s.tick} x={x(at)} y={height - 8} textAnchor={at ? "end" : "start"}>
          {lines[at] && when(lines[at])}
        </text>
      ))}
    </>
  );
}
