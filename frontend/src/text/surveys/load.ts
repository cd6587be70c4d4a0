/** Words of surveys, loaded with the part that says them (later.ts). */

import { wordsOf } from "../later";

export const surveyWords = wordsOf({
  en: () => import("./en"),
  el: () => import("./el"),
  id: () => import("./id"),
  hy: () => import("./hy"),
  fi: () => import("./fi"),
  de: () => import("./de"),
});
