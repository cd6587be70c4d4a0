/** Words of answers to choose from, loaded with the part that says them (later.ts). */

import { wordsOf } from "../later";

export const optionWords = wordsOf({
  en: () => import("./en"),
  el: () => import("./el"),
  id: () => import("./id"),
  hy: () => import("./hy"),
  fi: () => import("./fi"),
  de: () => import("./de"),
});
