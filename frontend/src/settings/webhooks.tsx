import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { WebhookShape } from "../protocol/types.generated";
import { formatNumber, t } from "../text/i18n";
import { Link } from "../ui/link";
import { useCore, useDesk } from "../ui/use-core";
import { Collection } from "./collection";
import { Page, Wrong } from "./page";
import s from "./settings.module.css";
import { Condition } from "./webhook-condition";
import { WebhookForm } from "./webhook-form";
import { WebhookPage } from "./webhook-page";

/** Where events are sent to: all of them, or the one that the address names with what was sent to it. */
export function WebhooksPage() {
  const item = useDesk(({ route }) => (route.page === "settings" ? route.item : undefined));
  return item ? <WebhookPage key={item} id={item} /> : <AllWebhooks />;
}

function AllWebhooks() {
  const core = useCore();
  const [webhooks, setWebhooks] = useState<readonly WebhookShape[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const ask = useCallback(
    () =>
      core.api
        .get<{ items: WebhookShape[] }>("/webhooks")
        .then((answer) => setWebhooks(answer.items))
        .catch((error) => setWrong(reason(error))),
    [core],
  );
  useEffect(() => void ask(), [ask]);
  if (!webhooks) {
    return (
      <Page title={t("settings.webhooks")} detail={t("webhooks.hint")}>
        <Wrong text={wrong} />
      </Page>
    );
  }
  return (
    <Collection
      title={t("settings.webhooks")}
      detail={t("webhooks.hint")}
      items={webhooks}
      may
      mayOpen={false}
      add={t("webhooks.add")}
      empty={t("webhooks.none")}
      pale={(one) => !one.active}
      columns={[
        {
          label: t("webhooks.name"),
          className: "strong",
          cell: (one) => (
            <Link to={{ page: "settings", section: "webhooks", item: one.id }}>
              <bdi>{one.name}</bdi>
            </Link>
          ),
        },
        {
          label: t("webhooks.url"),
          className: `muted ${s.cellWords}`,
          cell: (one) => (
            <div className="clip mono" dir="ltr" title={one.url}>
              {one.url}
            </div>
          ),
        },
        { label: t("webhooks.state"), cell: (one) => <Condition webhook={one} /> },
        { label: t("webhooks.waiting"), className: "num", cell: (one) => formatNumber(one.waiting) },
      ]}
      editor={(_none, close) => (
        <WebhookForm
          webhook={null}
          close={() => {
            close();
            void ask();
          }}
        />
      )}
    />
  );
}
