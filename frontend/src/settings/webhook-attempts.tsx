import { useCallback, useEffect, useRef, useState } from "react";
import { reason } from "../commands/triage";
import { newKey } from "../http/api";
import type { WebhookAttemptDetail, WebhookAttemptShape } from "../protocol/types.generated";
import { formatNumber, t } from "../text/i18n";
import { fullDate, shortDate } from "../text/time";
import { Icon } from "../ui/icon";
import { useCore, useNow } from "../ui/use-core";
import { Drawer, useAsk, Wrong } from "./page";
import { setOut } from "./quarantine";
import s from "./settings.module.css";

const OUTCOMES = ["delivered", "retry", "given_up", "gone"] as const;
type Outcome = (typeof OUTCOMES)[number];
const WATCH_MS = 700;
const WATCHES = 20;

interface Attempts {
  items: WebhookAttemptShape[];
  next_cursor: string | null;
}

export interface Log {
  attempts: readonly WebhookAttemptShape[] | null;
  outcome: Outcome | null;
  narrow: (outcome: Outcome | null) => void;
  further: boolean;
  more: () => void;
  again: () => void;
  /** Looks until the request with this key was made, and says what became of it. */
  watch: (key: string) => void;
  watching: boolean;
  wrong: string | null;
}

/** The requests to a webhook, newest first, page by page. */
export function useLog(id: string): Log {
  const core = useCore();
  const [attempts, setAttempts] = useState<readonly WebhookAttemptShape[] | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const newest = useRef(0);
  const ask = useCallback(
    async (after: string | null) => {
      newest.current += 1;
      const mine = newest.current;
      try {
        const query = { limit: "50", outcome: outcome ?? undefined, cursor: after ?? undefined };
        const page = await core.api.get<Attempts>(`/webhooks/${id}/attempts`, query);
        if (mine !== newest.current) return;
        setAttempts((before) => (after ? [...(before ?? []), ...page.items] : page.items));
        setCursor(page.next_cursor);
        setWrong(null);
      } catch (error) {
        if (mine === newest.current) setWrong(reason(error));
      }
    },
    [core, id, outcome],
  );
  useEffect(() => void ask(null), [ask]);
  const again = useCallback(() => void ask(null), [ask]);
  const { watch, watching } = useWatch(id, again);
  const more = () => void ask(cursor);
  return { attempts, outcome, narrow: setOutcome, further: cursor !== null, more, again, watch, watching, wrong };
}

function useWatch(id: string, found: () => void) {
  const core = useCore();
  const [key, setKey] = useState<string | null>(null);
  useEffect(() => {
    if (!key) return;
    let left = WATCHES;
    const timer = setInterval(async () => {
      left -= 1;
      const page = await core.api.get<Attempts>(`/webhooks/${id}/attempts`, { key }).catch(() => null);
      const [done] = page?.items ?? [];
      if (!done && left > 0) return;
      clearInterval(timer);
      setKey(null);
      found();
      if (done) core.toast(said(done), done.outcome === "delivered" ? "done" : "bad");
      else core.toast(t("webhooks.testSlow"), "bad");
    }, WATCH_MS);
    return () => clearInterval(timer);
  }, [core, id, key, found]);
  return { watch: setKey, watching: key !== null };
}

/** "Taken (204)", or what went wrong. */
function said(one: WebhookAttemptShape): string {
  const words = t(`webhooks.outcome.${one.outcome}`);
  return one.status === null ? `${words}: ${one.error}` : `${words} (${one.status})`;
}

export function AttemptLog({ id, log }: { id: string; log: Log }) {
  const [open, setOpen] = useState<string | null>(null);
  const { attempts } = log;
  return (
    <>
      <section className={s.panel} aria-label={t("webhooks.log")}>
        <div className={s.panelHead}>
          <h2 className="grow">{t("webhooks.log")}</h2>
          <select
            className="input"
            style={{ width: "auto" }}
            aria-label={t("webhooks.outcome")}
            value={log.outcome ?? ""}
            onChange={(event) => log.narrow(OUTCOMES.find((one) => one === event.target.value) ?? null)}
          >
            <option value="">{t("webhooks.outcome.any")}</option>
            {OUTCOMES.map((one) => (
              <option key={one} value={one}>
                {t(`webhooks.outcome.${one}`)}
              </option>
            ))}
          </select>
        </div>
        <Wrong text={log.wrong} />
        {attempts && attempts.length > 0 && <Rows attempts={attempts} open={setOpen} />}
        {attempts?.length === 0 && (
          <p className={`muted ${s.none}`}>{log.outcome ? t("webhooks.noneSuch") : t("webhooks.noAttempts")}</p>
        )}
      </section>
      {log.further && (
        <button type="button" className="btn" style={{ alignSelf: "center" }} onClick={log.more}>
          {t("timeline.older")}
        </button>
      )}
      {open && <Attempt key={open} webhook={id} id={open} close={() => setOpen(null)} again={log.again} />}
    </>
  );
}

function Rows({ attempts, open }: { attempts: readonly WebhookAttemptShape[]; open: (id: string) => void }) {
  const now = useNow(60_000);
  return (
    <table>
      <thead>
        <tr>
          <th>{t("webhooks.at")}</th>
          <th>{t("webhooks.event")}</th>
          <th>{t("webhooks.outcome")}</th>
          <th>{t("webhooks.took")}</th>
          <th>
            <span className="sr">{t("more")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {attempts.map((one) => (
          <tr key={one.id}>
            <td className="nowrap num" title={fullDate(one.at)}>
              {shortDate(one.at, now)}
            </td>
            <td>
              <span className="mono">{one.type}</span>{" "}
              {one.position !== null && <span className="faint tiny num">#{one.position}</span>}
            </td>
            <td>
              <OutcomeWords one={one} />
            </td>
            <td className="muted nowrap num">{t("webhooks.ms", { n: formatNumber(one.duration_ms) })}</td>
            <td className={s.end}>
              <button type="button" className="btn ghost sm" onClick={() => open(one.id)}>
                {t("webhooks.see")}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function OutcomeWords({ one }: { one: WebhookAttemptShape }) {
  const good = one.outcome === "delivered";
  const tone = good ? s.ok : one.outcome === "retry" ? s.warn : s.bad;
  return (
    <span className={`${s.health} ${tone}`} title={one.error || undefined}>
      <Icon name={good ? "check" : one.outcome === "retry" ? "hourglass" : "xcircle"} size="s" />
      {said(one)}
      {one.number > 1 && <span className="muted"> · {t("webhooks.number", { n: one.number })}</span>}
    </span>
  );
}

interface AttemptProps {
  webhook: string;
  id: string;
  close: () => void;
  again: () => void;
}

/** One request as it was sent and the answer to it; the event behind it can be sent once more. */
function Attempt({ webhook, id, close, again }: AttemptProps) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [one, setOne] = useState<WebhookAttemptDetail | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for once, when it is opened
  useEffect(() => {
    const path = `/webhooks/${webhook}/attempts/${id}`;
    void ask(() => core.api.get<WebhookAttemptDetail>(path)).then((found) => found && setOne(found));
  }, [core, webhook, id]);
  const replay = async (position: number) => {
    const path = `/webhooks/${webhook}/replay`;
    if (!(await ask(() => core.api.post(path, { position }, { key: newKey() })))) return;
    core.toast(t("webhooks.replayed", { n: 1 }));
    again();
    close();
  };
  const position = one?.position ?? null;
  return (
    <Drawer
      title={one?.type ?? t("webhooks.request")}
      close={close}
      foot={
        position !== null && (
          <button type="button" className="btn primary" disabled={busy} onClick={() => void replay(position)}>
            <Icon name="refresh" size="s" />
            {t("webhooks.replayOne")}
          </button>
        )
      }
    >
      <Wrong text={wrong} />
      {one && <Exchange one={one} />}
    </Drawer>
  );
}

function Exchange({ one }: { one: WebhookAttemptDetail }) {
  return (
    <>
      <div>
        <OutcomeWords one={one} />
        <p className="muted small">{fullDate(one.at)}</p>
        {one.error && <p className="strong">{one.error}</p>}
      </div>
      <h3 className="label">{t("webhooks.request")}</h3>
      <p className="mono small" dir="ltr" style={{ overflowWrap: "anywhere" }}>
        POST {one.url}
      </p>
      <Code text={lines(one.request_headers)} label={t("webhooks.headers")} />
      {one.request_body === null ? (
        <p className="hint">{t("webhooks.erased")}</p>
      ) : (
        <Code text={setOut(one.request_body)} label={t("webhooks.body")} />
      )}
      <h3 className="label">{t("webhooks.answer")}</h3>
      {one.status === null ? (
        <p className="muted">{t("webhooks.noAnswer")}</p>
      ) : (
        <>
          <Code text={lines(one.answer_headers)} label={t("webhooks.headers")} />
          {one.answer_body && <Code text={setOut(one.answer_body)} label={t("webhooks.body")} />}
        </>
      )}
    </>
  );
}

function Code({ text, label }: { text: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
    <section className={s.code} dir="ltr" tabIndex={0} aria-label={label}>
      {text}
    </section>
  );
}

const lines = (headers: Record<string, string>) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");

/** A stretch of the log, sent once more: for a receiver that lost what it had taken. */
export function ReplaySpan({ id, again }: { id: string; again: () => void }) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const replay = async () => {
    const span = { from_position: Number(from), to_position: Number(to) };
    if (!(await ask(() => core.api.post(`/webhooks/${id}/replay`, span, { key: newKey() })))) return;
    core.toast(t("webhooks.replayed", { n: span.to_position - span.from_position + 1 }));
    again();
  };
  return (
    <details className={`${s.panel} ${s.fold}`}>
      <summary className="strong">{t("webhooks.replaySpan")}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void replay();
        }}
      >
        <Wrong text={wrong} />
        <p className="hint">{t("webhooks.replayHint")}</p>
        <div className={s.actions}>
          <Position label={t("webhooks.fromPosition")} value={from} change={setFrom} />
          <Position label={t("webhooks.toPosition")} value={to} least={from} change={setTo} />
          <button type="submit" className="btn" disabled={busy}>
            {t("webhooks.replay")}
          </button>
        </div>
      </form>
    </details>
  );
}

function Position(props: { label: string; value: string; least?: string; change: (value: string) => void }) {
  return (
    <label className="flex">
      <span className="label">{props.label}</span>
      <input
        className="input num"
        style={{ width: 120 }}
        type="number"
        required
        min={props.least || 1}
        step={1}
        value={props.value}
        onChange={(event) => props.change(event.target.value)}
      />
    </label>
  );
}
