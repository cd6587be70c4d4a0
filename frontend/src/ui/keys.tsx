import { BY_ID, type Command, keysOf } from "../commands/registry";
import { keyCaps } from "../keyboard/dispatch";
import { t } from "../text/i18n";
import { IS_MAC, useDesk } from "./use-core";

/** A key of a command as caps, the first where it has no `nth`; nothing where it has none. */
export function Keys({ command, nth = 0 }: { command: string; nth?: number }) {
  useDesk((desk) => desk.own.keys);
  const known = BY_ID[command];
  const keys = known && keyOf(known, nth);
  if (!keys) return null;
  return keyCaps(keys, IS_MAC).map((cap) => <kbd key={cap}>{cap}</kbd>);
}

const keyOf = (known: Command, nth: number) => keysOf(known)[nth] ?? keysOf(known)[0];

/** The same in words: "Shift T"; empty where it has none. */
export function capsOf(command: string, nth = 0): string {
  const known = BY_ID[command];
  const keys = known && keyOf(known, nth);
  return keys ? keyCaps(keys, IS_MAC).join(" ") : "";
}

/** "Close  E": what a tooltip of a button says. */
export function titleOf(command: string): string {
  const known = BY_ID[command];
  return known ? [t(known.label), capsOf(command)].filter(Boolean).join("  ") : "";
}
