/** What networks ask for and allow, loaded with the manifests (later.ts). */

import { wordsOf } from "../later";

export const networkWords = wordsOf({
  en: () => import("./en"),
  el: () => import("./el"),
  id: () => import("./id"),
  hy: () => import("./hy"),
  fi: () => import("./fi"),
  de: () => import("./de"),
});
