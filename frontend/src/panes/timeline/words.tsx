import { usePeopleSettings } from "../../commands/people-settings";
import type { MessageShape } from "../../protocol/types.generated";
import { pieces } from "../../text/links";
import { filled, numbersIn } from "../../text/masks";
import { firstName } from "../../text/names";
import s from "./timeline.module.css";

export function Text({ text }: { text: string }) {
  return pieces(text).map((piece, i) => {
    const key = `${i}${piece.text.slice(0, 12)}`;
    if (!("href" in piece)) return <Numbers key={key} text={piece.text} />;
    return (
      <a key={key} href={piece.href} target="_blank" rel="noreferrer noopener">
        {piece.text}
      </a>
    );
  });
}

/** Order numbers and the like lead into the system that knows them, where an admin said so. */
function Numbers({ text }: { text: string }) {
  const links = usePeopleSettings().links.filter((link) => link.mask && link.shown !== "person");
  if (!links.length) return <span>{text}</span>;
  const masks = links.map((link) => link.mask);
  return numbersIn(text, masks).map((piece, i) => {
    const link = links[piece.mask ?? -1];
    const href = link && filled(link.template, { order: piece.text });
    const key = `${i}${piece.text.slice(0, 12)}`;
    if (!href) return <span key={key}>{piece.text}</span>;
    return (
      <a key={key} href={href} title={link.label} target="_blank" rel="noreferrer noopener">
        {piece.text}
      </a>
    );
  });
}

export function Reactions({ message }: { message: MessageShape }) {
  const groups = new Map<string, { n: number; names: string[]; mine: boolean }>();
  for (const { emoji, name, mine } of message.reactions) {
    const group = groups.get(emoji) ?? { n: 0, names: [], mine: false };
    groups.set(emoji, { n: group.n + 1, names: [...group.names, name], mine: group.mine || mine });
  }
  return (
    <span className={s.react}>
      {[...groups].map(([emoji, group]) => (
        <span key={emoji} className={group.mine ? s.mine : ""} title={group.names.filter(Boolean).join(", ")}>
          {emoji} {group.n > 1 ? group.n : firstName(group.names[0] ?? "")}
        </span>
      ))}
    </span>
  );
}
