/** Two people change the same thing: what I changed stays mine, the rest is as it is now. */

export interface Joined<T> {
  draft: T;
  /** What both changed, to something else each: mine stands in the draft. */
  both: (keyof T)[];
}

/** `base`: as I opened it; `mine`: what I made of it; `theirs`: what it became meanwhile. */
export function joined<T extends object>(base: T, mine: T, theirs: T): Joined<T> {
  const draft = { ...theirs };
  const both: (keyof T)[] = [];
  for (const name of Object.keys(base) as (keyof T)[]) {
    if (same(base[name], mine[name])) continue;
    draft[name] = mine[name];
    if (!same(base[name], theirs[name]) && !same(mine[name], theirs[name])) both.push(name);
  }
  return { draft, both };
}

/** The fields in which two differ, with the values of the second. */
export function changes<T extends object>(base: T, mine: T): Partial<T> {
  const names = (Object.keys(mine) as (keyof T)[]).filter((name) => !same(base[name], mine[name]));
  return Object.fromEntries(names.map((name) => [name, mine[name]])) as Partial<T>;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
