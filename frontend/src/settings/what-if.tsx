import { useEffect, useState } from "react";
import { percent } from "../panes/reports/report";
import type { CalendarShape, MetShape, WhatIfPeriod, WhatIfShape } from "../protocol/types.generated";
import { formatNumber, t } from "../text/i18n";
import { duration, fullDate, shortDate } from "../text/time";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore, useNow, useSelect } from "../ui/use-core";
import { useAsk, Wrong } from "./page";
import p from "./settings.module.css";
import type { Terms } from "./target-draft";
import s from "./targets.module.css";

/** What is tried: a draft in its place among the targets that hold, or these with other hours. */
export interface Tried {
  policies: readonly Terms[];
  among: boolean;
  in_place_of?: string;
  calendar?: Pick<CalendarShape, "zone" | "weekly"> &
    Partial<Pick<CalendarShape, "holidays" | "exceptions" | "workspace" | "team_ids" | "channel_ids">> & {
      in_place_of?: string;
    };
}

interface Props {
  tried: Tried;
  hint: string;
  /** What more can be tried with it. */
  children?: React.ReactNode;
}

/** Runs the draft over what has happened: the share it would have met, and what it would have missed. */
export function WhatIf({ tried, hint, children }: Props) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [found, setFound] = useState<{ of: string; result: WhatIfShape } | null>(null);
  const [days, setDays] = useState(30);
  const question = JSON.stringify(tried);
  const run = () =>
    ask(async () => {
      const result = await core.api.post<WhatIfShape>("/sla-policies/what-if", JSON.parse(question));
      setFound({ of: question, result });
    });
  const period = found?.result.periods.find((one) => one.days === days) ?? found?.result.periods[0];
  return (
    <section className={p.panel} aria-label={t("whatif.title")} aria-busy={busy}>
      <div className={p.panelHead}>
        <h2>{t("whatif.title")}</h2>
        <span className="muted small">{hint}</span>
        <span className="grow" />
        {found?.result.periods.map((one) => (
          <button
            key={one.days}
            type="button"
            className={`btn ghost sm ${s.period}`}
            aria-pressed={one.days === days}
            onClick={() => setDays(one.days)}
          >
            {t("reports.lastDays", { n: one.days })}
          </button>
        ))}
        <button type="button" className="btn" disabled={busy} onClick={() => void run()}>
          <Icon name="play" size="s" />
          {t("whatif.run")}
        </button>
      </div>
      <div className={p.block}>
        {children}
        <Wrong text={wrong} />
        {busy && <Running />}
        {!busy && !found && <p className="muted">{t("whatif.none")}</p>}
        {found && found.of !== question && !busy && <p className="banner warn small">{t("whatif.changed")}</p>}
        {found && period && <Result result={found.result} period={period} pale={busy || found.of !== question} />}
      </div>
    </section>
  );
}

/** How long it has been running: how far it is only the server's end knows. */
function Running() {
  const now = useNow();
  const [since] = useState(now);
  return (
    <div className="flex" role="status">
      <progress aria-label={t("whatif.running")} />
      <span className="muted small num">
        {t("whatif.running")} {duration(now - since)}
      </span>
    </div>
  );
}

function Result({ result, period, pale }: { result: WhatIfShape; period: WhatIfPeriod; pale: boolean }) {
  const kinds = [
    ["whatif.all", period.all],
    ["targets.first", period.first],
    ["targets.next", period.next],
    ["targets.resolution", period.resolution],
  ] as const;
  return (
    <div className={`${s.result} ${pale ? p.pale : ""}`}>
      <div className={s.shares}>
        {kinds
          .filter(([, met], at) => at === 0 || met.due > 0)
          .map(([label, met]) => (
            <div key={label}>
              <span className="label">{t(label)}</span>
              <span className={s.big}>{percent(met.share)}</span>
              <span className="muted small num">
                {t("whatif.metOf", { met: formatNumber(met.met), due: formatNumber(met.due) })}
              </span>
            </div>
          ))}
      </div>
      {period.all.due === 0 ? (
        <p className="muted">{t("whatif.nothing")}</p>
      ) : (
        <Cells period={period} zone={result.zone} />
      )}
      {result.taken > 0 && <p className="hint">{t("whatif.taken", { n: result.taken })}</p>}
      {result.uncovered > 0 && <p className="hint">{t("whatif.uncovered", { n: result.uncovered })}</p>}
      <Missed result={result} period={period} />
    </div>
  );
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

interface Row {
  team: string | null;
  all: MetShape;
  hours: ReadonlyMap<number, MetShape>;
}

function rowsOf(period: WhatIfPeriod): Row[] {
  const rows = new Map<string | null, { due: number; met: number; hours: Map<number, MetShape> }>();
  for (const { team_id, hour, due, met } of period.cells) {
    const row = rows.get(team_id) ?? { due: 0, met: 0, hours: new Map<number, MetShape>() };
    row.hours.set(hour, { due, met, share: due ? met / due : null });
    rows.set(team_id, { due: row.due + due, met: row.met + met, hours: row.hours });
  }
  return [...rows]
    .map(([team, { due, met, hours }]) => ({ team, all: { due, met, share: due ? met / due : null }, hours }))
    .sort((a, b) => b.all.due - a.all.due);
}

/** Teams by the hour of the day: the darker, the more would have been missed; the same as a table with its numbers. */
function Cells({ period, zone }: { period: WhatIfPeriod; zone: string }) {
  const teams = useSelect((state) => state.teams);
  const rows = rowsOf(period);
  const named = (team: string | null) => (team ? (teams[team]?.name ?? team) : t("floor.noTeam"));
  return (
    <>
      <div className={s.scroll}>
        <table className={s.heat}>
          <caption className="hint">{t("whatif.cells", { zone })}</caption>
          <thead>
            <tr>
              <th>{t("filter.team")}</th>
              <th className="num">{t("reports.inTarget")}</th>
              {HOURS.map((hour) => (
                <th key={hour} className="num">
                  {hour}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.team}>
                <th scope="row">
                  <bdi>{named(row.team)}</bdi>
                </th>
                <td className="num strong">{percent(row.all.share)}</td>
                {HOURS.map((hour) => (
                  <Cell key={hour} met={row.hours.get(hour)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="hint">{t("whatif.legend")}</p>
    </>
  );
}

function Cell({ met }: { met: MetShape | undefined }) {
  if (!met?.due) return <td className={s.void} />;
  const missed = 1 - (met.share ?? 0);
  const level = missed === 0 ? 0 : Math.min(5, 1 + Math.floor(missed * 5));
  const words = `${percent(met.share)}, ${t("whatif.metOf", { met: formatNumber(met.met), due: formatNumber(met.due) })}`;
  return (
    <td className={s.cell} data-level={level} title={words}>
      <span className="sr">{words}</span>
      <span aria-hidden>{Math.round((met.share ?? 0) * 100)}</span>
    </td>
  );
}

/** The newest of a period; the server names a hundred of them. */
function Missed({ result, period }: { result: WhatIfShape; period: WhatIfPeriod }) {
  const now = useNow(60_000);
  const since = now - period.days * 86_400_000;
  const missed = result.missed.filter((one) => Date.parse(one.began_at) >= since);
  const inAll = period.all.due - period.all.met;
  const [all, setAll] = useState(false);
  // A new run begins with its first ten again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: of another result
  useEffect(() => setAll(false), [result]);
  if (missed.length === 0) return null;
  return (
    <>
      <h2>
        {t("whatif.missed")} <span className="num muted">{formatNumber(inAll)}</span>
      </h2>
      {inAll > missed.length && (
        <p className="hint">{t("whatif.newest", { n: missed.length, all: formatNumber(inAll) })}</p>
      )}
      <table className={s.missed}>
        <thead>
          <tr>
            <th>{t("whatif.conversation")}</th>
            <th>{t("whatif.kind")}</th>
            <th>{t("whatif.began")}</th>
            <th>{t("whatif.over")}</th>
          </tr>
        </thead>
        <tbody>
          {(all ? missed : missed.slice(0, 10)).map((one) => (
            <tr key={`${one.conversation_id} ${one.kind} ${one.began_at}`}>
              <td>
                <Link to={{ page: "desk", view: "all", conversation: one.conversation_id }}>#{one.number}</Link>
              </td>
              <td>{t(`targets.${one.kind}`)}</td>
              <td className="num" title={fullDate(one.began_at)}>
                {shortDate(one.began_at, now)}
              </td>
              <td className="num">
                {duration(one.over_seconds * 1000)}
                {one.ended_at === null && <span className="muted"> {t("whatif.still")}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!all && missed.length > 10 && (
        <button type="button" className={`btn sm ${s.showAll}`} onClick={() => setAll(true)}>
          {t("whatif.showAll", { n: missed.length })}
        </button>
      )}
    </>
  );
}
