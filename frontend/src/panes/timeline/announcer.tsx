import { useEffect, useRef, useState } from "react";
import type { MessageShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";

/** At most one sentence in so long: whoever listens has to be able to work meanwhile. */
export const PAUSE_MS = 4000;
const LONGEST = 200;

/**
 * Says what customers write into the open conversation to those who hear the page: one item by its words, several by
 * their number. What was there when it was opened, what we write and what is loaded from above is not said.
 */
export function Announcer({ messages, loaded }: { messages: readonly MessageShape[]; loaded: boolean }) {
  const [said, setSaid] = useState("");
  const heard = useRef<number | null>(null);
  const waiting = useRef<MessageShape[]>([]);
  const timer = useRef(0);

  useEffect(() => {
    const newest = messages.reduce((last, one) => Math.max(last, one.position), 0);
    if (!loaded) return;
    const before = heard.current;
    heard.current = Math.max(newest, before ?? 0);
    if (before === null) return;
    waiting.current.push(...messages.filter((one) => one.direction === "in" && one.position > before));
    if (waiting.current.length === 0 || timer.current) return;
    const say = () => {
      const [first, ...more] = waiting.current.splice(0);
      timer.current = first ? window.setTimeout(say, PAUSE_MS) : 0;
      if (first) setSaid(sentence(first, more));
    };
    say();
  }, [messages, loaded]);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  return (
    <span className="sr" role="status">
      {said}
    </span>
  );
}

function sentence(first: MessageShape, more: readonly MessageShape[]): string {
  if (more.length > 0) return t("announce.many", { n: more.length + 1, name: more.at(-1)?.author.name ?? "" });
  return t("announce.one", { name: first.author.name, text: first.text.slice(0, LONGEST) });
}
