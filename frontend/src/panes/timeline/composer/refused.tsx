import { signal } from "../../../commands/registry";
import type { Sent } from "../../../commands/reply";
import { t } from "../../../text/i18n";
import { Icon } from "../../../ui/icon";
import s from "./composer.module.css";

/** Why it did not go, in words, with what can be done; the words written stay where they are. */
export function Refused({ sent, split }: { sent: Extract<Sent, { outcome: "refused" }>; split: () => void }) {
  const limit = Number(sent.extra.limit ?? 0);
  const actual = Number(sent.extra.actual ?? 0);
  const tooLong = sent.code === "too_long" && limit > 0;
  const parts = tooLong ? Math.ceil(actual / limit) : 0;
  return (
    <div className={`banner bad ${s.refused}`} role="alert">
      <Icon name="xcircle" />
      <span className="grow">
        {tooLong ? t("refused.tooLong", { n: actual - limit, parts }) : sent.text || t("error.refused")}
      </span>
      {sent.code === "claimed" && (
        <button type="button" className="btn sm" onClick={() => signal("send-anyway")}>
          {t("collision.send")}
        </button>
      )}
      {tooLong && (
        <button type="button" className="btn sm" onClick={split}>
          {t("refused.split", { parts })}
        </button>
      )}
    </div>
  );
}
