import type { CannedShape } from "../protocol/types.generated";
import { LANGUAGES, t } from "../text/i18n";
import { Icon } from "../ui/icon";
import s from "./settings.module.css";

type Variant = CannedShape["variants"][number];

interface Props {
  variants: readonly Variant[];
  change: (variants: Variant[]) => void;
}

/** The same answer in other languages and for other audiences. */
export function Variants({ variants, change }: Props) {
  const put = (at: number, part: Partial<Variant>) =>
    change(variants.map((one, i) => (i === at ? { ...one, ...part } : one)));
  return (
    <fieldset className="field">
      <legend className="label">{t("variants.title")}</legend>
      <p className="hint">{t("variants.hint")}</p>
      {variants.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a variant has no name but its place
        <div key={at} className={s.variant}>
          <div className="flex">
            <select
              className="input"
              aria-label={t("canned.language")}
              value={one.language ?? ""}
              onChange={(event) => put(at, { language: event.target.value || null })}
            >
              <option value="">{t("canned.any")}</option>
              {Object.entries(LANGUAGES).map(([code, name]) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
            </select>
            <select
              className="input"
              aria-label={t("audience.label")}
              value={one.audience ?? ""}
              onChange={(event) => put(at, { audience: (event.target.value || null) as Variant["audience"] })}
            >
              <option value="">{t("variants.anyAudience")}</option>
              <option value="public">{t("audience.public")}</option>
              <option value="private">{t("audience.private")}</option>
            </select>
            <button
              type="button"
              className="btn ghost sm icon-only"
              aria-label={t("remove")}
              onClick={() => change(variants.filter((_, i) => i !== at))}
            >
              <Icon name="trash" />
            </button>
          </div>
          <textarea
            className="input"
            rows={4}
            required
            dir="auto"
            aria-label={t("canned.text")}
            value={one.text}
            onChange={(event) => put(at, { text: event.target.value })}
          />
        </div>
      ))}
      <button
        type="button"
        className="btn sm"
        onClick={() => change([...variants, { text: "", language: null, audience: null }])}
      >
        <Icon name="plus" size="s" />
        {t("variants.add")}
      </button>
    </fieldset>
  );
}
