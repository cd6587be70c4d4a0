import { type FormEvent, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { Session } from "../core";
import { ApiError } from "../http/api";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useCore, useDesk } from "../ui/use-core";
import { CodeField } from "./code-field";
import { SignFrame } from "./frame";
import { Secret } from "./secret";
import s from "./sign-in.module.css";

interface Account {
  role: string;
  email: string;
  password: string;
}

export function SignIn() {
  const core = useCore();
  const signedOut = useDesk((desk) => desk.signedOut);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [step, setStep] = useState<"password" | "code" | "forgot" | "sent">("password");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const enter = async (account: { email: string; password: string; code?: string }) => {
    setBusy(true);
    setWrong(null);
    try {
      core.signedIn(await core.api.post<Session>("/session", account));
    } catch (error) {
      if (error instanceof ApiError && error.code === "code_required" && step !== "code") setStep("code");
      else if (error instanceof ApiError && error.status === 401)
        setWrong(t(step === "code" ? "sign.wrongCode" : "sign.wrong"));
      else setWrong(reason(error));
    } finally {
      setBusy(false);
    }
  };
  const turnTo = (next: typeof step) => {
    setWrong(null);
    setStep(next);
  };
  const sendLink = async () => {
    setWrong(null);
    try {
      await core.api.post("/password-reset", { email });
      setStep("sent");
    } catch (error) {
      setWrong(reason(error));
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (step === "password") return enter({ email, password });
    if (step === "code") return enter({ email, password, code: code.replace(/\s/g, "") });
    return sendLink();
  };

  const title =
    step === "code" ? t("sign.code") : step === "forgot" || step === "sent" ? t("sign.reset") : t("sign.title");
  return (
    <SignFrame>
      <form className={s.form} onSubmit={submit}>
        <h1>{title}</h1>
        {signedOut && <Note tone="info">{t(signedOut === "revoked" ? "sign.revoked" : "sign.ended")}</Note>}
        {location.protocol === "http:" && step === "password" && (
          <Note tone="warn" icon="lock">
            {t("sign.notEncrypted")}
          </Note>
        )}
        {wrong && (
          <div className="banner bad small" role="alert">
            <Icon name="warn" size="s" />
            {wrong}
          </div>
        )}
        {step === "sent" ? (
          <Note tone="info">{t("sign.resetSent")}</Note>
        ) : (
          // Each step is new to the page, so that its first field has the focus.
          <Fields
            key={step}
            step={step}
            email={email}
            setEmail={setEmail}
            password={password}
            setPassword={setPassword}
            code={code}
            setCode={setCode}
            forgot={() => turnTo("forgot")}
          />
        )}
        {step !== "sent" && (
          <button type="submit" className="btn primary" disabled={busy}>
            {step === "forgot" ? t("sign.sendLink") : t("sign.in")}
            <kbd>↵</kbd>
          </button>
        )}
        {step !== "password" && (
          <button
            key={`back from ${step}`}
            type="button"
            className="btn ghost"
            autoFocus={step === "sent"}
            onClick={() => turnTo("password")}
          >
            {t("back")}
          </button>
        )}
        {step === "password" && <SandboxAccounts enter={enter} />}
      </form>
    </SignFrame>
  );
}

function Note({ tone, icon, children }: { tone: "warn" | "info"; icon?: "lock"; children: React.ReactNode }) {
  return (
    <div className={`banner ${tone} small`} role="status">
      <Icon name={icon ?? "key"} size="s" />
      <span>{children}</span>
    </div>
  );
}

interface FieldsProps {
  step: "password" | "code" | "forgot";
  email: string;
  setEmail: (value: string) => void;
  password: string;
  setPassword: (value: string) => void;
  code: string;
  setCode: (value: string) => void;
  forgot: () => void;
}

function Fields(props: FieldsProps) {
  if (props.step === "code") {
    return <CodeField code={props.code} change={props.setCode} />;
  }
  return (
    <>
      <div className="field">
        <label htmlFor="email">{t("sign.email")}</label>
        <input
          id="email"
          className="input"
          type="email"
          autoComplete="username"
          autoFocus
          required
          value={props.email}
          onChange={(e) => props.setEmail(e.target.value)}
        />
      </div>
      {props.step === "password" && (
        <div className="field">
          <span className="flex">
            <label htmlFor="password" className="grow">
              {t("sign.password")}
            </label>
            <button
              type="button"
              style={{ color: "var(--accent-text)", fontWeight: "var(--weight-regular)" }}
              onClick={props.forgot}
            >
              {t("sign.forgot")}
            </button>
          </span>
          <Secret id="password" value={props.password} change={props.setPassword} />
        </div>
      )}
    </>
  );
}

/** Only a sandbox tells its accounts; anywhere else the address answers 404 and nothing is shown. */
function SandboxAccounts({ enter }: { enter: (account: { email: string; password: string }) => void }) {
  const core = useCore();
  const [accounts, setAccounts] = useState<Account[]>([]);
  useEffect(() => {
    core.api
      .get<{ items: Account[] }>("/sandbox/accounts")
      .then((answer) => setAccounts(answer.items))
      .catch(() => {});
  }, [core]);
  if (!accounts.length) return null;
  return (
    <div className={s.sand}>
      <div className="small strong flex">
        <Icon name="server" size="s" />
        {t("sign.sandbox")}
      </div>
      {accounts.map((account) => (
        <button
          key={account.email}
          type="button"
          className={s.sandrow}
          onClick={() => enter({ email: account.email, password: account.password })}
        >
          <b>{account.role}</b>
          <span className="muted clip grow">{account.email}</span>
          <Icon name="aright" size="s" />
        </button>
      ))}
    </div>
  );
}
