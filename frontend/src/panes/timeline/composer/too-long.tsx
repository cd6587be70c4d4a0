import { useState } from "react";
import { t } from "../../../text/i18n";
import { split } from "../../../text/split";
import { Icon } from "../../../ui/icon";
import s from "./composer.module.css";

interface Props {
  text: string;
  limit: number;
  unit: string;
  over: number;
  /** Absent where the network takes one piece only: a comment, a review. */
  send?: () => void;
}

/** Over the limit: how much, and the parts it can go in, shown before they leave. */
export function TooLong({ text, limit, unit, over, send }: Props) {
  const [shown, setShown] = useState(false);
  if (!send) {
    return (
      <div className={`banner warn small ${s.refused}`} role="status">
        <Icon name="warn" />
        <span className="grow">{t("refused.onlyShorter", { n: over })}</span>
      </div>
    );
  }
  const parts = split(text, limit, unit);
  return (
    <div className={`banner warn small ${s.refused}`} role="status">
      <Icon name="warn" />
      <span className="grow">{t("refused.tooLong", { n: over, parts: parts.length })}</span>
      <button type="button" className="btn sm" aria-expanded={shown} onClick={() => setShown(!shown)}>
        {t("parts.look")}
      </button>
      <button type="button" className="btn sm" data-in-parts onClick={send}>
        {t("refused.split", { parts: parts.length })}
      </button>
      {shown && (
        <ol className={s.parts}>
          {parts.map((part, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
            <li key={i}>
              <span className="tiny muted num">{t("parts.of", { n: i + 1, of: parts.length })}</span>
              <p dir="auto">{part}</p>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
