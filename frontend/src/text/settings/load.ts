/** Words of the settings, loaded with them (later.ts). */

import { wordsOf } from "../later";

export const settingWords = wordsOf({
  en: () => import("./en"),
  el: () => import("./el"),
  id: () => import("./id"),
  hy: () => import("./hy"),
  fi: () => import("./fi"),
  de: () => import("./de"),
});
