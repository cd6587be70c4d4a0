import type { Mark } from "../../commands/registry";
import type { IconName } from "../../ui/icon-paths";

/** Shape and word say it, not colour. */
export const MARK_ICONS: Readonly<Record<Mark, IconName>> = { yes: "check", no: "x", not_applicable: "minus" };
