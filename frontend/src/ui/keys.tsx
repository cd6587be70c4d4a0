import { BY_ID } from "../commands/registry";
import { keyCaps } from "../keyboard/dispatch";
import { t } from "../text/i18n";
import { IS_MAC } from "./use-core";

/** The first key of a command as caps; nothing where it has none. */
export function Keys({ command }: { command: string }) {
  const keys = BY_ID[command]?.keys[0];
  if (!keys) return null;
  return keyCaps(keys, IS_MAC).map((cap) => <kbd key={cap}>{cap}</kbd>);
}

/** "Close  E": what a tooltip of a button says. */
export function titleOf(command: string): string {
  const known = BY_ID[command];
  if (!known) return "";
  const keys = known.keys[0];
  return keys ? `${t(known.label)}  ${keyCaps(keys, IS_MAC).join(" ")}` : t(known.label);
}
