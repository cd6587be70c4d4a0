import type { MessageShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { firstName } from "../../text/names";
import { clock, fullDate } from "../../text/time";
import { Icon } from "../../ui/icon";
import { useSelect } from "../../ui/use-core";
import { Attachments } from "./attachments";
import s from "./timeline.module.css";
import { Text } from "./words";

export function Note({ message }: { message: MessageShape }) {
  const mine = useSelect((state) => state.me?.agent.id === message.author.id);
  return (
    <article className={s.note} id={`m-${message.id}`} aria-label={t("note.label")}>
      <div className={s.head}>
        <span className={s.noteLabel}>
          <Icon name="note" size="xs" />
          {t("note.label")}
        </span>
        <b>{mine ? t("you") : message.author.name}</b>
        <time dateTime={message.occurred_at} title={fullDate(message.occurred_at)}>
          {clock(message.occurred_at)}
        </time>
      </div>
      <div className={s.text} dir="auto">
        <Mentions text={message.text} ids={message.mentions} />
      </div>
      <Attachments items={message.attachments} />
    </article>
  );
}

function Mentions({ text, ids }: { text: string; ids: readonly string[] }) {
  const names = useSelect((state) => ids.map((id) => state.agents[id]?.name ?? "").join("\n"));
  const wanted = names.split("\n").filter(Boolean);
  const forms = wanted.flatMap((name) => [`@${name}`, `@${firstName(name)}`]);
  if (!forms.length) return <Text text={text} />;
  const escaped = forms.sort((a, b) => b.length - a.length).map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text.split(new RegExp(`(${escaped.join("|")})`, "g")).map((part, i) => {
    const key = `${i}${part.slice(0, 12)}`;
    if (!forms.includes(part)) return <Text key={key} text={part} />;
    return (
      <span key={key} className={s.mention}>
        {part}
      </span>
    );
  });
}
