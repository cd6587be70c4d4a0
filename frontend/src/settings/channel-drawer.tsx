import { useEffect, useState } from "react";
import type { ChannelShape, TrafficShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { networkName } from "../text/network-names";
import { duration, instant } from "../text/time";
import { Confirm } from "../ui/confirm";
import { NetworkBadge } from "../ui/face";
import { Icon } from "../ui/icon";
import type { IconName } from "../ui/icon-paths";
import { kindLabel } from "../ui/marks";
import { useCore, useNow } from "../ui/use-core";
import { ChatSetup } from "./chat-setup";
import { Field, FormDrawer } from "./collection";
import { HealthWhy, healthWords } from "./health-why";
import { actionName, FieldInput, type Manifest, snippetOf, useManifests } from "./manifests";
import { CopyLine, useAsk } from "./page";
import { NONE_REFUSED, type Refused, refusedFields, saidOfRefused } from "./refused-fields";
import s from "./settings.module.css";
import { SignInAt } from "./sign-in-at";

/** One channel: how it is, what can be done about it, how it is set up, what its network allows. */
export function ChannelDrawer({ channel, admin, close }: { channel: ChannelShape; admin: boolean; close: () => void }) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const { manifests } = useManifests();
  const manifest = manifests?.find((one) => one.network === channel.network);
  const [name, setName] = useState(channel.name);
  const [values, setValues] = useState<Record<string, string>>({});
  const [removing, setRemoving] = useState(false);
  useEffect(() => setName(channel.name), [channel.name]);
  const put = (next: ChannelShape | undefined) => {
    if (next?.id) core.store.update((state) => ({ ...state, channels: { ...state.channels, [next.id]: next } }));
    return next;
  };
  const [refused, setRefused] = useState<Refused>(NONE_REFUSED);
  const say = (error: unknown) => {
    const fields = refusedFields(error);
    setRefused(fields);
    return saidOfRefused(fields, manifest);
  };
  const change = (body: Record<string, unknown>) => {
    setRefused(NONE_REFUSED);
    const patch = () => core.api.patch<ChannelShape>(`/channels/${channel.id}`, body, { etag: channel.version });
    return ask(patch, say).then(put);
  };
  const clean = name === channel.name && Object.keys(values).length === 0;
  const save = async () => {
    const saved = await change({ name, ...(Object.keys(values).length ? { settings: values } : {}) });
    if (saved) setValues({});
  };
  const check = async () => {
    const checked = put(await ask(() => core.api.post<ChannelShape>(`/channels/${channel.id}/check`)));
    if (checked) core.toast(healthWords(checked) || t("health.ok"), checked.health === "ok" ? "done" : "bad");
  };
  const remove = () => ask(() => core.api.delete(`/channels/${channel.id}`).then(close));
  return (
    <FormDrawer
      title={channel.name}
      lead={<NetworkBadge network={channel.network} channelId={channel.id} size="big" />}
      wrong={wrong}
      busy={busy}
      close={close}
      clean={clean}
      save={admin ? () => void save() : undefined}
      remove={admin ? { label: t("remove"), run: () => setRemoving(true) } : undefined}
      more={
        admin && (
          <button type="button" className="btn" disabled={busy} onClick={() => void check()}>
            {t("channels.check")}
          </button>
        )
      }
    >
      <HealthDetails channel={channel} admin={admin} />
      {admin && <SignInAt channel={channel} manifest={manifest} />}
      <Field label={t("channels.name")}>
        {(id) => (
          <input
            id={id}
            className="input"
            disabled={!admin}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {channel.network === "webchat" && <CopyLine text={snippetOf(channel.id)} label={t("chat.snippet")} />}
      {channel.webhook_url && channel.network !== "webchat" && (
        <CopyLine text={channel.webhook_url} label={t("channels.webhook")} />
      )}
      {admin && manifest && (
        <Fields manifest={manifest} channel={channel} values={values} change={setValues} refused={refused} />
      )}
      {admin && (
        <Field label={t("channels.signOff")} hint={t("channels.signOffHint")} optional>
          {(id) => (
            <textarea
              id={id}
              className="input"
              rows={2}
              dir="auto"
              value={values.sign_off ?? channel.settings.sign_off ?? ""}
              onChange={(event) => setValues({ ...values, sign_off: event.target.value })}
            />
          )}
        </Field>
      )}
      {admin && <ShownSigns channel={channel} values={values} change={setValues} />}
      <Abilities channel={channel} />
      {admin && (
        <button type="button" className="btn" disabled={busy} onClick={() => void change({ active: !channel.active })}>
          {channel.active ? t("channels.pause") : t("channels.resume")}
        </button>
      )}
      {removing && (
        <Confirm
          title={t("channels.removeTitle", { name: channel.name })}
          text={t("channels.removeText")}
          action={t("remove")}
          cancel={() => setRemoving(false)}
          confirm={() => void remove()}
        />
      )}
    </FormDrawer>
  );
}

const SIGNS = [
  ["seen", "show_seen", "channels.showSeen"],
  ["typing", "show_typing", "channels.showTyping"],
] as const;

/** What customers see of us while we read and write, where the network shows it: yes, unless switched off. */
function ShownSigns({ channel, values, change }: Omit<FieldsProps, "manifest" | "refused">) {
  const actions = new Set(Object.values(channel.capabilities).flatMap((one) => one.actions));
  const shown = SIGNS.filter(([action]) => actions.has(action));
  if (!shown.length || channel.network === "webchat") return null;
  const set = (name: string, value: string) => {
    const { [name]: _before, ...rest } = values;
    change(value === (channel.settings[name] ?? "yes") ? rest : { ...rest, [name]: value });
  };
  return (
    <fieldset className={s.form} style={{ border: 0, padding: 0, margin: 0 }}>
      <legend className="label">{t("channels.signs")}</legend>
      {shown.map(([, name, label]) => (
        <label key={name} className="flex">
          <input
            type="checkbox"
            checked={(values[name] ?? channel.settings[name] ?? "yes") !== "no"}
            onChange={(event) => set(name, event.target.checked ? "yes" : "no")}
          />
          {t(label)}
        </label>
      ))}
    </fieldset>
  );
}

interface FieldsProps {
  manifest: Manifest;
  channel: ChannelShape;
  values: Record<string, string>;
  change: (values: Record<string, string>) => void;
  refused: Refused;
}

/** Folded: what was entered when it was connected. Secrets are never shown; an empty one stays what it is. */
function Fields({ manifest, channel, values, change, refused }: FieldsProps) {
  const set = (name: string, value: string) => {
    const { [name]: _before, ...rest } = values;
    const same = value === (channel.settings[name] ?? "");
    change(same ? rest : { ...rest, [name]: value });
  };
  const value = (name: string) => values[name] ?? channel.settings[name] ?? "";
  if (channel.network === "webchat") {
    return <ChatSetup manifest={manifest} name={channel.name} value={value} set={set} kept />;
  }
  return (
    <details>
      <summary className="label">{t("channels.setup")}</summary>
      <div className={s.form} style={{ marginTop: 10 }}>
        {manifest.fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            kept
            refused={refused[field.name]}
            value={value(field.name)}
            change={(value) => set(field.name, value)}
          />
        ))}
      </div>
    </details>
  );
}

const HEALTH = {
  ok: ["health.ok", "check", "ok"],
  connecting: ["health.connecting", "refresh", ""],
  needs_attention: ["health.attention", "warn", "warn"],
  down: ["health.down", "xcircle", "bad"],
} as const;

export function HealthMark({ channel }: { channel: ChannelShape }) {
  if (!channel.active) return <span className="muted">{t("health.off")}</span>;
  const [label, icon, tone] = HEALTH[channel.health];
  return (
    <span className={`${s.health} ${tone ? s[tone] : ""}`} title={healthWords(channel)}>
      <Icon name={icon as IconName} size="s" />
      {t(label)}
    </span>
  );
}

interface Connection {
  id: string;
  expires_at: string | null;
  health: string;
}

/** What goes through a channel, as an admin may know. */
function useTraffic(id: string, admin: boolean): TrafficShape | undefined {
  const core = useCore();
  const [traffic, setTraffic] = useState<TrafficShape>();
  useEffect(() => {
    if (!admin) return;
    const look = () =>
      core.api.get<TrafficShape>(`/channels/${id}/traffic`).then(
        setTraffic,
        // The rest of the page says how the channel is.
        () => {},
      );
    void look();
    const again = setInterval(() => void look(), 15_000);
    return () => clearInterval(again);
  }, [core, admin, id]);
  return traffic;
}

const waitingOut = (n: number, oldest: string, now: number) =>
  t("channels.waitingOutOldest", { n, time: duration(now - Date.parse(oldest)) });

/** Networks ask to be called less from about three quarters on. */
const NEARLY_ALL = 75;

/** How much of the network's allowance is used, as a bar and in words. */
function Used({ percent, at }: { percent: number; at: string }) {
  const now = useNow(10_000);
  return (
    <span className={s.used}>
      <span className={`${s.usedBar} ${percent >= NEARLY_ALL ? s.nearly : ""}`} aria-hidden>
        <i style={{ inlineSize: `${Math.min(100, percent)}%` }} />
      </span>
      {t("channels.usedOf", { n: percent, time: duration(now - Date.parse(at)) })}
    </span>
  );
}

/** In words: how it is and why, when it last looked, since when it counts, until when the sign-in holds. */
function HealthDetails({ channel, admin }: { channel: ChannelShape; admin: boolean }) {
  const core = useCore();
  const now = useNow(10_000);
  const [connection, setConnection] = useState<Connection>();
  useEffect(() => {
    if (!admin || !channel.connection_id) return;
    core.api
      .get<{ items: Connection[] }>("/connections")
      .then((answer) => setConnection(answer.items.find((one) => one.id === channel.connection_id)))
      .catch(() => {});
  }, [core, admin, channel.connection_id]);
  const traffic = useTraffic(channel.id, admin);
  const pairs: [string, React.ReactNode][] = [
    [t("channels.health"), <HealthMark key="mark" channel={channel} />],
    [t("channels.lastActivity"), traffic?.last_activity_at && instant(traffic.last_activity_at)],
    [
      t("channels.waitingOut"),
      traffic?.oldest_waiting_at && waitingOut(traffic.waiting, traffic.oldest_waiting_at, now),
    ],
    [
      t("channels.used"),
      traffic?.used_at && <Used key="used" percent={traffic.used_percent ?? 0} at={traffic.used_at} />,
    ],
    [
      t("channels.behind"),
      channel.caught_up_at && t("channels.ago", { time: duration(now - Date.parse(channel.caught_up_at)) }),
    ],
    [t("channels.liveSince"), instant(channel.live_since)],
    [t("channels.signInUntil"), connection?.expires_at && instant(connection.expires_at)],
    [t("channels.account"), channel.asset_id],
  ];
  return (
    <>
      {channel.active && channel.health_reason && (
        <div className={`banner small ${channel.health === "down" ? "bad" : "warn"}`}>
          <Icon name="warn" size="s" />
          <HealthWhy channel={channel} />
        </div>
      )}
      <dl className={s.facts}>
        {pairs
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <div key={label} style={{ display: "contents" }}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </>
  );
}

/** What the network allows, from its manifest. */
function Abilities({ channel }: { channel: ChannelShape }) {
  return (
    <div>
      <h3 className="label" style={{ marginBottom: 6 }}>
        {t("channels.allows", { network: networkName(channel) })}
      </h3>
      {Object.entries(channel.capabilities).map(([kind, can]) => (
        <div key={kind} className="flex wrap small" style={{ marginBottom: 6 }}>
          <span className="strong">{kindLabel(kind)}</span>
          <span className="chip">{t("counter.limit", { n: can.text_limit })}</span>
          {can.actions
            .filter((action) => action !== "send")
            .map((action) => (
              <span key={action} className="chip">
                {actionName(action)}
              </span>
            ))}
        </div>
      ))}
    </div>
  );
}
