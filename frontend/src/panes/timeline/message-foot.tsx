import { use } from "react";
import { waits } from "../../commands/approvals";
import { copyText } from "../../commands/copy";
import { takeBack, tryAct } from "../../commands/reply";
import type { MessageShape } from "../../protocol/types.generated";
import { can } from "../../store/select";
import { t } from "../../text/i18n";
import { duration } from "../../text/time";
import { useCore, useNow, useSelect } from "../../ui/use-core";
import { ApprovalFoot } from "./approval";
import { ReadOnly } from "./read-only";
import s from "./timeline.module.css";

/** What went wrong and what can be done about it. */
export function MessageFoot({ message, network }: { message: MessageShape; network: string }) {
  const core = useCore();
  const now = useNow();
  const delivery = message.delivery;
  const answers = useSelect((state) => can(state, "reply"));
  if (use(ReadOnly) || !delivery) return null;
  if (waits(message)) return <ApprovalFoot message={message} />;
  if (!answers) {
    const why = delivery.state === "refused" || delivery.state === "expired" ? delivery.reason : "";
    return why ? <div className={`${s.foot} ${s.why}`}>{why}</div> : null;
  }
  const act = (action: string) => () => tryAct(core, message.id, { action });
  const until = delivery.until ? Date.parse(delivery.until) - now : 0;
  switch (delivery.state) {
    case "held":
      return (
        <div className={s.foot}>
          <button
            type="button"
            className="btn sm"
            onClick={() => void takeBack(core, message).catch(() => core.toast(t("undo.tooLate"), "bad"))}
          >
            {t("message.takeBack")}
          </button>
          <button type="button" className="btn sm" onClick={act("send_now")}>
            {t("message.sendNow")}
          </button>
        </div>
      );
    case "unknown":
      return (
        <div className={s.foot}>
          <span>
            {delivery.reason || t("message.noAnswer", { network })}{" "}
            {until > 0 && t("message.checking", { time: duration(until) })}
          </span>
          <button type="button" className="btn sm" onClick={act("resolve_sent")}>
            {t("message.arrived")}
          </button>
          <button type="button" className="btn sm" onClick={act("resolve_not_sent")}>
            {t("message.sendAgain")}
          </button>
        </div>
      );
    case "refused":
    case "expired":
      return (
        <div className={s.foot}>
          <span className={s.why}>{delivery.reason}</span>
          <button type="button" className="btn sm" onClick={act("retry")}>
            {t("message.retry")}
          </button>
          <button type="button" className="btn ghost sm" onClick={() => void copyText(message.text)}>
            {t("message.copy")}
          </button>
        </div>
      );
    case "queued":
    case "pending":
      return delivery.reason ? <div className={s.foot}>{delivery.reason}</div> : null;
    default: {
      const refused = Object.entries(delivery.refused_recipients);
      if (!refused.length) return null;
      return <div className={`${s.foot} ${s.why}`}>{refused.map(([to, why]) => `${to}: ${why}`).join(" · ")}</div>;
    }
  }
}
