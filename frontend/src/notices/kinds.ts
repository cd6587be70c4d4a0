/** Kinds of notifications as they are drawn and sorted. Their words are `notify.kind.…`. */

import type { NotificationShape, PreferencesShape } from "../protocol/types.generated";
import { type Key, t } from "../text/i18n";
import type { IconName } from "../ui/icon-paths";

export type Kind = PreferencesShape["urgent"][number];
export type Way = "in_app" | "push" | "mail" | "sound";

export const WAYS: readonly Way[] = ["in_app", "sound", "push", "mail"];

const ICONS: Readonly<Record<Kind, IconName>> = {
  assigned: "user",
  mentioned: "at",
  message: "bubble",
  followed: "eye",
  team_new: "users",
  returned: "undo",
  target_warned: "hourglass",
  target_breached: "alarm",
  escalated: "flag",
  failed: "xcircle",
  review: "star",
  attention: "warn",
  work_review: "checks",
};

export const KINDS = Object.keys(ICONS) as Kind[];

/** Words that the service notes beside the kinds one can choose from, with what they are about. */
const OWN: Readonly<Record<string, IconName>> = { approval: "checks", sent_back: "undo", line_held_back: "xcircle" };

/** What colour says at a glance: something went wrong, or soon will. */
const TONES: Partial<Record<Kind, "bad" | "warn">> = {
  target_breached: "bad",
  escalated: "bad",
  failed: "bad",
  attention: "warn",
  target_warned: "warn",
  review: "warn",
};

export function kindOf(stored: string): Kind {
  return stored in ICONS ? (stored as Kind) : "attention";
}

/** By which ways a kind is told. */
export function waysOf(chosen: Pick<PreferencesShape, "ways">, kind: Kind): readonly Way[] {
  return chosen.ways[kind] ?? [];
}

export const iconOf = (stored: string): IconName => OWN[stored] ?? ICONS[kindOf(stored)];
export const toneOf = (stored: string) => TONES[stored === "line_held_back" ? "failed" : kindOf(stored)];

/** What a notification says beside its line: words of people as they are, the service's own in the reader's language. */
export const saysOf = (one: Pick<NotificationShape, "kind" | "text">): string =>
  one.kind in OWN ? t(`notify.says.${one.kind}` as Key) : one.text;

/** "Customer's message ×20", "Low rating ★ 1", "Escalation, level 2". */
export function lineOf(one: NotificationShape): string {
  const { what, stars, level } = one.data;
  if (what === "woken") return t("notify.woken");
  if (what === "taken") return t("notify.taken");
  if (one.kind === "work_review") return t(what === "answered" ? "notify.workAnswered" : "notify.workShared");
  if (one.kind.startsWith("mended_")) return t("notify.mended");
  const name = t((one.kind in OWN ? `notify.own.${one.kind}` : `notify.kind.${kindOf(one.kind)}`) as Key);
  if (typeof stars === "number") return `${name} ★ ${stars}`;
  if (typeof level === "number") return `${name}, ${t("chains.level", { n: level })}`;
  return one.count > 1 ? `${name} ×${one.count}` : name;
}
