import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { ReportMailShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { fullDate, shortDate, weekdayName } from "../text/time";
import { Icon } from "../ui/icon";
import { useCore, useNow, useSelect } from "../ui/use-core";
import { Collection } from "./collection";
import { Page, Wrong } from "./page";
import { ReportMailForm } from "./report-mail-form";
import { ReportMailLog } from "./report-mail-log";
import s from "./settings.module.css";

/** Reports that are mailed again and again: to whom, when, and what became of the last ones. */
export function ReportMailsPage() {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const [mails, setMails] = useState<readonly ReportMailShape[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [log, setLog] = useState<ReportMailShape | null>(null);
  const look = useCallback(
    () =>
      core.api
        .get<{ items: ReportMailShape[] }>("/report-mails")
        .then((answer) => setMails(answer.items))
        .catch((error) => setWrong(reason(error))),
    [core],
  );
  useEffect(() => void look(), [look]);
  if (!mails) {
    return (
      <Page title={t("settings.reportMails")} detail={t("reportMails.hint")}>
        <Wrong text={wrong} />
      </Page>
    );
  }
  return (
    <>
      <Collection
        title={t("settings.reportMails")}
        detail={t("reportMails.hint")}
        items={mails}
        may={may}
        add={t("reportMails.add")}
        empty={t("reportMails.none")}
        pale={(one) => !one.active}
        columns={[
          { label: t("reportMails.name"), className: "strong", cell: (one) => <bdi>{one.name}</bdi> },
          { label: t("reportMails.when"), className: "muted", cell: (one) => when(one) },
          { label: t("reportMails.to"), className: "muted", cell: (one) => <Recipients mail={one} /> },
          { label: t("reportMails.state"), cell: (one) => <Condition mail={one} /> },
          {
            label: t("reportMails.log"),
            cell: (one) => (
              <button type="button" className="btn ghost sm" onClick={() => setLog(one)}>
                <Icon name="history" size="s" />
                {t("reportMails.seeLog")}
              </button>
            ),
          },
        ]}
        editor={(one, close) => (
          <ReportMailForm
            key={one?.id ?? "new"}
            mail={one}
            close={close}
            changed={() => {
              close();
              void look();
            }}
          />
        )}
      />
      {log && <ReportMailLog key={log.id} mail={log} close={() => setLog(null)} />}
    </>
  );
}

/** "Every Monday, 08:00" */
export function when(one: Pick<ReportMailShape, "every" | "weekday" | "month_day" | "at" | "zone">): string {
  const at = { time: one.at, zone: one.zone };
  if (one.every === "week") return t("reportMails.everyWeek", { day: weekdayName(one.weekday, "long"), ...at });
  if (one.every === "month") return t("reportMails.everyMonth", { day: one.month_day, ...at });
  return t("reportMails.everyDay", at);
}

function Recipients({ mail }: { mail: ReportMailShape }) {
  const agents = useSelect((state) => state.agents);
  const all = [...mail.agent_ids.map((id) => agents[id]?.name ?? "?"), ...mail.addresses];
  return (
    <div className={`clip ${s.cellWords}`} title={all.join(", ")}>
      <bdi>{all.join(", ")}</bdi>
    </div>
  );
}

/** When the next goes out; who gets no more; why it was switched off. */
function Condition({ mail }: { mail: ReportMailShape }) {
  const now = useNow(60_000);
  if (!mail.active) {
    return (
      <span className={`${s.health} ${mail.off_reason ? s.bad : ""}`} title={mail.off_reason || undefined}>
        <Icon name={mail.off_reason ? "xcircle" : "pause"} size="s" />
        {mail.off_reason ? t("reportMails.refusedAll") : t("webhooks.off")}
      </span>
    );
  }
  if (mail.stopped.length > 0) {
    return (
      <span className={`${s.health} ${s.warn}`} title={mail.stopped.join(", ")}>
        <Icon name="warn" size="s" />
        {t("reportMails.stopped", { n: mail.stopped.length })}
      </span>
    );
  }
  const next = mail.next_at ?? "";
  return (
    <span className={`${s.health} ${s.ok}`} title={next && fullDate(next)}>
      <Icon name="check" size="s" />
      {t("reportMails.next", { time: next && shortDate(next, now) })}
    </span>
  );
}
