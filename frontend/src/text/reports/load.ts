/** Words of the reports, loaded with the part that says them (later.ts). */

import { wordsOf } from "../later";
import type { words as english } from "./en";

export type ReportKey = keyof typeof english;
export type ReportWords = Readonly<Record<ReportKey, string>>;

export const reportWords = wordsOf({
  en: () => import("./en"),
  el: () => import("./el"),
  id: () => import("./id"),
  hy: () => import("./hy"),
  fi: () => import("./fi"),
  de: () => import("./de"),
});
