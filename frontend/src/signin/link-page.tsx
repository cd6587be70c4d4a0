import { type FormEvent, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { Session } from "../core";
import { ApiError } from "../http/api";
import { type Key, t } from "../text/i18n";
import { Link } from "../ui/link";
import { useCore, useDesk } from "../ui/use-core";
import { CodeField } from "./code-field";
import { SignFrame } from "./frame";
import { Secret } from "./secret";
import s from "./sign-in.module.css";

interface LinkInfo {
  kind: "first_admin" | "invitation" | "reset";
  /** Empty for the first admin, who gives it here. */
  email: string;
  name: string;
  /** The account has a second step: a mailbox alone must not let in. */
  needs_code?: boolean;
}

const TITLES: Record<LinkInfo["kind"], Key> = {
  first_admin: "link.firstAdmin",
  invitation: "link.invitation",
  reset: "link.reset",
};

/** What an invitation, a reset link and the first start lead to: choose a name and a password, then go on signed in. */
export default function LinkPage() {
  const core = useCore();
  const token = useDesk((desk) => (desk.route.page === "link" ? desk.route.token : ""));
  const [info, setInfo] = useState<LinkInfo | null>(null);
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    core.api
      .get<LinkInfo>(`/links/${encodeURIComponent(token)}`)
      .then((found) => {
        setInfo(found);
        setName(found.name);
        setAsksCode(found.needs_code === true);
      })
      .catch((error) => {
        const gone = error instanceof ApiError && (error.status === 404 || error.status === 410);
        setWrong(gone ? t("link.gone") : reason(error));
      });
  }, [core, token]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      const chosen = {
        password,
        ...(code ? { code } : {}),
        ...(info?.kind === "reset" ? {} : { name }),
        ...(info?.email ? {} : { email }),
      };
      core.signedIn(await core.api.post<Session>(`/links/${encodeURIComponent(token)}`, chosen));
    } catch (error) {
      const needed = error instanceof ApiError && error.code === "code_required";
      // Asked for the first time it is news, not a mistake: the field and its hint say it.
      setWrong(needed ? (code ? t("sign.wrongCode") : null) : reason(error));
      if (needed) setAsksCode(true);
    }
  };
  return (
    <SignFrame>
      <form className={s.form} onSubmit={submit}>
        <h1>{info ? t(TITLES[info.kind]) : t("app")}</h1>
        {wrong && (
          <div className="banner bad small" role="alert">
            {wrong}
          </div>
        )}
        {wrong && !info && (
          <Link to={{ page: "sign-in" }} className="btn">
            {t("sign.in")}
          </Link>
        )}
        {info && (
          <>
            {info.email ? (
              <p className="muted">{info.email}</p>
            ) : (
              <div className="field">
                <label htmlFor="email">{t("sign.email")}</label>
                <input
                  id="email"
                  className="input"
                  type="email"
                  autoComplete="username"
                  autoFocus
                  required
                  value={email}
                  onChange={(e) => setEmail(e.target.value)}
                />
              </div>
            )}
            {info.kind !== "reset" && (
              <div className="field">
                <label htmlFor="name">{t("link.name")}</label>
                <input
                  id="name"
                  className="input"
                  autoComplete="name"
                  autoFocus={info.email !== ""}
                  required
                  value={name}
                  onChange={(e) => setName(e.target.value)}
                />
              </div>
            )}
            <div className="field">
              <label htmlFor="new">{t("link.password")}</label>
              <Secret id="new" value={password} change={setPassword} fresh focused={info.kind === "reset"} />
              <span className="hint">{t("link.passwordHint")}</span>
            </div>
            {asksCode && <CodeField code={code} change={setCode} />}
            <button type="submit" className="btn primary">
              {t("link.go")}
              <kbd>↵</kbd>
            </button>
          </>
        )}
      </form>
    </SignFrame>
  );
}
