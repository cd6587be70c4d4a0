import { t } from "../text/i18n";

interface Props {
  id: string;
  value: string;
  change: (value: string) => void;
  maxLength: number;
}

/** A few words on why something is done, which nobody has to give. */
export function Reason({ id, value, change, maxLength }: Props) {
  return (
    <div className="field">
      <label htmlFor={id}>
        {t("moderate.why")} <span className="muted">{t("optional")}</span>
      </label>
      <textarea
        id={id}
        className="input"
        rows={2}
        maxLength={maxLength}
        dir="auto"
        value={value}
        onChange={(event) => change(event.target.value)}
      />
    </div>
  );
}
