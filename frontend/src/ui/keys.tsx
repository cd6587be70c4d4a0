import { BY_ID, keysOf } from "../commands/registry";
import { keyCaps } from "../keyboard/dispatch";
import { t } from "../text/i18n";
import { IS_MAC, useDesk } from "./use-core";

/** The first key of a command as caps; nothing where it has none. */
export function Keys({ command }: { command: string }) {
  useDesk((desk) => desk.own.keys);
  const known = BY_ID[command];
  const keys = known && keysOf(known)[0];
  if (!keys) return null;
  return keyCaps(keys, IS_MAC).map((cap) => <kbd key={cap}>{cap}</kbd>);
}

/** The same in words: "Shift T"; empty where it has none. */
export function capsOf(command: string): string {
  const known = BY_ID[command];
  const keys = known && keysOf(known)[0];
  return keys ? keyCaps(keys, IS_MAC).join(" ") : "";
}

/** "Close  E": what a tooltip of a button says. */
export function titleOf(command: string): string {
  const known = BY_ID[command];
  return known ? [t(known.label), capsOf(command)].filter(Boolean).join("  ") : "";
}
