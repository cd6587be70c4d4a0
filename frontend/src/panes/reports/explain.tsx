import { useEffect, useState } from "react";
import type { ExplainedWait, WaitClock, WaitStep } from "../../protocol/types.generated";
import { Drawer, useAsk, Wrong } from "../../settings/page";
import { formatNumber, type Key, knows, t } from "../../text/i18n";
import { fullDate, instant } from "../../text/time";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { useCore } from "../../ui/use-core";
import { exact } from "./report";
import s from "./reports.module.css";

const PARTS = ["lag", "queue", "team", "person", "approval", "over", "delivery"] as const;

interface Props {
  wait: string;
  close: () => void;
  back: () => void;
}

/** One wait, told by the log: its clocks, the events they follow from, and where the time went. */
export function ExplainDrawer({ wait, close, back }: Props) {
  const core = useCore();
  const { ask, wrong } = useAsk();
  const [told, setTold] = useState<ExplainedWait | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for once, when it is opened
  useEffect(() => {
    void ask(() => core.api.get<ExplainedWait>(`/reports/waits/${wait}/explain`)).then(
      (found) => found && setTold(found),
    );
  }, [core, wait]);
  return (
    <Drawer
      title={t("reports.explain")}
      close={close}
      lead={
        <button type="button" className="btn ghost sm icon-only" aria-label={t("reports.toList")} onClick={back}>
          <Icon name="left" />
        </button>
      }
      foot={
        told && (
          <span className="small muted grow flex wrap">
            <Icon name={told.stored ? "shield" : "hourglass"} size="s" />{" "}
            {told.stored ? t("reports.recomputed") : t("reports.notStored")}{" "}
            <span className="mono">{t("reports.log", { n: formatNumber(told.position) })}</span>
          </span>
        )
      }
    >
      <Wrong text={wrong} />
      {told && <Told told={told} />}
    </Drawer>
  );
}

function Told({ told }: { told: ExplainedWait }) {
  const first = told.clocks[0];
  return (
    <>
      <div className="flex wrap">
        <span className={s.big}>{exact(first?.seconds)}</span>
        {told.missed && <span className="chip bad">{t("floor.breached")}</span>}
        <span className="grow" />
        <Link className="btn sm" to={{ page: "desk", view: "all", conversation: told.conversation_id }}>
          {t("reports.conversation")}
        </Link>
      </div>
      <h3 className="label">{t("reports.events")}</h3>
      <ol className={s.steps}>
        {told.steps.map((one) => (
          <li key={one.position}>
            <span className="strong">{inWords(one)}</span>
            <span className="num muted nowrap" title={fullDate(one.at)}>
              {instant(one.at)}
            </span>
            <span className="muted small">
              <bdi>{one.actor_kind === "contact" ? t("explain.customer") : one.actor}</bdi>{" "}
              <span className="mono">{one.type}</span>
            </span>
            <span className="mono small muted">{formatNumber(one.position)}</span>
          </li>
        ))}
      </ol>
      <h3 className="label">{t("reports.clocks")}</h3>
      <table className={s.clocks}>
        <thead>
          <tr>
            <th>{t("reports.clock")}</th>
            <th className={s.r}>{t("reports.hours.calendar")}</th>
            <th className={s.r}>{t("reports.hours.business")}</th>
          </tr>
        </thead>
        <tbody>
          {told.clocks.map((one) => (
            <tr key={one.clock}>
              <th scope="row">
                {t(`reports.clock.${one.clock}`)}
                <span className="muted small">{ends(one, told.end)}</span>
              </th>
              <td className={s.r}>{exact(one.seconds)}</td>
              <td className={s.r}>{exact(one.business_seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {told.deadline_at && (
        <p className="small">
          {t("floor.target")}: <span className="num">{instant(told.deadline_at)}</span>
        </p>
      )}
      <Parts parts={told.parts} />
    </>
  );
}

/** What an event means for the wait. An event newer than these words is told as the server says it. */
function inWords({ type, values, words }: WaitStep): string {
  const { desk_ended_at: desk, customer_ended_at: customer, state, name } = values ?? {};
  if (type === "wait_answered" && desk && customer) {
    return t("explain.wait_answered", { desk: instant(desk), customer: instant(customer) });
  }
  if (type === "delivery_changed" && state) {
    return t("explain.delivery_changed", { state: t(`delivery.${state}` as Key, { time: "", network: "" }).trim() });
  }
  const held = type === "assignee_changed" || type === "team_changed";
  const key = `explain.${held && !name ? `${type}.none` : type}`;
  return knows(key) ? t(key, { name: name ?? "" }) : words;
}

function ends(clock: WaitClock, end: string): string {
  if (clock.until === null) return t("explain.ends.runs");
  if (end !== "answered") return t("explain.ends.over");
  return t(clock.clock === "customer" ? "explain.ends.accepted" : "explain.ends.released");
}

function Parts({ parts }: { parts: Record<string, number> }) {
  const shown = PARTS.filter((name) => (parts[name] ?? 0) > 0);
  if (shown.length === 0) return null;
  return (
    <>
      <h3 className="label">{t("reports.where")}</h3>
      <span className={s.whereBar} aria-hidden>
        {shown.map((name) => (
          <i key={name} className={s[name]} style={{ flexGrow: parts[name] }} />
        ))}
      </span>
      <dl className={s.where}>
        {shown.map((name) => (
          <div key={name}>
            <dt>
              <i className={s[name]} />
              {t(`reports.part.${name}`)}
            </dt>
            <dd className="num">{exact(parts[name])}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
