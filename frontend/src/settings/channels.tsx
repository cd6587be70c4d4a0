import { useEffect, useState } from "react";
import type { ChannelShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { duration } from "../text/time";
import { Confirm } from "../ui/confirm";
import { NetworkBadge } from "../ui/face";
import { Icon } from "../ui/icon";
import type { IconName } from "../ui/icon-paths";
import { useCore, useNow, useSelect } from "../ui/use-core";
import { Connect } from "./connect";
import { CopyLine, Drawer, Page, useAsk, Wrong } from "./page";
import s from "./settings.module.css";

export function ChannelsPage() {
  const channels = useSelect((state) => state.channels);
  const admin = useSelect((state) => can(state, "channels"));
  const [connecting, setConnecting] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const all = Object.values(channels).sort((a, b) => a.name.localeCompare(b.name));
  const sick = all.filter(
    (channel) => channel.active && (channel.health === "needs_attention" || channel.health === "down"),
  );
  const shown = open ? channels[open] : undefined;
  return (
    <>
      <Page
        title={t("settings.channels")}
        detail={t("channels.count", { n: all.length })}
        action={
          admin && (
            <button type="button" className="btn primary" onClick={() => setConnecting(true)}>
              <Icon name="plus" size="s" />
              {t("channels.connect")}
            </button>
          )
        }
      >
        {sick.map((channel) => (
          <div key={channel.id} className={`banner ${channel.health === "down" ? "bad" : "warn"}`}>
            <Icon name={channel.health === "down" ? "xcircle" : "warn"} />
            <span className="grow">
              <b className="strong" style={{ color: "inherit" }}>
                {channel.name}
              </b>{" "}
              {channel.health_reason}
            </span>
            <button type="button" className="btn sm" onClick={() => setOpen(channel.id)}>
              {t("open")}
            </button>
          </div>
        ))}
        <div className={s.panel}>
          <table>
            <thead>
              <tr>
                <th>{t("channels.channel")}</th>
                <th>{t("channels.health")}</th>
                <th>{t("channels.behind")}</th>
                <th>
                  <span className="sr">{t("more")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {all.map((channel) => (
                <ChannelRow key={channel.id} channel={channel} open={() => setOpen(channel.id)} />
              ))}
            </tbody>
          </table>
          {!all.length && (
            <p className="muted" style={{ padding: 16 }}>
              {t("first.hint")}
            </p>
          )}
        </div>
      </Page>
      {connecting && <Connect close={() => setConnecting(false)} />}
      {shown && !connecting && (
        <ChannelDrawer key={shown.id} channel={shown} admin={admin} close={() => setOpen(null)} />
      )}
    </>
  );
}

function Health({ channel }: { channel: ChannelShape }) {
  const words = {
    ok: [t("health.ok"), "check", s.ok],
    connecting: [t("health.connecting"), "refresh", ""],
    needs_attention: [t("health.attention"), "warn", s.warn],
    down: [t("health.down"), "xcircle", s.bad],
  } as const;
  if (!channel.active) return <span className="muted">{t("health.off")}</span>;
  const [text, icon, tone] = words[channel.health];
  return (
    <span className={`${s.health} ${tone}`} title={channel.health_reason}>
      <Icon name={icon as IconName} size="s" />
      {text}
    </span>
  );
}

function ChannelRow({ channel, open }: { channel: ChannelShape; open: () => void }) {
  const now = useNow(10_000);
  const behind = channel.caught_up_at ? duration(now - Date.parse(channel.caught_up_at)) : "";
  return (
    <tr>
      <td>
        <span className="flex" style={{ gap: 10 }}>
          <NetworkBadge network={channel.network} channelId={channel.id} size="big" />
          <span style={{ minWidth: 0 }}>
            <span className="strong clip" style={{ display: "block" }}>
              {channel.name}
            </span>
            <span className="tiny muted clip" style={{ display: "block" }}>
              {[channel.network_name, channel.asset_id, channel.location, channel.sandbox && t("channels.sandbox")]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </span>
        </span>
      </td>
      <td>
        <Health channel={channel} />
      </td>
      <td className="small muted">{behind && t("channels.ago", { time: behind })}</td>
      <td className={s.end}>
        <button type="button" className="btn ghost sm" onClick={open}>
          {t("open")}
        </button>
      </td>
    </tr>
  );
}

function ChannelDrawer({ channel, admin, close }: { channel: ChannelShape; admin: boolean; close: () => void }) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [name, setName] = useState(channel.name);
  const [removing, setRemoving] = useState(false);
  useEffect(() => setName(channel.name), [channel.name]);
  const put = (next: ChannelShape | undefined) =>
    next && core.store.update((state) => ({ ...state, channels: { ...state.channels, [next.id]: next } }));
  const save = () =>
    ask(() => core.api.patch<ChannelShape>(`/channels/${channel.id}`, { name }, { etag: channel.version })).then(put);
  const toggle = () =>
    ask(() =>
      core.api.patch<ChannelShape>(`/channels/${channel.id}`, { active: !channel.active }, { etag: channel.version }),
    ).then(put);
  const check = () =>
    ask(() => core.api.post<ChannelShape>(`/channels/${channel.id}/check`)).then((answer) => {
      if (answer) core.toast(answer.health_reason || t("health.ok"));
      if (answer?.id) put(answer);
    });
  const remove = () => ask(() => core.api.delete(`/channels/${channel.id}`)).then(close);
  return (
    <Drawer
      title={channel.name}
      lead={<NetworkBadge network={channel.network} channelId={channel.id} size="big" />}
      close={close}
      foot={
        admin && (
          <>
            <button type="button" className="btn danger-quiet" disabled={busy} onClick={() => setRemoving(true)}>
              {t("remove")}
            </button>
            <span className="grow" />
            <button type="button" className="btn" disabled={busy} onClick={() => void check()}>
              {t("channels.check")}
            </button>
            <button
              type="button"
              className="btn primary"
              disabled={busy || name === channel.name}
              onClick={() => void save()}
            >
              {t("save")}
            </button>
          </>
        )
      }
    >
      <Wrong text={wrong} />
      <Health channel={channel} />
      {channel.health_reason && <p className="small muted">{channel.health_reason}</p>}
      <div className="field">
        <label htmlFor="channel-name">{t("channels.name")}</label>
        <input
          id="channel-name"
          className="input"
          disabled={!admin}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      {channel.webhook_url && <CopyLine text={channel.webhook_url} label={t("channels.webhook")} />}
      {Object.entries(channel.settings).map(([key, value]) => (
        <div key={key} className="flex small">
          <span className="muted" style={{ width: 120 }}>
            {key}
          </span>
          <span className="mono clip">{value}</span>
        </div>
      ))}
      <Abilities channel={channel} />
      {admin && (
        <button type="button" className="btn" onClick={() => void toggle()}>
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
    </Drawer>
  );
}

/** What the network allows, from its manifest. */
function Abilities({ channel }: { channel: ChannelShape }) {
  return (
    <div>
      <h3 className="label" style={{ marginBottom: 6 }}>
        {t("channels.allows", { network: channel.network_name })}
      </h3>
      {Object.entries(channel.capabilities).map(([kind, can]) => (
        <div key={kind} className="flex wrap small" style={{ marginBottom: 6 }}>
          <span className="strong">{kind}</span>
          <span className="chip">{t("counter.limit", { n: can.text_limit })}</span>
          {can.actions
            .filter((action) => action !== "send")
            .map((action) => (
              <span key={action} className="chip">
                {action.replaceAll("_", " ")}
              </span>
            ))}
        </div>
      ))}
    </div>
  );
}
