import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import { type AnyKey, t } from "../text/i18n";
import { fullDate, shortDate } from "../text/time";
import { NetworkBadge } from "../ui/face";
import { Icon } from "../ui/icon";
import type { IconName } from "../ui/icon-paths";
import { Link } from "../ui/link";
import { useCore, useNow, useSelect } from "../ui/use-core";
import { ChannelDrawer } from "./channel-drawer";
import { Page, Wrong } from "./page";
import s from "./settings.module.css";

interface Raised {
  topic: string;
  ref: string | null;
  detail: string;
  raised_at: string;
}

/** What each kind of trouble is called and where its remedy is. */
const TOPICS: Record<string, { label: AnyKey; icon: IconName; bad?: boolean }> = {
  quarantine: { label: "attention.quarantine", icon: "warn" },
  backlog: { label: "attention.backlog", icon: "clock" },
  disk: { label: "attention.disk", icon: "server", bad: true },
  token_ending: { label: "attention.token_ending", icon: "key" },
  channel: { label: "attention.channel", icon: "plug", bad: true },
  webhook: { label: "attention.webhook", icon: "forward", bad: true },
  rule: { label: "settings.rules", icon: "bolt" },
  report_mail: { label: "attention.reportMail", icon: "mail" },
};

/** What somebody should see to: the trouble, since when, in the service's own words, and the way to its remedy. */
export function AttentionPage() {
  const core = useCore();
  const [raised, setRaised] = useState<readonly Raised[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const channel = useSelect((state) => (open ? state.channels[open] : undefined));
  const health = useSelect((state) =>
    Object.values(state.channels)
      .map((one) => one.health)
      .join(" "),
  );
  const ask = useCallback(
    () =>
      core.api
        .get<{ items: Raised[] }>("/attention")
        .then((answer) => setRaised(answer.items))
        .catch((error) => setWrong(reason(error))),
    [core],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a channel that changed its health has changed this list
  useEffect(() => void ask(), [ask, health]);
  return (
    <>
      <Page
        title={t("settings.attention")}
        detail={raised?.length ? t("attention.count", { n: raised.length }) : ""}
        action={
          <button type="button" className="btn" onClick={() => void ask()}>
            <Icon name="refresh" size="s" />
            {t("attention.look")}
          </button>
        }
      >
        <Wrong text={wrong} />
        {raised?.length === 0 && (
          <div className="banner ok">
            <Icon name="check" />
            {t("attention.none")}
          </div>
        )}
        {raised?.map((one) => (
          <Trouble key={`${one.topic} ${one.ref}`} raised={one} open={setOpen} />
        ))}
      </Page>
      {channel && <ChannelDrawer key={channel.id} channel={channel} admin close={() => setOpen(null)} />}
    </>
  );
}

function Trouble({ raised, open }: { raised: Raised; open: (channel: string) => void }) {
  const now = useNow(60_000);
  const channel = useSelect((state) =>
    raised.ref && raised.topic !== "webhook" && raised.topic !== "report_mail" ? state.channels[raised.ref] : undefined,
  );
  const topic = TOPICS[raised.topic] ?? { label: "attention.other" as AnyKey, icon: "warn" as IconName };
  return (
    <section className={`${s.panel} ${s.block}`}>
      <h2 className="flex">
        <span className={topic.bad ? s.bad : s.warn}>
          <Icon name={topic.icon} />
        </span>
        {t(topic.label)}
        {channel && (
          <span className="flex muted" style={{ fontWeight: "var(--weight-regular)" }}>
            <NetworkBadge network={channel.network} channelId={channel.id} />
            {channel.name}
          </span>
        )}
        <span className="grow" />
        <time className="muted small nowrap" dateTime={raised.raised_at} title={fullDate(raised.raised_at)}>
          {t("attention.since", { time: shortDate(raised.raised_at, now) })}
        </time>
      </h2>
      <p>{raised.detail}</p>
      <div className="flex wrap">
        {raised.topic === "quarantine" && (
          <Link className="btn sm" to={{ page: "settings", section: "quarantine" }}>
            {t("attention.openQuarantine")}
          </Link>
        )}
        {raised.topic === "webhook" && (
          <Link
            className="btn sm"
            to={{ page: "settings", section: "webhooks", ...(raised.ref ? { item: raised.ref } : {}) }}
          >
            {t("attention.openWebhook")}
          </Link>
        )}
        {raised.topic === "report_mail" && (
          <Link className="btn sm" to={{ page: "settings", section: "report-mails" }}>
            {t("attention.openReportMails")}
          </Link>
        )}
        {raised.topic === "rule" && raised.ref && (
          <Link className="btn sm" to={{ page: "settings", section: "rules", item: raised.ref }}>
            {t("event.ruleOpen")}
          </Link>
        )}
        {channel && (
          <button type="button" className="btn sm" onClick={() => open(channel.id)}>
            {t("attention.openChannel")}
          </button>
        )}
      </div>
    </section>
  );
}
