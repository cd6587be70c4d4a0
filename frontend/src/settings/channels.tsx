import { useState } from "react";
import type { ChannelShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { networkName } from "../text/network-names";
import { duration } from "../text/time";
import { NetworkBadge } from "../ui/face";
import { Icon } from "../ui/icon";
import { useDesk, useNow, useSelect } from "../ui/use-core";
import { ChannelDrawer, HealthMark } from "./channel-drawer";
import { ChooseAssets } from "./choose-assets";
import { Collection } from "./collection";
import { Connect } from "./connect";
import { HealthWhy } from "./health-why";
import { isSick } from "./sick";

export function ChannelsPage() {
  const now = useNow(10_000);
  const channels = useSelect((state) => state.channels);
  const admin = useSelect((state) => can(state, "channels"));
  // The guide for newcomers names the network that is to be connected.
  const wanted = useDesk((desk) => (desk.route.page === "settings" ? desk.route.item : undefined));
  const all = Object.values(channels).sort((a, b) => a.name.localeCompare(b.name));
  // The network sent the admin back here after he signed in.
  const [connection, setConnection] = useState(() => new URLSearchParams(location.search).get("connection"));
  const chosen = () => {
    setConnection(null);
    history.replaceState(null, "", location.pathname);
  };
  const list = (
    <Collection
      title={t("settings.channels")}
      detail={t("channels.count", { n: all.length })}
      items={all}
      may={admin}
      adding={admin && wanted !== undefined}
      mayOpen
      add={t("channels.connect")}
      empty={t("first.hint")}
      pale={(channel) => !channel.active}
      columns={[
        { label: t("channels.channel"), cell: (channel) => <Name channel={channel} /> },
        { label: t("channels.health"), cell: (channel) => <HealthMark channel={channel} /> },
        {
          label: t("channels.behind"),
          className: "small muted",
          cell: ({ caught_up_at: at }) => at && t("channels.ago", { time: duration(now - Date.parse(at)) }),
        },
      ]}
      above={(open) => all.filter(isSick).map((channel) => <Sick key={channel.id} channel={channel} open={open} />)}
      editor={(channel, close) =>
        channel ? (
          <ChannelDrawer key={channel.id} channel={channel} admin={admin} close={close} />
        ) : (
          <Connect wanted={wanted} close={close} />
        )
      }
    />
  );
  return (
    <>
      {list}
      {connection && admin && <ChooseAssets connection={connection} close={chosen} />}
    </>
  );
}

function Sick({ channel, open }: { channel: ChannelShape; open: (id: string) => void }) {
  return (
    <div className={`banner ${channel.health === "down" ? "bad" : "warn"}`}>
      <Icon name={channel.health === "down" ? "xcircle" : "warn"} />
      <span className="grow">
        <b className="strong" style={{ color: "inherit" }}>
          {channel.name}
        </b>{" "}
        <HealthWhy channel={channel} />
      </span>
      <button type="button" className="btn sm" onClick={() => open(channel.id)}>
        {t("open")}
      </button>
    </div>
  );
}

function Name({ channel }: { channel: ChannelShape }) {
  const facts = [networkName(channel), channel.asset_id, channel.location, channel.sandbox && t("channels.sandbox")];
  return (
    <span className="flex" style={{ gap: 10 }}>
      <NetworkBadge network={channel.network} channelId={channel.id} size="big" />
      <span style={{ minWidth: 0 }}>
        <span className="strong clip" style={{ display: "block" }}>
          {channel.name}
        </span>
        <span className="tiny muted" style={{ display: "block", overflowWrap: "anywhere" }}>
          {facts.filter(Boolean).join(" · ")}
        </span>
      </span>
    </span>
  );
}
