import { type Availability, availabilityOf, awayReason, stateName } from "../store/availability";
import { t } from "../text/i18n";
import { hue, initials } from "../text/names";
import { networkName } from "../text/network-names";
import s from "./face.module.css";
import { Icon } from "./icon";
import { markOf } from "./networks";
import { useSelect } from "./use-core";

type Size = "sm" | "md" | "" | "lg";

/** The letter mark of a network, named for readers. */
export function NetworkBadge({
  network,
  channelId,
  size = "",
}: {
  network: string;
  channelId?: string;
  size?: "" | "big";
}) {
  // Without a channel, any of the network says how its mark looks.
  const channel = useSelect((state) =>
    channelId ? state.channels[channelId] : Object.values(state.channels).find((one) => one.network === network),
  );
  const { mark, colour, icon } = markOf(network, channel);
  const name = networkName(channel) ?? network;
  return (
    <span
      className={`${s.net} ${size ? s.big : ""}`}
      style={{ "--n": colour } as React.CSSProperties}
      role="img"
      aria-label={name}
      title={name}
    >
      {icon ? <Icon name={icon} /> : mark}
    </span>
  );
}

interface FaceProps {
  id: string;
  name: string;
  url?: string | null;
  size?: Size;
  network?: string;
  channelId?: string;
}

/** A customer: round, with the network he writes from. Decoration beside a name, so hidden from readers. */
export function Face({ id, name, url, size = "", network, channelId }: FaceProps) {
  return (
    <span className={`${s.face} ${size ? s[size] : ""}`} aria-hidden>
      <span className={s.avatar} style={{ "--h": hue(id) } as React.CSSProperties}>
        {url ? <img src={url} alt="" loading="lazy" /> : initials(name)}
      </span>
      {network && <NetworkBadge network={network} channelId={channelId} />}
    </span>
  );
}

interface AgentProps {
  id: string;
  size?: Size;
  title?: string;
  /** Shows whether he takes work. */
  state?: boolean;
}

/** A colleague: square. `title` says what he does here. */
export function AgentFace({ id, size = "sm", title, state = false }: AgentProps) {
  const agent = useSelect((known) => known.agents[id]);
  const works = useSelect((known) => (state ? availabilityOf(known, id) : null));
  const why = useSelect((known) => (state ? awayReason(known, id) : ""));
  const name = agent?.name ?? "?";
  const said = works ? `${title ?? name}, ${why || t(stateName(works))}` : (title ?? name);
  return (
    <span className={`${s.face} ${size ? s[size] : ""}`} role="img" aria-label={said} title={said}>
      <span className={`${s.avatar} ${s.agent}`} style={{ "--h": hue(id) } as React.CSSProperties}>
        {agent?.avatar_url ? <img src={agent.avatar_url} alt="" /> : initials(name)}
      </span>
      {works && <StateDot state={works} />}
    </span>
  );
}

/** Told apart by shape as well as by colour: full, barred, hollow, empty. */
export function StateDot({ state }: { state: Availability }) {
  return <span className={`${s.state} ${s[state]}`} aria-hidden />;
}

export function Nobody() {
  return (
    <span className={s.nobody} role="img" aria-label={t("nobody")} title={t("nobody.hint")}>
      <Icon name="plus" />
    </span>
  );
}
