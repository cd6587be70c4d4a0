import type { ReportLine } from "../../protocol/types.generated";
import { type AnyKey, languageName, t } from "../../text/i18n";
import { networkName } from "../../text/network-names";
import { hourName, weekdayName } from "../../text/time";
import { AgentFace, NetworkBadge } from "../../ui/face";
import { kindLabel } from "../../ui/marks";
import { useSelect } from "../../ui/use-core";
import type { Group } from "./ask";
import { dayName } from "./charts";

/** What lines can be of, in words. */
export const GROUP_WORDS: Record<Group, AnyKey> = {
  team: "filter.team",
  channel: "filter.channel",
  network: "filter.network",
  kind: "filter.kind",
  agent: "figures.by.agent",
  owner: "filter.assignee",
  tag: "filter.tag",
  campaign: "filter.campaign",
  language: "filter.language",
  rating: "filter.rating",
  post: "filter.post",
  location: "reviews.place",
  brand: "figures.by.brand",
  day: "reports.day",
  week: "reviews.week",
  weekday: "figures.by.weekday",
  hour: "reports.hour",
};

interface ChooseProps {
  groups: readonly Group[];
  by: Group;
  choose: (by: Group) => void;
}

/** By what lines are grouped; nothing to see where there is no choice. */
export function ChooseGroup({ groups, by, choose }: ChooseProps) {
  if (groups.length < 2) return null;
  return (
    <select
      className="input"
      style={{ width: "auto" }}
      aria-label={t("reports.groupedBy")}
      value={by}
      onChange={(event) => choose(groups.find((one) => one === event.target.value) ?? by)}
    >
      {groups.map((one) => (
        <option key={one} value={one}>
          {t(GROUP_WORDS[one])}
        </option>
      ))}
    </select>
  );
}

/** What a line of a report is of, by its name and mark. */
export function PartName({ by, line }: { by: Group; line: ReportLine }) {
  const key = line.key[by] ?? "";
  const channel = useSelect((state) => (by === "channel" ? state.channels[key] : undefined));
  const ofNetwork = useSelect((state) =>
    networkName(Object.values(state.channels).find((one) => by === "network" && one.network === key)),
  );
  if (key === "none") return <span className="muted">{t("reports.noneOf")}</span>;
  const name = ofNetwork ?? saidOf(by, key, line.name[by] || key);
  const network = by === "network" ? key : channel?.network;
  return (
    <span className="flex">
      {network && <NetworkBadge network={network} channelId={channel?.id} />}
      {(by === "agent" || by === "owner") && <AgentFace id={key} />}
      <bdi className="clip" title={name}>
        {name}
      </bdi>
    </span>
  );
}

/** A group in the reader's words; people's own names as they are. */
function saidOf(by: Group, key: string, name: string): string {
  switch (by) {
    case "kind":
      return kindLabel(key);
    case "language":
      return languageName(key);
    case "rating":
      return t("stars", { n: Number(key) });
    case "day":
    case "week":
      return dayName(key);
    case "weekday":
      return weekdayName(Number(key), "long");
    case "hour":
      return hourName(Number(key));
    default:
      return name;
  }
}
