import { useEffect, useState } from "react";
import { type Manifest, useManifests } from "../../settings/manifests";
import { t } from "../../text/i18n";
import { NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { useCore, useDesk, useSelect } from "../../ui/use-core";
import { arrange } from "./own";
import s from "./start.module.css";

/** Name of the card, and of the mark that an admin has begun with an empty installation. */
export const FIRST_RUN = "first-run";
const SANDBOX_COMMAND = "make run";

/** What an empty installation needs before anybody can be answered; each step is done when it is so. */
export function Guide() {
  const core = useCore();
  const connected = useSelect((state) => Object.values(state.channels).some((channel) => channel.active));
  const colleagues = useSelect((state) => Object.values(state.agents).filter((agent) => agent.active).length > 1);
  const open = useHours();
  const begun = useDesk((desk) => !desk.own.loaded || desk.own.done.includes(FIRST_RUN));
  useEffect(() => {
    if (!begun && !connected) void arrange(core, { done: [FIRST_RUN] });
  }, [core, begun, connected]);
  const first = [connected, colleagues, open].indexOf(false);
  return (
    <>
      <header className={s.head}>
        <h2>{t("cmd.firstSteps")}</h2>
      </header>
      <p className="small muted">{t("first.lead")}</p>
      <ol className={s.steps}>
        <Step title={t("first.channel")} text={t("first.channelText")} done={connected} current={first === 0}>
          {!connected && <Tiles />}
        </Step>
        <Step title={t("first.colleague")} text={t("first.colleagueText")} done={colleagues} current={first === 1}>
          <Link className="btn sm" to={{ page: "settings", section: "agents" }}>
            {t("first.colleagueGo")}
          </Link>
        </Step>
        <Step title={t("first.hours")} text={t("first.hoursText")} done={open} current={first === 2}>
          <Link className="btn sm" to={{ page: "settings", section: "calendars" }}>
            {t("first.hoursGo")}
          </Link>
        </Step>
      </ol>
    </>
  );
}

/** Whether there is a calendar. Looked at again whenever somebody has changed something in the house. */
function useHours(): boolean {
  const core = useCore();
  const [open, setOpen] = useState(false);
  const position = useSelect((state) => state.position);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another position is the sign that something was changed
  useEffect(() => {
    if (open) return;
    core.api
      .get<{ items: unknown[] }>("/calendars")
      .then(({ items }) => setOpen(items.length > 0))
      .catch(() => {});
  }, [core, open, position]);
  return open;
}

/** The networks one can connect, and the way to look around without any. */
function Tiles() {
  const core = useCore();
  const { manifests } = useManifests();
  return (
    <>
      <div className={s.tiles}>
        {manifests?.map((one: Manifest) => (
          <Link
            key={one.network}
            className="btn"
            to={{ page: "settings", section: "channels", item: one.network }}
            onClick={() => core.show({ sheet: null })}
          >
            <NetworkBadge network={one.network} />
            <span className="clip">{one.name}</span>
          </Link>
        ))}
      </div>
      <p className="small muted">
        {t("first.sandbox")} <code className="mono">{SANDBOX_COMMAND}</code>
      </p>
    </>
  );
}

interface StepProps {
  title: string;
  text: string;
  done: boolean;
  current: boolean;
  children: React.ReactNode;
}

function Step({ title, text, done, current, children }: StepProps) {
  return (
    <li className={done ? s.done : undefined} aria-current={current ? "step" : undefined}>
      <span className={s.tick} role="img" aria-label={done ? t("first.done") : ""} aria-hidden={!done}>
        {done && <Icon name="check" size="s" />}
      </span>
      <div className="grow">
        <b>{title}</b>
        {!done && <span className="small muted">{text}</span>}
        {!done && <div className={s.acts}>{children}</div>}
      </div>
    </li>
  );
}
