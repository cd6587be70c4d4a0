import { useCallback, useEffect, useRef, useState } from "react";
import { Secret } from "../signin/secret";
import { t } from "../text/i18n";
import { useCore } from "../ui/use-core";
import { CopyLine, useAsk, Wrong } from "./page";
import { QrCode } from "./qr";
import s from "./settings.module.css";

interface State {
  on: boolean;
  recovery_codes_left: number;
}

/** The second step of signing in: a secret for an authenticator app, confirmed by its first code. */
export function TwoFactor() {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [setup, setSetup] = useState<{ secret: string; uri: string } | null>(null);
  const [code, setCode] = useState("");
  const [recovery, setRecovery] = useState<readonly string[] | null>(null);
  const [password, setPassword] = useState("");
  // Null until the server has said so: then either can be tried.
  const [known, setKnown] = useState<State | null>(null);
  const look = useCallback(() => core.api.get<State>("/totp").then(setKnown, () => {}), [core]);
  useEffect(() => void look(), [look]);
  // What was pressed is gone: the reader goes on where it led him.
  const field = useRef<HTMLInputElement>(null);
  const codes = useRef<HTMLDivElement>(null);
  useEffect(() => (setup ? field : recovery ? codes : null)?.current?.focus(), [setup, recovery]);
  const begin = () =>
    ask(() => core.api.post<{ secret: string; uri: string }>("/totp")).then((answer) => answer && setSetup(answer));
  const confirm = async () => {
    const answer = await ask(() =>
      core.api.post<{ recovery_codes: string[] }>("/totp/confirm", { code: code.replace(/\s/g, "") }),
    );
    if (!answer) return;
    setRecovery(answer.recovery_codes);
    setSetup(null);
    setCode("");
    await look();
  };
  const off = () =>
    ask(async () => {
      await core.api.delete("/totp", { password });
      setPassword("");
      setRecovery(null);
      core.toast(t("totp.isOff"));
      await look();
    });
  return (
    <div className={`${s.panel} ${s.narrow}`}>
      <div className={s.block}>
        <h2>{t("totp.title")}</h2>
        <p className="small muted">{t("totp.text")}</p>
        <Wrong text={wrong} />
        {known?.on && !recovery && <p className="small">{t("totp.left", { n: known.recovery_codes_left })}</p>}
        {recovery && (
          <>
            <div ref={codes} tabIndex={-1} className="banner ok small">
              {t("totp.recovery")}
            </div>
            <CopyLine text={recovery.join("   ")} label={t("totp.codes")} whole />
          </>
        )}
        {setup ? (
          <form
            style={{ display: "grid", gap: 12 }}
            onSubmit={(event) => {
              event.preventDefault();
              void confirm();
            }}
          >
            <p className="small">{t("totp.scan")}</p>
            <QrCode text={setup.uri} label={t("totp.qr")} />
            <CopyLine text={setup.secret} label={t("totp.secret")} whole />
            <a href={setup.uri} className="small">
              {t("totp.open")}
            </a>
            <div className="field">
              <label htmlFor="totp-code">{t("sign.codeLabel")}</label>
              <input
                ref={field}
                id="totp-code"
                className="input num"
                inputMode="numeric"
                autoComplete="one-time-code"
                required
                value={code}
                onChange={(event) => setCode(event.target.value)}
              />
            </div>
            <div>
              <button type="submit" className="btn primary" disabled={busy}>
                {t("totp.confirm")}
              </button>
            </div>
          </form>
        ) : (
          <div className="flex wrap">
            {!known?.on && (
              <button type="button" className="btn" disabled={busy} onClick={() => void begin()}>
                {t("totp.on")}
              </button>
            )}
            {known?.on !== false && (
              <details>
                <summary className="small muted">{t("totp.off")}</summary>
                <form
                  className="flex"
                  style={{ marginTop: 8 }}
                  onSubmit={(event) => {
                    event.preventDefault();
                    void off();
                  }}
                >
                  <label className="sr" htmlFor="totp-password">
                    {t("sign.password")}
                  </label>
                  <Secret id="totp-password" value={password} change={setPassword} />
                  <button type="submit" className="btn danger-quiet" disabled={busy || !password}>
                    {t("totp.off")}
                  </button>
                </form>
              </details>
            )}
          </div>
        )}
      </div>
    </div>
  );
}
