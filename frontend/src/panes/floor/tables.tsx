import { assign, claim } from "../../commands/triage";
import type { ConversationShape, FloorAgent } from "../../protocol/types.generated";
import { type Availability, stateName } from "../../store/availability";
import { formatNumber, t } from "../../text/i18n";
import { duration } from "../../text/time";
import { AgentFace, NetworkBadge, Nobody } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { LoadBar } from "../../ui/load";
import { kindIcon, kindLabel, Sla } from "../../ui/marks";
import { Menu, type MenuItem } from "../../ui/menu";
import { useCore, useSelect } from "../../ui/use-core";
import { Count, listOf } from "./count";
import { OLDEST } from "./floor";
import s from "./floor.module.css";

/** Those who wait longest, to be opened or taken over from here. */
export function Oldest({ waiting, now }: { waiting: number; now: number }) {
  const ids = useSelect((state) => state.lists[OLDEST]?.ids);
  return (
    <section className={`${s.panel} ${s.named}`} aria-label={t("floor.oldestWaits")}>
      <div className={s.panelHead}>
        <h2>{t("floor.oldestWaits")}</h2>
        <span className="grow" />
        <Link className="btn sm" to={listOf("waiting")}>
          {t("floor.openAll", { n: waiting })}
          <Icon name="right" size="xs" />
        </Link>
      </div>
      {ids?.length === 0 && <p className={`muted ${s.none}`}>{t("empty.nobodyWaits")}</p>}
      {ids && ids.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>{t("floor.who")}</th>
              <th className={s.kind}>{t("filter.kind")}</th>
              <th className={s.r}>{t("floor.waits")}</th>
              <th>{t("floor.target")}</th>
              <th>{t("filter.assignee")}</th>
              <th>
                <span className="sr">{t("more")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {ids.map((id) => (
              <Waiting key={id} id={id} now={now} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Gone as soon as it waits no longer, whatever the list said a second ago. */
function Waiting({ id, now }: { id: string; now: number }) {
  const row = useSelect((state) => state.rows[id]);
  return row?.waiting_since ? <WaitingRow row={row} since={row.waiting_since} now={now} /> : null;
}

function WaitingRow({ row, since, now }: { row: ConversationShape; since: string; now: number }) {
  const core = useCore();
  const mine = useSelect((state) => state.me?.agent.id);
  return (
    <tr>
      <th scope="row">
        <span className="flex">
          <NetworkBadge network={row.network} channelId={row.channel_id} />
          <Link
            className={`clip strong ${s.count}`}
            to={{ page: "desk", view: "waiting", conversation: row.id }}
            title={row.contact.name}
          >
            <bdi>{row.contact.name || `#${row.number}`}</bdi>
          </Link>
        </span>
      </th>
      <td className={`nowrap ${s.kind}`}>
        <span className={`flex ${row.audience === "public" ? s.public : "muted"}`}>
          <Icon name={kindIcon(row.kind)} size="s" />
          {kindLabel(row.kind)}
        </span>
      </td>
      <td className={`${s.r} num strong nowrap`}>{duration(now - Date.parse(since))}</td>
      <td>{row.deadline_at && <Sla deadline={row.deadline_at} since={since} now={now} />}</td>
      <td>
        <Owner row={row} />
      </td>
      <td className={s.r}>
        {row.assignee_id !== mine && (
          <button
            type="button"
            className="btn ghost sm"
            title={t("cmd.claim")}
            onClick={() => void claim(core, [row.id])}
          >
            <span className={s.claimSign}>
              <Icon name="user" size="s" />
            </span>
            <span className={s.claimWords}>{t("cmd.claim")}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

/** Who has it, and the way to give it to somebody else: those who are here first. */
function Owner({ row }: { row: ConversationShape }) {
  const core = useCore();
  const agents = useSelect((state) => state.agents);
  const availability = useSelect((state) => state.availability);
  const here = (id: string) => availability[id]?.state === "available";
  const people = Object.values(agents)
    .filter((one) => one.active && one.role !== "observer" && one.id !== row.assignee_id)
    .sort((a, b) => Number(here(b.id)) - Number(here(a.id)) || a.name.localeCompare(b.name));
  const items: MenuItem[] = people.map((one) => ({
    id: one.id,
    label: one.name,
    icon: "user",
    detail: availability[one.id] && t(stateName(availability[one.id]?.state as Availability)),
    run: () => assign(core, [row.id], one.id),
  }));
  if (row.assignee_id)
    items.push({ id: "nobody", label: t("assign.nobody"), icon: "x", run: () => assign(core, [row.id], null) });
  const name = row.assignee_id ? agents[row.assignee_id]?.name : t("nobody");
  return (
    // Named by what is in it: initials beside a label of one's own would be words that it lacks.
    <Menu label={`${t("cmd.assign")}: ${name ?? ""}`} items={items} className={`btn ghost sm ${s.owner}`} named>
      <span className="sr">{t("cmd.assign")}: </span>
      {row.assignee_id ? <AgentFace id={row.assignee_id} /> : <Nobody />}
      <Icon name="down" size="xs" />
    </Menu>
  );
}

const STATES = { here: s.here, away: s.away, offline: s.offline } as const;
type Presence = keyof typeof STATES;

/** Who is there, with what on his hands. */
export function People({ agents, now }: { agents: readonly FloorAgent[]; now: number }) {
  const here = agents.filter((one) => one.state === "here").length;
  const order = Object.keys(STATES);
  const sorted = [...agents].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.waiting - a.waiting);
  return (
    <section className={`${s.panel} ${s.named}`} aria-label={t("floor.people")}>
      <div className={s.panelHead}>
        <h2>{t("floor.people")}</h2>
        <span className="muted small num">
          {t("floor.peopleHere", { here: formatNumber(here), all: formatNumber(agents.length) })}
        </span>
      </div>
      <table>
        <thead>
          <tr>
            <th>{t("floor.agent")}</th>
            <th>{t("floor.state")}</th>
            <th className={s.r}>{t("floor.load")}</th>
            <th>{t("floor.capacity")}</th>
            <th className={s.r}>{t("floor.waiting")}</th>
            <th className={s.r}>{t("floor.lastReply")}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((one) => (
            <Person key={one.agent_id} one={one} now={now} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Person({ one, now }: { one: FloorAgent; now: number }) {
  const state: Presence = one.state === "here" || one.state === "away" ? one.state : "offline";
  const why = useSelect((known) => known.attendance?.reasons.find((reason) => reason.id === one.reason_id)?.name);
  return (
    <tr>
      <th scope="row">
        <span className="flex">
          <AgentFace id={one.agent_id} size="md" state={one.availability !== ""} />
          <bdi className="strong clip" title={one.name}>
            {one.name}
          </bdi>
        </span>
      </th>
      <td className="nowrap">
        <span className={`${s.state} ${STATES[state]}`}>
          <i />
          {one.availability ? (why ?? t(stateName(one.availability as Availability))) : t(`floor.state.${state}`)}
        </span>
        {one.since && (
          <span className="tiny muted num">
            {" "}
            {t("floor.inState", { time: duration(now - Date.parse(one.since), 0) })}
          </span>
        )}
      </td>
      <td className={s.r}>
        <Count n={one.load} to={listOf("all", { assignee: one.agent_id })} />
      </td>
      <td>
        <LoadBar load={one.weight} capacity={one.capacity} />
      </td>
      <td className={s.r}>
        <Count n={one.waiting} to={listOf("waiting", { assignee: one.agent_id })} />
      </td>
      <td className={`${s.r} num muted nowrap`}>
        {one.last_reply_at
          ? t("floor.ago", { time: duration(now - Date.parse(one.last_reply_at), 0) })
          : t("floor.noReply")}
      </td>
    </tr>
  );
}
