import type { ChannelShape } from "../protocol/types.generated";
import { type AnyKey, t } from "../text/i18n";

const WHY: Readonly<Record<string, AnyKey>> = {
  throttled: "health.why.throttled",
  unreachable: "health.why.unreachable",
  reauth: "health.why.reauth",
  recipient_gone: "health.why.gone",
  revoked: "health.why.revoked",
  disconnected: "health.why.disconnected",
  fault: "health.why.fault",
};
/** Where the code says all there is to say. */
const WHOLE = new Set(["disconnected"]);

type Sick = Pick<ChannelShape, "health_code" | "health_reason">;

/** Why a channel does not work and what to do, in the language of the interface; empty where nothing is said. */
export function healthWords({ health_code, health_reason }: Sick): string {
  return health_code ? t(WHY[health_code] ?? "health.why.rejected") : health_reason;
}

/** The same, and below it what the network said, as it said it. */
export function HealthWhy({ channel }: { channel: Sick }) {
  const { health_code, health_reason } = channel;
  const quoted = health_code && !WHOLE.has(health_code) && health_reason;
  return (
    <span>
      {healthWords(channel)}
      {quoted && (
        <span className="tiny muted" style={{ display: "block" }} dir="auto">
          {t("health.why.says", { words: quoted })}
        </span>
      )}
    </span>
  );
}
