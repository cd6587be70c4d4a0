/**
 * A language nobody speaks: English written from right to left, to see that the layout turns round as a whole and that
 * no words stand in the code. Chosen by its name in the stored look ("qps-plocm"), never offered.
 */

import { type Catalogue, en } from "./en";

const OVERRIDE = "\u202e";
const END = "\u202c";

/** The same messages from right to left. */
export const mirrored = <K extends string>(words: Readonly<Record<K, string>>) =>
  Object.fromEntries(
    Object.entries(words).map(([key, message]) => [key, `${OVERRIDE}${message}${END}`]),
  ) as unknown as Readonly<Record<K, string>>;

export const catalogue: Catalogue = mirrored(en);
