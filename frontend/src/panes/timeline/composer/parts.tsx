import type { CannedShape, ConversationShape } from "../../../protocol/types.generated";
import { t } from "../../../text/i18n";
import { prepared } from "../../../text/prepared";
import { Icon } from "../../../ui/icon";
import { useSelect } from "../../../ui/use-core";
import type { Target } from "./audience";
import s from "./composer.module.css";
import { findCanned } from "./suggest";

export function Counter({ length, limit, unit }: { length: number; limit: number; unit: string }) {
  const near = length >= limit * 0.9;
  const words = t(unit === "bytes" ? "counter.bytes" : "counter", { n: length, limit });
  if (length > limit) {
    return (
      <span className={s.over} role="status">
        {t("counter.over", { n: length - limit })}
      </span>
    );
  }
  return (
    <span className={near ? s.near : ""} role={near ? "status" : undefined}>
      {words}
    </span>
  );
}

interface ReplyToProps {
  row: ConversationShape;
  id: string | undefined;
  /** Whose words a private answer was begun for is not known any more. */
  lost: boolean;
  drop: () => void;
}

/** The item that is answered. */
export function ReplyTo({ row, id, lost, drop }: ReplyToProps) {
  const timeline = useSelect((state) => state.timelines[row.id]);
  const message = timeline?.messages[id ?? ""];
  if (lost && timeline?.loaded) {
    return (
      <div className={s.replyTo} role="status">
        {t("replyTo.lost")}
      </div>
    );
  }
  if (!message) return null;
  return (
    <div className={s.replyTo}>
      <Icon name="reply" size="s" />
      <span className="clip grow" dir="auto">
        {message.author.name}: {message.text}
      </span>
      <button type="button" className="btn ghost sm icon-only" aria-label={t("cancel")} onClick={drop}>
        <Icon name="x" size="s" />
      </button>
    </div>
  );
}

interface HintsProps {
  row: ConversationShape;
  target: Target;
  pick: (words: string) => void;
}

/** The first few prepared answers in the customer's language, one press away. */
export function CannedHints({ row, target, pick }: HintsProps) {
  const channel = useSelect((state) => state.channels[target.thread.channel_id]);
  const canned = useSelect((state) => state.canned);
  const me = useSelect((state) => state.me?.agent.name ?? "");
  const some = hintsFor(Object.values(canned), row.language);
  if (!some.length) return null;
  const words = (one: CannedShape) => prepared(one, { row, audience: target.audience, channel, agent: me }).text;
  return (
    <div className={s.hints}>
      <span className="tiny faint">{t("canned")}</span>
      {some.map((one) => (
        <button key={one.id} type="button" className={s.canned} title={words(one)} onClick={() => pick(words(one))}>
          <span className="mono">/{one.shortcut}</span>
          {one.name}
          {one.language && <span className="faint">{one.language.toUpperCase()}</span>}
        </button>
      ))}
    </div>
  );
}

/** Those in the customer's own language before those for any. */
function hintsFor(all: readonly CannedShape[], language: string | null): CannedShape[] {
  const fitting = all.filter((one) => !one.language || !language || one.language === language);
  return findCanned(fitting, "", language)
    .sort((a, b) => Number(b.language === language) - Number(a.language === language))
    .slice(0, 3);
}
