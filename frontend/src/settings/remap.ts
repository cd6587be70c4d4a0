/** Which key another command may have. Commands that share a key by design (close and reopen) go together. */

import { COMMANDS, type Command, type Group, keysOf, meet } from "../commands/registry";

type Chosen = Readonly<Record<string, string>>;

/** Commands that a person can give another key, those with one key together, in the order of the registry. */
export function remappable(group: Group): (readonly Command[])[] {
  const own = COMMANDS.filter((one) => one.group === group && !one.whileTyping);
  const heads = own.filter((one, i) => !one.keys[0] || own.findIndex((other) => other.keys[0] === one.keys[0]) === i);
  return heads.map((head) => together(head));
}

function together(command: Command): readonly Command[] {
  const key = command.keys[0];
  return key ? COMMANDS.filter((one) => one.keys[0] === key && meet(one, command)) : [command];
}

/** A single key: a letter with Shift or without, a digit or a sign. */
export const isSingle = (key: string): boolean => /^(Shift\+)?[a-z]$|^[!-~]$/.test(key) && key !== "+";

/** Commands that answer to the key now, or begin with it, other than these. */
export function takenBy(key: string, commands: readonly Command[]): Command[] {
  return COMMANDS.filter(
    (one) =>
      !commands.includes(one) &&
      commands.some((wanting) => meet(one, wanting)) &&
      keysOf(one).some((keys) => keys === key || keys.startsWith(`${key} `)),
  );
}

/** What is chosen once the commands have the key, and nobody else has it; an empty key is none. */
export function withKey(chosen: Chosen, commands: readonly Command[], key: string): Record<string, string> {
  const next = { ...chosen };
  if (key) {
    for (const other of takenBy(key, commands)) {
      const rest = keysOf(other).filter((keys) => keys !== key && !keys.startsWith(`${key} `));
      next[other.id] = rest[0] ?? "";
    }
  }
  for (const one of commands) next[one.id] = key;
  return next;
}

/** As usual again; whoever has the usual key by choice gives it back. */
export function asUsual(chosen: Chosen, commands: readonly Command[]): Record<string, string> {
  const keys = new Set(commands.flatMap((one) => one.keys));
  const left = Object.entries(chosen).filter(([id, key]) => !commands.some((one) => one.id === id) && !keys.has(key));
  return Object.fromEntries(left);
}
