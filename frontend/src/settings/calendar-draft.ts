import type { CalendarShape } from "../protocol/types.generated";

/** What one writes of a calendar; the rest is the server's. */
export type CalendarDraft = Pick<
  CalendarShape,
  "name" | "zone" | "weekly" | "holidays" | "exceptions" | "workspace" | "team_ids" | "channel_ids"
>;

export function draftOf(calendar: CalendarDraft): CalendarDraft {
  const { name, zone, weekly, holidays, exceptions, workspace, team_ids, channel_ids } = calendar;
  return { name, zone, weekly, holidays, exceptions, workspace, team_ids, channel_ids };
}
