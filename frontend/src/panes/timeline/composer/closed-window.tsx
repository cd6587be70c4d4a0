import type { ConversationShape } from "../../../protocol/types.generated";
import { templateThread } from "../../../store/select";
import { t } from "../../../text/i18n";
import { firstName } from "../../../text/names";
import { networkName } from "../../../text/network-names";
import { duration } from "../../../text/time";
import { Icon } from "../../../ui/icon";
import { useCore, useNow, useSelect } from "../../../ui/use-core";
import type { Target } from "./audience";
import s from "./composer.module.css";

/** In place of the field where the network takes no free text: since when, and what can be done instead. */
export function ClosedWindow({ target, row }: { target: Target; row: ConversationShape }) {
  const core = useCore();
  const templates = useSelect((state) => templateThread(state, row) !== undefined);
  const now = useNow(60_000);
  const { thread } = target;
  const network = useSelect((state) => networkName(state.channels[thread.channel_id]) ?? thread.network);
  const since = thread.window_closes_at ? now - Date.parse(thread.window_closes_at) : null;
  if (thread.closed) {
    return (
      <div className={s.closed} data-closed tabIndex={-1}>
        <Icon name="lock" />
        <span className="grow">{t("window.threadClosed", { network })}</span>
      </div>
    );
  }
  if (target.privateReply) {
    const within = duration((target.capability?.private_reply_seconds ?? 0) * 1000);
    return (
      <div className={s.closed} data-closed tabIndex={-1}>
        <Icon name="hourglass" />
        <span className="grow">{t("window.privateOver", { network, time: within })}</span>
      </div>
    );
  }
  return (
    <div className={s.closed} data-closed tabIndex={-1}>
      <Icon name="hourglass" />
      <span className="grow">
        <b className="strong">{t("window.closed", { network })}</b>{" "}
        {since !== null && t("window.since", { time: duration(since, 60_000) })}
      </span>
      {templates ? (
        <button type="button" className="btn sm" onClick={() => core.show({ picker: "templates" })}>
          <Icon name="canned" size="s" />
          {t("templates.choose")}
        </button>
      ) : (
        <span>{t("window.waitFor", { name: firstName(target.name) || t("person.somebody") })}</span>
      )}
    </div>
  );
}
