/** Whether nothing may ring now, by the agent's own quiet hours: for the sound of this window. The server holds back pushes. */

import type { PreferencesShape } from "../protocol/types.generated";
import type { Kind } from "./kinds";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

export function isQuiet(chosen: PreferencesShape, kind: Kind, now: number): boolean {
  const { quiet } = chosen;
  if (!quiet || (chosen.urgent_passes && chosen.urgent.includes(kind))) return false;
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: chosen.zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  const today = DAYS.indexOf(part("weekday"));
  const time = `${part("hour")}:${part("minute")}`;
  const yesterday = (today + 6) % 7;
  if (quiet.end > quiet.begin) return quiet.days.includes(today) && quiet.begin <= time && time < quiet.end;
  return (quiet.days.includes(today) && time >= quiet.begin) || (quiet.days.includes(yesterday) && time < quiet.end);
}
