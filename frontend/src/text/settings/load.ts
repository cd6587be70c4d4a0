/** Words of the settings, loaded with them (later.ts). */

import { wordsOf } from "../later";
import type { words as english } from "./en";

export type SettingKey = keyof typeof english;
export type SettingWords = Readonly<Record<SettingKey, string>>;

export const settingWords = wordsOf({
  en: () => import("./en"),
  el: () => import("./el"),
  id: () => import("./id"),
  hy: () => import("./hy"),
  fi: () => import("./fi"),
  de: () => import("./de"),
});
