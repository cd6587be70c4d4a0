import { t } from "../text/i18n";

/** The second step: a code of the authenticator app, or a recovery code. */
export function CodeField({ code, change }: { code: string; change: (code: string) => void }) {
  return (
    <div className="field">
      <label htmlFor="code">{t("sign.codeLabel")}</label>
      <input
        id="code"
        className="input num"
        inputMode="numeric"
        autoComplete="one-time-code"
        autoFocus
        required
        aria-describedby="code-hint"
        value={code}
        onChange={(event) => change(event.target.value)}
      />
      <span id="code-hint" className="hint">
        {t("sign.codeHint")}
      </span>
    </div>
  );
}
