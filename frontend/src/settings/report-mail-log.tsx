import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import { newKey } from "../http/api";
import type { ReportMailSendShape, ReportMailShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { fullDate, shortDate } from "../text/time";
import { Icon } from "../ui/icon";
import { useCore, useNow } from "../ui/use-core";
import { Drawer, useAsk, Wrong } from "./page";
import s from "./settings.module.css";

interface Sends {
  items: ReportMailSendShape[];
  next_cursor: string | null;
}

const ICONS = { queued: "hourglass", sent: "check", refused: "xcircle", failed: "warn" } as const;
const TONES = { queued: s.warn, sent: s.ok, refused: s.bad, failed: s.bad };
const LOOK_MS = 2_000;

/** What was sent, newest first; while something is on its way it is looked at again. */
export function ReportMailLog({ mail, close }: { mail: ReportMailShape; close: () => void }) {
  const core = useCore();
  const now = useNow(60_000);
  const { ask, busy, wrong } = useAsk();
  const [sends, setSends] = useState<readonly ReportMailSendShape[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const look = useCallback(
    async (after: string | null) => {
      try {
        const query = { limit: "30", cursor: after ?? undefined };
        const page = await core.api.get<Sends>(`/report-mails/${mail.id}/sends`, query);
        setSends((before) => (after ? [...(before ?? []), ...page.items] : page.items));
        setCursor(page.next_cursor);
        setFailed(null);
      } catch (error) {
        setFailed(reason(error));
      }
    },
    [core, mail.id],
  );
  useEffect(() => void look(null), [look]);
  const waiting = sends?.some((one) => one.state === "queued" && !one.reason) ?? false;
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => void look(null), LOOK_MS);
    return () => clearInterval(timer);
  }, [waiting, look]);
  const everyone = async () => {
    const path = `/report-mails/${mail.id}/send`;
    if (await ask(() => core.api.post(path, { to: "everyone" }, { key: newKey() }))) void look(null);
  };
  return (
    <Drawer
      title={mail.name}
      close={close}
      foot={
        <button type="button" className="btn" disabled={busy} onClick={() => void everyone()}>
          <Icon name="send" size="s" />
          {t("reportMails.sendAll")}
        </button>
      }
    >
      <Wrong text={wrong ?? failed} />
      {sends?.length === 0 && <p className="muted">{t("reportMails.noSends")}</p>}
      <ul className={s.sends}>
        {sends?.map((one) => (
          <li key={one.id}>
            <span className={`${s.health} ${TONES[one.state]}`}>
              <Icon name={ICONS[one.state]} size="s" />
              {t(`reportMails.state.${one.state}`)}
            </span>
            <time className="muted small num" dateTime={one.at} title={fullDate(one.at)}>
              {shortDate(one.at, now)}
            </time>
            <bdi className="clip" dir="ltr">
              {one.address}
            </bdi>
            {one.trial && <span className="chip">{t("reportMails.trial")}</span>}
            {one.reason && <p className="small muted">{one.reason}</p>}
          </li>
        ))}
      </ul>
      {cursor && (
        <button type="button" className="btn" onClick={() => void look(cursor)}>
          {t("timeline.older")}
        </button>
      )}
    </Drawer>
  );
}
