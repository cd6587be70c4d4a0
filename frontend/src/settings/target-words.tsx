import type { PolicyVersionShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { networkName } from "../text/network-names";
import { duration } from "../text/time";
import { kindLabel } from "../ui/marks";
import { useSelect } from "../ui/use-core";

const HOUR = 3600;

/** How long something lasts; business time in hours alone, for nobody agrees how many of them a day has. */
export function lasting(seconds: number, time: "business" | "calendar"): string {
  const hours = Math.floor(seconds / HOUR);
  if (time === "calendar" || hours < 24) return duration(seconds * 1000, 3_600_000);
  const minutes = Math.floor((seconds % HOUR) / 60);
  return [t("time.h", { h: hours }), minutes ? t("time.m", { m: minutes }) : ""].filter(Boolean).join(" ");
}

/** The same, or a dash where nothing is promised. */
export function Lasting({ seconds, time }: { seconds: number | null; time: "business" | "calendar" }) {
  return seconds ? lasting(seconds, time) : <span className="faint">–</span>;
}

/** For which conversations, in a line. */
export function Conditions({ policy }: { policy: Omit<PolicyVersionShape, "version" | "valid_from"> }) {
  const channels = useSelect((state) => state.channels);
  const tags = useSelect((state) => state.tags);
  const networks = new Map(Object.values(channels).map((one) => [one.network, networkName(one)]));
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
