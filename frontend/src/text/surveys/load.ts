/** Words of surveys, loaded with the part that says them (later.ts). */

import { wordsOf } from "../later";
import type { words as english } from "./en";

export type SurveyKey = keyof typeof english;
export type SurveyWords = Readonly<Record<SurveyKey, string>>;

export const surveyWords = wordsOf({
  en: () => import("./en"),
  el: () => import("./el"),
  id: () => import("./id"),
  hy: () => import("./hy"),
  fi: () => import("./fi"),
  de: () => import("./de"),
});
