import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { PolicyShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { duration } from "../text/time";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { kindLabel } from "../ui/marks";
import { useCore, useDesk, useSelect } from "../ui/use-core";
import { Page, useAsk, Wrong } from "./page";
import p from "./settings.module.css";
import { TargetPage } from "./target-page";
import s from "./targets.module.css";
import { moved, useOrder } from "./use-order";

/** What is promised to whom: all policies in the order in which they are asked, or the one that the address names. */
export function TargetsPage() {
  const item = useDesk(({ route }) => (route.page === "settings" ? route.item : undefined));
  return item ? <TargetPage key={item} id={item} /> : <AllTargets />;
}

function AllTargets() {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const [policies, setPolicies] = useState<readonly PolicyShape[] | null>(null);
  const [lost, setLost] = useState<string | null>(null);
  const { ask, busy, wrong } = useAsk();
  const [says, setSays] = useState("");
  const look = useCallback(
    () =>
      core.api
        .get<{ items: PolicyShape[] }>("/sla-policies")
        .then((answer) => setPolicies(answer.items))
        .catch((error) => setLost(reason(error))),
    [core],
  );
  useEffect(() => void look(), [look]);
  const move = async (from: number, to: number) => {
    const order = policies && moved(policies, from, to);
    if (!order) return;
    setPolicies(order);
    setSays(t("targets.movedTo", { name: order[to]?.name ?? "", n: to + 1 }));
    await ask(async () => {
      for (const [place, one] of order.entries()) {
        if (one.place !== place + 1) {
          await core.api.patch(`/sla-policies/${one.id}`, { place: place + 1 }, { etag: one.version });
        }
      }
    });
    // Also where one was refused: what is shown is then what there is.
    await look();
  };
  const turn = (one: PolicyShape) =>
    ask(async () => {
      await core.api.patch(`/sla-policies/${one.id}`, { active: !one.active }, { etag: one.version });
    }).then(look);
  return (
    <Page
      title={t("settings.targets")}
      detail={t("targets.hint")}
      action={
        may && (
          <Link className="btn primary" to={{ page: "settings", section: "targets", item: "new" }}>
            <Icon name="plus" size="s" />
            {t("targets.add")}
          </Link>
        )
      }
    >
      <Wrong text={lost ?? wrong} />
      <span className="sr" role="status">
        {says}
      </span>
      {policies && (
        <div className={p.panel}>
          {policies.length === 0 ? (
            <p className={`muted ${p.none}`}>{t("targets.none")}</p>
          ) : (
            <Ordered policies={policies} may={may} busy={busy} move={move} turn={turn} />
          )}
        </div>
      )}
    </Page>
  );
}

interface OrderedProps {
  policies: readonly PolicyShape[];
  may: boolean;
  busy: boolean;
  move: (from: number, to: number) => void;
  turn: (policy: PolicyShape) => void;
}

/** A table whose rows are dragged, or moved with the arrow keys on their handles. */
function Ordered({ policies, may, busy, move, turn }: OrderedProps) {
  const order = useOrder({ busy, move });
  return (
    <table>
      <thead>
        <tr>
          {may && (
            <th>
              <span className="sr">{t("targets.order")}</span>
            </th>
          )}
          <th>{t("targets.name")}</th>
          <th>{t("targets.for")}</th>
          <th>{t("targets.first")}</th>
          <th>{t("targets.next")}</th>
          <th>{t("targets.resolution")}</th>
          <th>{t("targets.time")}</th>
          <th>{t("targets.active")}</th>
        </tr>
      </thead>
      <tbody>
        {policies.map((one, at) => (
          <tr
            key={one.id}
            className={[one.active ? "" : p.pale, order.isTarget(at) ? s.target : ""].join(" ")}
            {...order.place(at)}
          >
            {may && (
              <td className={s.handleCell}>
                <button
                  type="button"
                  className={s.handle}
                  aria-label={t("targets.move", { name: one.name, n: at + 1 })}
                  title={t("targets.moveHint")}
                  {...order.handle(at)}
                >
                  <Icon name="sort" size="s" />
                  {at + 1}
                </button>
              </td>
            )}
            <td>
              <Link className="strong" to={{ page: "settings", section: "targets", item: one.id }}>
                <bdi>{one.name}</bdi>
              </Link>
            </td>
            <td className={`muted small ${p.cellWords}`}>
              <Conditions policy={one} />
            </td>
            <td className="num nowrap">{lasting(one.first_response_seconds)}</td>
            <td className="num nowrap">{lasting(one.next_response_seconds)}</td>
            <td className="num nowrap">{lasting(one.resolution_seconds)}</td>
            <td className="small nowrap">{t(`targets.time.${one.time}`)}</td>
            <td>
              <input
                type="checkbox"
                aria-label={t("targets.activeFor", { name: one.name })}
                disabled={!may || busy}
                checked={one.active}
                onChange={() => turn(one)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export const lasting = (seconds: number | null) =>
  seconds ? duration(seconds * 1000, 3_600_000) : <span className="faint">–</span>;

/** For which conversations, in a line. */
function Conditions({ policy }: { policy: PolicyShape }) {
  const channels = useSelect((state) => state.channels);
  const tags = useSelect((state) => state.tags);
  const networks = new Map(Object.values(channels).map((one) => [one.network, one.network_name]));
  const parts = [
    ...policy.kinds.map(kindLabel),
    ...policy.networks.map((one) => networks.get(one) ?? one),
    ...policy.channel_ids.map((id) => channels[id]?.name ?? id),
    ...policy.priorities.map((one) => t(`priority.${one as "low"}`)),
    ...policy.tag_ids.map((id) => tags[id]?.name ?? id),
    ...policy.languages,
    ...Object.entries(policy.contact_fields).map(([name, values]) =>
      [name, values.join("/")].filter(Boolean).join(": "),
    ),
  ];
  const words = parts.join(", ") || t("targets.everything");
  return (
    <span className="clip" style={{ display: "block" }} title={words}>
      {words}
    </span>
  );
}
