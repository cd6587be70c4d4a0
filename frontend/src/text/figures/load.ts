/** Words of all the figures, loaded with their page (later.ts). */

import { wordsOf } from "../later";

export const figureWords = wordsOf({
  en: () => import("./en"),
  el: () => import("./el"),
  id: () => import("./id"),
  hy: () => import("./hy"),
  fi: () => import("./fi"),
  de: () => import("./de"),
});
