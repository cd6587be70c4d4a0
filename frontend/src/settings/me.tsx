import { useEffect, useState } from "react";
import { Secret } from "../signin/secret";
import { t } from "../text/i18n";
import { shortDate } from "../text/time";
import { AgentFace } from "../ui/face";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore, useNow, useSelect } from "../ui/use-core";
import { deviceOf } from "./device";
import { Page, useAsk, Wrong } from "./page";
import s from "./settings.module.css";
import { TwoFactor } from "./two-factor";

interface SessionItem {
  id: string;
  created_at: string;
  last_seen_at: string;
  user_agent: string;
  ip: string;
  current: boolean;
}

export function MePage() {
  const me = useSelect((state) => state.me?.agent);
  if (!me) return null;
  return (
    <Page
      title={t("settings.me")}
      detail={me.email}
      action={
        <Link className="btn" to={{ page: "my-day" }}>
          <Icon name="sun" size="s" />
          {t("nav.myDay")}
        </Link>
      }
    >
      <div className={`${s.panel} ${s.narrow}`}>
        <div className={s.block}>
          <div className="flex" style={{ gap: 12 }}>
            <AgentFace id={me.id} size="lg" />
            <div>
              <div className="strong">{me.name}</div>
              <div className="small muted">{me.email}</div>
            </div>
          </div>
        </div>
      </div>
      <PasswordForm />
      <TwoFactor />
      <Sessions />
    </Page>
  );
}

function PasswordForm() {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const save = async () => {
    await ask(async () => {
      await core.api.post("/password", { current, new: next });
      setCurrent("");
      setNext("");
      core.toast(t("me.passwordChanged"));
    });
  };
  return (
    <div className={`${s.panel} ${s.narrow}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <h2 className="label">{t("me.password")}</h2>
        <Wrong text={wrong} />
        <div className={s.two}>
          <div className="field">
            <label htmlFor="current">{t("me.current")}</label>
            <Secret id="current" value={current} change={setCurrent} />
          </div>
          <div className="field">
            <label htmlFor="next">{t("link.password")}</label>
            <Secret id="next" value={next} change={setNext} fresh />
          </div>
        </div>
        <div>
          <button type="submit" className="btn" disabled={busy || !current || !next}>
            {t("me.change")}
          </button>
        </div>
      </form>
    </div>
  );
}

function Sessions() {
  const core = useCore();
  const now = useNow(60_000);
  const { ask, wrong } = useAsk();
  const [sessions, setSessions] = useState<readonly SessionItem[]>([]);
  useEffect(() => {
    core.api
      .get<{ items: SessionItem[] }>("/sessions")
      .then((answer) => setSessions(answer.items))
      .catch(() => {});
  }, [core]);
  const end = (id: string) =>
    ask(async () => {
      await core.api.delete(`/sessions/${id}`);
      setSessions(sessions.filter((session) => session.id !== id));
    });
  return (
    <div className={`${s.panel} ${s.narrow}`}>
      <div className={s.block}>
        <h2>{t("me.sessions")}</h2>
        <Wrong text={wrong} />
        {sessions.map((session) => (
          <div key={session.id} className="flex">
            <span className="grow">
              <span className="clip" style={{ display: "block" }} title={session.user_agent}>
                {deviceOf(session.user_agent)}
              </span>
              <span className="tiny muted">
                {session.ip} · {t("me.seen", { time: shortDate(session.last_seen_at, now) })}
              </span>
            </span>
            {session.current ? (
              <span className="chip ok">{t("me.thisOne")}</span>
            ) : (
              <button type="button" className="btn sm" onClick={() => void end(session.id)}>
                {t("me.end")}
              </button>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}
