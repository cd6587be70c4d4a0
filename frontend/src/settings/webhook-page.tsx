import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import { newKey } from "../http/api";
import type { WebhookSecretShape, WebhookShape } from "../protocol/types.generated";
import { formatNumber, t } from "../text/i18n";
import { fullDate, shortDate } from "../text/time";
import { Confirm } from "../ui/confirm";
import { Icon } from "../ui/icon";
import { useCore, useNow } from "../ui/use-core";
import { CopyLine, Page, useAsk, Wrong } from "./page";
import s from "./settings.module.css";
import { AttemptLog, type Log, ReplaySpan, useLog } from "./webhook-attempts";
import { Condition } from "./webhook-condition";
import { Secret, WebhookForm } from "./webhook-form";

/** One webhook: how it fares, what can be done to it, and every request of the last 30 days. */
export function WebhookPage({ id }: { id: string }) {
  const core = useCore();
  const [webhook, setWebhook] = useState<WebhookShape | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [open, setOpen] = useState<"form" | "secret" | "rotate" | "remove" | null>(null);
  const [secret, setSecret] = useState<WebhookSecretShape | null>(null);
  const log = useLog(id);
  const look = useCallback(
    () =>
      core.api
        .get<WebhookShape>(`/webhooks/${id}`)
        .then(setWebhook)
        .catch((error) => setWrong(reason(error))),
    [core, id],
  );
  useEffect(() => void look(), [look]);
  const close = () => setOpen(null);
  const rotated = (made: WebhookSecretShape) => {
    const { secret: _once, ...shape } = made;
    setWebhook(shape);
    setSecret(made);
    setOpen("secret");
  };
  const again = () => {
    void look();
    log.again();
  };
  return (
    <>
      <Page
        title={webhook?.name ?? t("settings.webhooks")}
        action={
          <>
            <button type="button" className="btn" onClick={() => core.go({ page: "settings", section: "webhooks" })}>
              <Icon name="left" size="s" />
              {t("webhooks.back")}
            </button>
            <button type="button" className="btn" onClick={again}>
              <Icon name="refresh" size="s" />
              {t("attention.look")}
            </button>
          </>
        }
      >
        <Wrong text={wrong} />
        {webhook && (
          <>
            <Overview webhook={webhook} put={setWebhook} ask={setOpen} log={log} />
            <ReplaySpan id={id} again={again} />
            <AttemptLog id={id} log={log} />
          </>
        )}
      </Page>
      {webhook && open === "form" && <WebhookForm webhook={webhook} close={close} changed={setWebhook} />}
      {open === "secret" && secret && (
        <Secret
          made={secret}
          close={() => {
            setSecret(null);
            close();
          }}
        />
      )}
      {webhook && open === "rotate" && <Rotate webhook={webhook} done={rotated} cancel={close} />}
      {webhook && open === "remove" && <Remove webhook={webhook} cancel={close} />}
    </>
  );
}

interface OverviewProps {
  webhook: WebhookShape;
  put: (webhook: WebhookShape) => void;
  ask: (what: "form" | "rotate" | "remove") => void;
  log: Log;
}

function Overview({ webhook, put, ask: show, log }: OverviewProps) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const path = `/webhooks/${webhook.id}`;
  const turn = (active: boolean) =>
    ask(async () => put(await core.api.patch<WebhookShape>(path, { active }, { etag: webhook.version })));
  const test = async () => {
    const sent = await ask(() => core.api.post<{ key: string }>(`${path}/test`, {}, { key: newKey() }));
    if (sent) log.watch(sent.key);
  };
  return (
    <section className={`${s.panel} ${s.block}`}>
      <Wrong text={wrong} />
      {!webhook.active && (
        <div className={`banner ${webhook.disabled_reason ? "bad" : "info"}`}>
          <Icon name={webhook.disabled_reason ? "warn" : "pause"} />
          <span>
            {webhook.disabled_reason
              ? t("webhooks.offBecause", { reason: webhook.disabled_reason })
              : t("webhooks.offByHand")}
          </span>
        </div>
      )}
      <Facts webhook={webhook} />
      <CopyLine text={webhook.url} label={t("webhooks.url")} />
      <div className={s.actions}>
        <button
          type="button"
          className={`btn ${webhook.active ? "" : "primary"}`}
          disabled={busy}
          onClick={() => void turn(!webhook.active)}
        >
          {webhook.active ? t("webhooks.turnOff") : t("webhooks.turnOn")}
        </button>
        <button type="button" className="btn" disabled={busy || log.watching} onClick={() => void test()}>
          <Icon name="send" size="s" />
          {log.watching ? t("webhooks.testing") : t("webhooks.test")}
        </button>
        <button type="button" className="btn" onClick={() => show("form")}>
          {t("webhooks.change")}
        </button>
        <button type="button" className="btn" onClick={() => show("rotate")}>
          <Icon name="key" size="s" />
          {t("webhooks.rotate")}
        </button>
        <span className="grow" />
        <button type="button" className="btn danger-quiet" onClick={() => show("remove")}>
          {t("remove")}
        </button>
      </div>
    </section>
  );
}

function Facts({ webhook }: { webhook: WebhookShape }) {
  const now = useNow(60_000);
  const date = (at: string) => (
    <time dateTime={at} title={fullDate(at)}>
      {shortDate(at, now)}
    </time>
  );
  const narrowed = [webhook.networks, webhook.channel_ids, webhook.team_ids, webhook.tag_ids].filter(
    (one) => one.length,
  );
  return (
    <dl className={s.facts}>
      <dt>{t("webhooks.state")}</dt>
      <dd>
        <Condition webhook={webhook} />
      </dd>
      <dt>{t("webhooks.waiting")}</dt>
      <dd className="num">{formatNumber(webhook.waiting)}</dd>
      {webhook.paused_until && (
        <>
          <dt>{t("webhooks.nextTry")}</dt>
          <dd>{date(webhook.paused_until)}</dd>
        </>
      )}
      {webhook.previous_secret_until && (
        <>
          <dt>{t("webhooks.oldSecret")}</dt>
          <dd>{t("webhooks.oldSecretUntil", { time: shortDate(webhook.previous_secret_until, now) })}</dd>
        </>
      )}
      <dt>{t("webhooks.types")}</dt>
      <dd className="mono">{webhook.types.length ? webhook.types.join(", ") : t("webhooks.all")}</dd>
      {narrowed.length > 0 && (
        <>
          <dt>{t("webhooks.narrowed")}</dt>
          <dd>{t("webhooks.filters", { n: narrowed.length })}</dd>
        </>
      )}
    </dl>
  );
}

const OVERLAPS = [0, 3_600, 86_400, 604_800] as const;

/** A new secret; for how long the one of now signs too is asked, since the receiver has to change with it. */
function Rotate(props: { webhook: WebhookShape; done: (made: WebhookSecretShape) => void; cancel: () => void }) {
  const { webhook, done, cancel } = props;
  const core = useCore();
  const { ask, wrong } = useAsk();
  const [overlap, setOverlap] = useState<number>(86_400);
  const rotate = async () => {
    const path = `/webhooks/${webhook.id}/rotate`;
    const made = await ask(() =>
      core.api.post<WebhookSecretShape>(path, { overlap_seconds: overlap }, { etag: webhook.version }),
    );
    if (made) done(made);
  };
  return (
    <Confirm
      title={t("webhooks.rotateTitle")}
      text={t("webhooks.rotateText")}
      action={t("webhooks.rotate")}
      safe
      cancel={cancel}
      confirm={() => void rotate()}
    >
      <Wrong text={wrong} />
      <label className="field">
        <span className="label">{t("webhooks.overlap")}</span>
        <select className="input" value={overlap} onChange={(event) => setOverlap(Number(event.target.value))}>
          {OVERLAPS.map((seconds) => (
            <option key={seconds} value={seconds}>
              {t(`webhooks.overlap.${seconds}`)}
            </option>
          ))}
        </select>
      </label>
    </Confirm>
  );
}

function Remove({ webhook, cancel }: { webhook: WebhookShape; cancel: () => void }) {
  const core = useCore();
  const { ask, wrong } = useAsk();
  const remove = () =>
    ask(async () => {
      await core.api.delete(`/webhooks/${webhook.id}`, undefined, { etag: webhook.version });
      core.go({ page: "settings", section: "webhooks" }, true);
    });
  return (
    <Confirm
      title={t("webhooks.removeTitle", { name: webhook.name })}
      text={t("webhooks.removeText")}
      action={t("remove")}
      cancel={cancel}
      confirm={() => void remove()}
    >
      <Wrong text={wrong} />
    </Confirm>
  );
}
