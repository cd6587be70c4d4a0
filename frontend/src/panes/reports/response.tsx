import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { type Ask, shifted } from "./ask";
import { Distribution, Trend } from "./charts";
import { HeatMap } from "./heat";
import { Change, InTarget, PartsTable } from "./parts";
import { count, type Figures, otherHours, percent, time } from "./report";
import s from "./reports.module.css";

interface Props {
  figures: Figures;
  ask: Ask;
  change: (change: Partial<Ask>) => void;
}

/** How long customers waited, how that is spread over days, hours and parts of the house. */
export function ResponseTimes({ figures, ask, change }: Props) {
  const open = (cell: string, of: string) => change({ cell, of, wait: "" });
  return (
    <>
      <Key figures={figures} change={change} />
      <div className={s.grid}>
        <Distribution report={figures.total} open={open} />
        <Trend report={figures.days} days={daysOf(figures.ask)} open={open} />
        <HeatMap ask={ask} slow={figures.slow} load={figures.load} change={change} />
        <PartsTable figures={figures} ask={ask} change={change} />
      </div>
      <Footing figures={figures} />
    </>
  );
}

function daysOf(ask: Ask): string[] {
  const days: string[] = [];
  for (let day = ask.from; day <= ask.to; day = shifted(day, 1)) days.push(day);
  return days;
}

/** The figures that one looks at first, each against the period before. */
function Key({ figures, change }: { figures: Figures; change: (change: Partial<Ask>) => void }) {
  const { cells, values } = figures.total.total;
  const before = figures.total.previous?.cells;
  const target = figures.targets.total.cells;
  const targetBefore = figures.targets.previous?.cells.in_target;
  const few = values ? values.map(time).join(", ") || t("reports.few") : null;
  const others = figures.others.total.cells;
  const beside = (seconds: number | null | undefined) =>
    seconds == null ? null : `${t(`reports.hours.${otherHours(figures.ask)}`)}: ${time(seconds)}`;
  return (
    <section className={s.key} aria-label={t("reports.key")}>
      <Figure
        label={t("reports.median")}
        value={few ?? time(cells.median)}
        was={before && time(before.median)}
        beside={beside(others.median)}
      >
        <Change now={cells.median} before={before?.median} words={time} less />
      </Figure>
      <Figure
        label={t("reports.p90")}
        value={few ? t("reports.few") : time(cells.p90)}
        was={before && time(before.p90)}
        beside={beside(others.p90)}
      >
        <Change now={cells.p90} before={before?.p90} words={time} less />
      </Figure>
      <Figure
        label={t("reports.inTarget")}
        value={
          <InTarget share={target.in_target} open={() => change({ cell: "targets.answered_late", of: "", wait: "" })} />
        }
        was={t("reports.ofDue", { n: target.due ?? 0, open: target.open_late ?? 0 })}
        plain
      >
        <Change now={target.in_target} before={targetBefore} words={percent} more />
      </Figure>
      <Figure
        label={t("reports.mean")}
        value={time(cells.mean)}
        was={before && time(before.mean)}
        beside={beside(others.mean)}
      >
        <Change now={cells.mean} before={before?.mean} words={time} less />
      </Figure>
      <Figure
        label={t("reports.answered")}
        value={
          cells.n ? (
            <button type="button" className={s.number} onClick={() => change({ cell: "n", of: "", wait: "" })}>
              {count(cells.n)}
            </button>
          ) : (
            "0"
          )
        }
        was={before && count(before.n)}
      >
        <Change now={cells.n} before={before?.n} words={count} />
      </Figure>
    </section>
  );
}

interface FigureProps {
  label: string;
  value: React.ReactNode;
  /** What it was before; said as it is where `plain`. */
  was?: string;
  plain?: boolean;
  /** The same counted otherwise. */
  beside?: string | null;
  children: React.ReactNode;
}

export function Figure({ label, value, was, plain, beside, children }: FigureProps) {
  return (
    <div className={s.figure}>
      <span className="label">{label}</span>
      <span className={s.big}>{value}</span>
      {children}
      {was && <span className="muted small">{plain ? was : t("reports.was", { value: was })}</span>}
      {beside && <span className="muted small">{beside}</span>}
    </div>
  );
}

/** How it was counted, up to where, and what was counted anew since. */
function Footing({ figures }: { figures: Figures }) {
  const { total } = figures;
  return (
    <footer className={s.footing}>
      {total.total.restated > 0 && (
        <p>
          <Icon name="history" size="s" /> {t("reports.restated", { n: total.total.restated })}
        </p>
      )}
      <p>
        {t("reports.footing", { zone: figures.ask.zone })}{" "}
        <span className="mono">
          {total.definition}, {figures.targets.definition}
        </span>
      </p>
    </footer>
  );
}
