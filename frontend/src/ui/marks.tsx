import type { DeliveryShape } from "../protocol/types.generated";
import { type Key, t } from "../text/i18n";
import { clock, duration, shortDate } from "../text/time";
import { Icon } from "./icon";
import type { IconName } from "./icon-paths";
import { ICON_PATHS } from "./icon-paths";
import s from "./marks.module.css";

/** A target: ring that fills, amber from three quarters on, red when over. `since` is when the clock started. */
export function Sla({ deadline, since, now }: { deadline: string; since: string | null; now: number }) {
  const end = Date.parse(deadline);
  const left = end - now;
  if (left <= 0) {
    return (
      <span className={`${s.sla} ${s.over}`}>
        <Icon name="alarm" size="xs" />
        {t("sla.over", { time: duration(-left, 0) })}
      </span>
    );
  }
  const start = since ? Date.parse(since) : end - 3_600_000;
  const used = Math.min(99, Math.max(2, ((now - start) / Math.max(1, end - start)) * 100));
  const soon = used >= 75;
  return (
    <span className={`${s.sla} ${soon ? s.soon : s.ok}`}>
      <span className={s.fuse} style={{ "--p": Math.round(used) } as React.CSSProperties} />
      {left >= 3_600_000 ? duration(left) : t("sla.left", { time: duration(left, 60_000) })}
    </span>
  );
}

export function Paused({ until }: { until: string | null }) {
  return (
    <span className={`${s.sla} ${s.paused}`}>
      <Icon name={until ? "moon" : "pause"} size="xs" />
      {until ? t("sla.snoozedTo", { time: clock(until) }) : t("sla.untilReply")}
    </span>
  );
}

const KINDS: Record<string, { icon: IconName; label: Key }> = {
  direct: { icon: "bubble", label: "kind.direct" },
  group: { icon: "group", label: "kind.group" },
  chat: { icon: "chat", label: "kind.chat" },
  mail: { icon: "mail", label: "kind.mail" },
  comment: { icon: "comment", label: "kind.comment" },
  mention: { icon: "at", label: "kind.mention" },
  review: { icon: "star", label: "kind.review" },
};

export const KIND_NAMES = Object.keys(KINDS);

export function kindLabel(kind: string): string {
  const known = KINDS[kind];
  return known ? t(known.label) : kind;
}

export function kindIcon(kind: string): IconName {
  return KINDS[kind]?.icon ?? "bubble";
}

/** Glyph and word; public kinds in the public colour. `also`: a private thread goes with it. */
export function Kind({ kind, isPublic, also }: { kind: string; isPublic: boolean; also?: boolean }) {
  return (
    <span className={`${s.kind} ${isPublic ? s.public : ""}`}>
      <Icon name={kindIcon(kind)} size="m" />
      <span className="clip">{kindLabel(kind)}</span>
      {also && (
        <>
          {" + "}
          <Icon name="lock" size="m" label={t("audience.private")} />
        </>
      )}
    </span>
  );
}

const STARS = [1, 2, 3, 4, 5];

export function Stars({ rating, large }: { rating: number; large?: boolean }) {
  return (
    <span className={`${s.stars} ${large ? s.large : ""}`} role="img" aria-label={t("stars", { n: rating })}>
      {STARS.map((n) => (
        <svg key={n} viewBox="0 0 16 16" className={n > rating ? s.empty : ""} aria-hidden>
          <path d={ICON_PATHS.star} />
        </svg>
      ))}
    </span>
  );
}

const PALETTE: Record<string, string> = {
  grey: "#7d7f80",
  red: "#b8261c",
  amber: "#c9862b",
  green: "#3f9a66",
  petrol: "#3f8b9d",
  blue: "#2a6fd6",
  violet: "#5546bf",
  plum: "#c2568f",
};
export const TAG_COLOURS = Object.keys(PALETTE);

export function tagColour(colour: string): string {
  return PALETTE[colour] ?? "var(--border-strong)";
}

export function Tag({ name, colour }: { name: string; colour: string }) {
  return (
    <span className={s.tag} style={{ "--c": tagColour(colour) } as React.CSSProperties}>
      {name}
    </span>
  );
}

interface Words {
  icon: IconName;
  text: string;
  tone?: "bad" | "unsure" | "seen";
}

/** Held for longer than this, the instant says more than the time left. */
const LATER_MS = 10 * 60_000;

/** What became of something we sent, in words. */
export function deliveryWords(delivery: DeliveryShape, isPublic: boolean, network: string, now: number): Words {
  switch (delivery.state) {
    case "held": {
      if (delivery.reason === "approval") return { icon: "checks", text: t("delivery.approval"), tone: "unsure" };
      const left = delivery.until ? Date.parse(delivery.until) - now : 0;
      if (delivery.until && left > LATER_MS) {
        return { icon: "cal", text: t("delivery.later", { time: shortDate(delivery.until, now) }) };
      }
      return {
        icon: "undo",
        text: left > 0 ? t("delivery.held", { time: duration(left, 3_600_000) }) : t("delivery.queued"),
      };
    }
    case "queued":
      return { icon: "clock", text: t("delivery.queued") };
    case "sending":
      return { icon: "clock", text: t("delivery.sending") };
    case "pending":
      return { icon: "hourglass", text: t("delivery.pending", { network }), tone: "unsure" };
    case "accepted":
      return isPublic
        ? { icon: "globe", text: t("delivery.shown", { network }) }
        : { icon: "check", text: t("delivery.accepted") };
    case "delivered":
      return { icon: "checks", text: t("delivery.delivered") };
    case "read":
      return { icon: "eye", text: t("delivery.read", { time: clock(delivery.at) }), tone: "seen" };
    case "refused":
      return { icon: "xcircle", text: t("delivery.refused"), tone: "bad" };
    case "expired":
      return { icon: "xcircle", text: t("delivery.expired"), tone: "bad" };
    case "unknown":
      return { icon: "unknown", text: t("delivery.unknown"), tone: "unsure" };
    case "cancelled":
      return { icon: "undo", text: t("delivery.cancelled") };
  }
}

export function Delivery(props: { delivery: DeliveryShape; isPublic: boolean; network: string; now: number }) {
  const { icon, text, tone } = deliveryWords(props.delivery, props.isPublic, props.network, props.now);
  return (
    <span className={`${s.deliv} ${tone ? s[tone] : ""}`}>
      <Icon name={icon} size="m" />
      {text}
    </span>
  );
}

export const Dots = () => (
  <span className={s.dots} aria-hidden>
    <i />
    <i />
    <i />
  </span>
);

export const marks = s;
