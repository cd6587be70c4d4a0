import { useEffect, useRef, useState } from "react";
import type { BuilderField } from "../panes/overlays/condition-fields";
import { AsTable, dayName } from "../panes/reports/charts";
import type { DryHit, DryReason, DryRunShape, DrySurge } from "../protocol/types.generated";
import type { Op, Value } from "../store/condition";
import { formatNumber, t } from "../text/i18n";
import { clock, fullDate, instant, sameDay, shortDate } from "../text/time";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore, useNow } from "../ui/use-core";
import { Found } from "./found-words";
import { useAsk, Wrong } from "./page";
import { type RuleDraft, sayingOf, triable } from "./rule-parts";
import { testWords, valueWords } from "./rule-words";
import s from "./rules.module.css";
import p from "./settings.module.css";

const SPANS = [7, 30, 90] as const;
const ASK_EVERY_MS = 500;

interface Props {
  draft: RuleDraft;
  fields: readonly BuilderField[];
}

/** What the rule would have done: counted on the past while one looks on, and never done. */
export function DryRun({ draft, fields }: Props) {
  const [days, setDays] = useState<number>(30);
  const { run, of, start, stop, busy, wrong } = useDryRun();
  const cannot = !triable(draft.trigger);
  const volume = draft.trigger.on === "volume" ? draft.trigger : null;
  const asked = JSON.stringify({ rule: sayingOf(draft), days });
  const running = run?.state === "running";
  return (
    <section className={`${p.panel}`} aria-label={t("rules.try")} aria-busy={running}>
      <div className={p.panelHead}>
        <h2>{t("rules.try")}</h2>
        <span className="grow" />
        {!cannot && (
          <>
            <fieldset className={s.spans} aria-label={t("rules.try")}>
              {SPANS.map((one) => (
                <button
                  key={one}
                  type="button"
                  className="btn ghost sm"
                  aria-pressed={one === days}
                  onClick={() => setDays(one)}
                >
                  {t("reports.lastDays", { n: one })}
                </button>
              ))}
            </fieldset>
            {running ? (
              <button type="button" className="btn" onClick={stop}>
                <Icon name="x" size="s" />
                {t("rules.tryStop")}
              </button>
            ) : (
              <button
                type="button"
                className="btn"
                disabled={busy || draft.actions.length === 0}
                onClick={() => start(asked)}
              >
                <Icon name="play" size="s" />
                {t("rules.tryRun")}
              </button>
            )}
          </>
        )}
      </div>
      <div className={p.block}>
        <Wrong text={wrong} />
        {cannot ? (
          <p className="banner info small">
            <Icon name="clock" />
            {t("rules.cannot.event")}
          </p>
        ) : (
          <p className="hint">
            {draft.actions.length ? t(volume ? "rules.tryHint.volume" : "rules.tryHint") : t("rules.noAction")}
          </p>
        )}
        {run && !cannot && (
          <>
            {of !== asked && !running && <p className="banner warn small">{t("rules.tryChanged")}</p>}
            <Outcome run={run} fields={fields} minutes={volume?.minutes} />
          </>
        )}
      </div>
    </section>
  );
}

/** Starts a count, asks how far it is until it ends, and stops it when it is not wanted any more. */
function useDryRun() {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [run, setRun] = useState<DryRunShape | null>(null);
  const [of, setOf] = useState("");
  const running = useRef<string | null>(null);
  const id = run?.state === "running" ? run.id : null;
  running.current = id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew for another run only
  useEffect(() => {
    if (!id) return;
    let timer = 0;
    let current = true;
    const look = () => {
      timer = window.setTimeout(async () => {
        const found = await ask(() => core.api.get<DryRunShape>(`/rules/dry-run/${id}`));
        if (!current) return;
        if (found) setRun(found);
        else setRun((before) => before && { ...before, state: "failed" });
        if (found?.state === "running") look();
      }, ASK_EVERY_MS);
    };
    look();
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
  }, [core, id]);
  // Who leaves the page does not want to know any more.
  useEffect(
    () => () => {
      if (running.current) void core.api.delete(`/rules/dry-run/${running.current}`).catch(() => {});
    },
    [core],
  );
  const start = async (asked: string) => {
    const begun = await ask(() => core.api.post<DryRunShape>("/rules/dry-run", JSON.parse(asked)));
    if (!begun) return;
    setOf(asked);
    setRun(begun);
  };
  const stop = async () => {
    if (!run) return;
    await ask(() => core.api.delete(`/rules/dry-run/${run.id}`));
    setRun((now) => now && { ...now, state: now.state === "running" ? "cancelled" : now.state });
  };
  return { run, of, start: (asked: string) => void start(asked), stop: () => void stop(), busy, wrong };
}

interface OutcomeProps {
  run: DryRunShape;
  fields: readonly BuilderField[];
  /** The window of a rule for far more than usual. */
  minutes?: number;
}

function Outcome({ run, fields, minutes }: OutcomeProps) {
  const running = run.state === "running";
  const { hits, first, surge_count, surges } = run.result;
  return (
    <>
      {running && <progress className={s.progress} aria-label={t("rules.try")} value={run.progress} max={1} />}
      {run.state === "failed" && <p className="banner bad small">{t("rules.tryFailed")}</p>}
      {run.state === "cancelled" && <p className="banner warn small">{t("rules.tryStopped")}</p>}
      <p className={s.hits} role="status">
        <b>{t("rules.hits", { n: hits })}</b>{" "}
        <span className="muted small num">
          {running && `${t("rules.sofar")} · `}
          {t("rules.trying", { n: formatNumber(run.checked) })}
        </span>
      </p>
      {minutes !== undefined && (run.state !== "running" || surge_count > 0) && (
        <Surges count={surge_count} surges={surges} minutes={minutes} />
      )}
      {hits > 0 && <Days run={run} />}
      {first.length > 0 && <First hits={first} fields={fields} />}
    </>
  );
}

/** When far more than usual came, in what, and beside what is usual. */
function Surges({ count, surges, minutes }: { count: number; surges: readonly DrySurge[]; minutes: number }) {
  return (
    <>
      <p>{t("rules.surges", { n: count })}</p>
      {surges.length > 0 && (
        <ol className={s.found}>
          {surges.map((one) => (
            <li key={`${one.ref} ${one.at}`}>
              <div className="flex">
                <time className="muted small num nowrap" dateTime={one.at} title={fullDate(one.at)}>
                  {instant(one.at)}
                </time>
                <bdi className="clip grow">{one.name}</bdi>
                <span className="muted small num nowrap">
                  {one.until ? t("rules.surgeUntil", { time: endOf(one) }) : t("rules.surgeLasts")}
                </span>
              </div>
              <p className="small muted num">
                {t("rules.surgeLine", {
                  count: formatNumber(one.count),
                  minutes,
                  usual: formatNumber(one.usual),
                })}
                {" · "}
                {t("rules.surgeIn", { n: one.conversations })}
              </p>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function endOf({ at, until }: DrySurge): string {
  if (!until) return "";
  return sameDay(new Date(at), new Date(until)) ? clock(until) : instant(until);
}

/** Every day of the span, those without hits too. */
export function daysOf(run: Pick<DryRunShape, "days" | "started_at" | "result">): { day: string; n: number }[] {
  const last = Date.parse(run.started_at);
  return Array.from({ length: run.days }, (_, back) => {
    const day = new Date(last - (run.days - 1 - back) * 86_400_000).toISOString().slice(0, 10);
    return { day, n: run.result.days[day] ?? 0 };
  });
}

const BAR = { width: 6, gap: 2, height: 64 };

function Days({ run }: { run: DryRunShape }) {
  const days = daysOf(run);
  const most = Math.max(1, ...days.map((one) => one.n));
  const width = days.length * (BAR.width + BAR.gap) - BAR.gap;
  const hit = days.filter((one) => one.n > 0);
  return (
    <figure className={s.chart}>
      <svg
        viewBox={`0 0 ${width} ${BAR.height}`}
        preserveAspectRatio="none"
        className={s.bars}
        role="img"
        aria-label={`${t("reports.byDay")}: ${hit.map((one) => `${dayName(one.day)}, ${formatNumber(one.n)}`).join("; ")}`}
      >
        {days.map((one, at) => {
          const height = one.n === 0 ? 1 : Math.max(2, (one.n / most) * BAR.height);
          return (
            <rect
              key={one.day}
              className={one.n === 0 ? s.noBar : s.bar}
              x={at * (BAR.width + BAR.gap)}
              y={BAR.height - height}
              width={BAR.width}
              height={height}
            >
              <title>{`${dayName(one.day)}: ${formatNumber(one.n)}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="flex muted tiny num">
        <span>{dayName(days[0]?.day ?? "")}</span>
        <span className="grow" />
        <span>{t("rules.most", { n: most })}</span>
        <span className="grow" />
        <span>{dayName(days.at(-1)?.day ?? "")}</span>
      </figcaption>
      <AsTable>
        <thead>
          <tr>
            <th>{t("reports.day")}</th>
            <th>{t("rules.ranHead")}</th>
          </tr>
        </thead>
        <tbody>
          {hit.map((one) => (
            <tr key={one.day}>
              <th scope="row">{dayName(one.day)}</th>
              <td className="num">{formatNumber(one.n)}</td>
            </tr>
          ))}
        </tbody>
      </AsTable>
    </figure>
  );
}

function First({ hits, fields }: { hits: readonly DryHit[]; fields: readonly BuilderField[] }) {
  const now = useNow(60_000);
  return (
    <>
      <h2>{t("rules.first")}</h2>
      <ol className={s.found}>
        {hits.map((hit) => (
          <li key={`${hit.conversation_id} ${hit.message_id} ${hit.at}`}>
            <div className="flex">
              <Link className="num" to={{ page: "desk", view: "all", conversation: hit.conversation_id }}>
                #{hit.number}
              </Link>
              <time className="muted small num nowrap" dateTime={hit.at} title={fullDate(hit.at)}>
                {shortDate(hit.at, now)}
              </time>
              <bdi className="clip grow">
                <Found text={hit.preview} words={wordsIn(hit.reasons)} />
              </bdi>
            </div>
            <p className="small muted">
              {t("rules.why")}:{" "}
              {hit.reasons.length ? hit.reasons.map((one) => said(one, fields)).join(" · ") : t("rules.whyAlways")}
            </p>
          </li>
        ))}
      </ol>
    </>
  );
}

/** "Stars is at most 2 (here: 1)"; the value that was asked for is not said twice. */
function said(one: DryReason, fields: readonly BuilderField[]): string {
  const words = testWords({ field: one.field, op: one.op as Op, value: one.value as Value }, { fields });
  const asked = one.held ? words : `${t("rules.not")} (${words})`;
  const field = fields.find((other) => other.name === one.field);
  const same = JSON.stringify(one.found) === JSON.stringify(one.value);
  if (same || one.found === null || one.found === undefined || typeof one.found === "boolean") return asked;
  return `${asked} (${t("rules.found", { what: valueWords(field, one.found) })})`;
}

/** The words that tests of the text found. */
const wordsIn = (reasons: readonly DryReason[]): string[] =>
  reasons.flatMap((one) =>
    one.op === "has_words" && one.held ? (Array.isArray(one.found) ? one.found : [one.found]).map(String) : [],
  );
