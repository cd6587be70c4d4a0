import { useEffect, useState } from "react";
import type { RuleDraftShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore } from "../ui/use-core";
import { fromPreset } from "./rule-parts";
import { Sentence, useNamed } from "./rule-sentence";
import s from "./rules.module.css";

// biome-ignore format: a word list
const PRESETS = [
  "low_star_review", "vip", "angry_message", "crisis", "out_of_hours", "hide_abuse", "detractor", "close_after_silence",
] as const;

/** In the reader's language; the server's own name for one that is new. */
export function presetName(preset: RuleDraftShape): string {
  const known = PRESETS.find((one) => one === preset.key);
  return known ? t(`rules.preset.${known}`) : preset.name;
}

export function usePresets(): readonly RuleDraftShape[] | null {
  const core = useCore();
  const [presets, setPresets] = useState<readonly RuleDraftShape[] | null>(null);
  useEffect(() => {
    // Without them one begins with an empty rule.
    core.api.get<RuleDraftShape[]>("/rules/presets").then(setPresets, () => setPresets([]));
  }, [core]);
  return presets;
}

/** Rules to begin with, each as the sentence it says, and an empty one. */
export function Gallery() {
  const presets = usePresets();
  const named = useNamed();
  if (!presets) return null;
  return (
    <section className={s.gallery} aria-label={t("rules.begin")}>
      {presets.map((one) => (
        <Link key={one.key} className={s.preset} to={{ page: "settings", section: "rules", item: `new-${one.key}` }}>
          <span className="strong">{presetName(one)}</span>
          <Sentence rule={fromPreset(one, "")} named={named} />
        </Link>
      ))}
      <Link className={`${s.preset} ${s.blank}`} to={{ page: "settings", section: "rules", item: "new-blank" }}>
        <Icon name="plus" />
        {t("rules.blank")}
      </Link>
    </section>
  );
}
