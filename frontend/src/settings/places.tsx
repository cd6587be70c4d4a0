import { t } from "../text/i18n";
import { PLACES } from "../text/variables";

/** The places that are filled in when the words are used. */
export function Places() {
  return (
    <p className="hint small">
      {t("places.hint")}{" "}
      {PLACES.map((place) => (
        <code key={place} className="mono tiny" style={{ marginInlineEnd: 6 }}>
          {`{${place}}`}
        </code>
      ))}
      <code className="mono tiny">{t("places.example")}</code>
    </p>
  );
}
