import type { WebhookShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { fullDate, shortDate } from "../text/time";
import { Icon } from "../ui/icon";
import { useNow } from "../ui/use-core";
import s from "./settings.module.css";

/** How it fares, in words: sent, failing since when, switched off. */
export function Condition({ webhook }: { webhook: WebhookShape }) {
  const now = useNow(60_000);
  if (!webhook.active) {
    return (
      <span className={`${s.health} ${webhook.disabled_reason ? s.bad : ""}`}>
        <Icon name={webhook.disabled_reason ? "xcircle" : "pause"} size="s" />
        {t("webhooks.off")}
      </span>
    );
  }
  if (webhook.failing_since) {
    return (
      <span className={`${s.health} ${s.warn}`} title={fullDate(webhook.failing_since)}>
        <Icon name="warn" size="s" />
        {t("webhooks.failingSince", { time: shortDate(webhook.failing_since, now) })}
      </span>
    );
  }
  return (
    <span className={`${s.health} ${s.ok}`}>
      <Icon name="check" size="s" />
      {t("webhooks.on")}
    </span>
  );
}
