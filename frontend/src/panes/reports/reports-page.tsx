import { useMemo } from "react";
import { formatNumber, t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { useCore, useNow } from "../../ui/use-core";
import { type Ask, questionOf, readAsk, shifted, writeAsk } from "./ask";
import { BehindDrawer } from "./behind";
import { Distribution, Trend } from "./charts";
import { ExplainDrawer } from "./explain";
import { Filters } from "./filters";
import { Change, PartsTable } from "./parts";
import { count, type Figures, percent, time, useFigures } from "./report";
import s from "./reports.module.css";

/** Response times: what the address asks for, each number with the conversations and events behind it. */
export default function ReportsPage({ query }: { query: string }) {
  const core = useCore();
  const now = useNow(60_000);
  const ask = useMemo(() => readAsk(query, now), [query, now]);
  const { figures, busy, wrong } = useFigures(ask);
  const change = (next: Partial<Ask>) => core.go({ page: "reports", query: writeAsk({ ...ask, ...next }) });
  const file = new URLSearchParams({ ...questionOf(ask), by: ask.by, compare: "true", format: "csv" });
  return (
    <main className={s.page} data-pane aria-label={t("nav.reports")} aria-busy={busy}>
      <header className={s.head}>
        <h1>{t("nav.reports")}</h1>
        <span className="muted small" role="status">
          {busy ? t("reports.counting") : figures && t("reports.exact", { n: formatNumber(figures.total.position) })}
        </span>
        <span className="grow" />
        <a className="btn" href={`/api/v1/reports/response?${file}`} download>
          <Icon name="download" size="s" />
          CSV
        </a>
      </header>
      <div className={s.body}>
        <Filters ask={ask} change={change} />
        {wrong && (
          <div className="banner bad" role="alert">
            <Icon name="warn" />
            {wrong}
          </div>
        )}
        {figures && (
          <div className={`${s.all} ${busy || wrong ? s.pale : ""}`}>
            <Key figures={figures} change={change} />
            <div className={s.grid}>
              <Distribution report={figures.total} open={(cell, of) => change({ cell, of, wait: "" })} />
              <Trend
                report={figures.days}
                days={daysOf(figures.ask)}
                open={(cell, of) => change({ cell, of, wait: "" })}
              />
              <PartsTable figures={figures} ask={ask} change={change} />
            </div>
            <Footing figures={figures} />
          </div>
        )}
      </div>
      {ask.wait ? (
        <ExplainDrawer
          key={ask.wait}
          wait={ask.wait}
          close={() => change({ wait: "", cell: "", of: "" })}
          back={() => change({ wait: "", cell: ask.cell || "n" })}
        />
      ) : (
        ask.cell && (
          <BehindDrawer
            key={`${ask.cell} ${ask.of}`}
            ask={ask}
            close={() => change({ cell: "", of: "" })}
            explain={(wait) => change({ wait })}
          />
        )
      )}
    </main>
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
  return (
    <section className={s.key} aria-label={t("reports.key")}>
      <Figure label={t("reports.median")} value={few ?? time(cells.median)} was={before && time(before.median)}>
        <Change now={cells.median} before={before?.median} words={time} less />
      </Figure>
      <Figure
        label={t("reports.p90")}
        value={few ? t("reports.few") : time(cells.p90)}
        was={before && time(before.p90)}
      >
        <Change now={cells.p90} before={before?.p90} words={time} less />
      </Figure>
      <Figure
        label={t("reports.inTarget")}
        value={percent(target.in_target)}
        was={t("reports.ofDue", { n: target.due ?? 0, open: target.open_late ?? 0 })}
        plain
      >
        <Change now={target.in_target} before={targetBefore} words={percent} more />
      </Figure>
      <Figure label={t("reports.mean")} value={time(cells.mean)} was={before && time(before.mean)}>
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
  children: React.ReactNode;
}

function Figure({ label, value, was, plain, children }: FigureProps) {
  return (
    <div className={s.figure}>
      <span className="label">{label}</span>
      <span className={s.big}>{value}</span>
      {children}
      {was && <span className="muted small">{plain ? was : t("reports.was", { value: was })}</span>}
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
