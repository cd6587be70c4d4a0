/** Words of the reports, loaded with the part that says them (later.ts). */

import { wordsOf } from "../later";

export const reportWords = wordsOf({
  en: () => import("./en"),
  el: () => import("./el"),
  id: () => import("./id"),
  hy: () => import("./hy"),
  fi: () => import("./fi"),
  de: () => import("./de"),
});
