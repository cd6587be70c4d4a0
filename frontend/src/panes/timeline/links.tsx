import { useEffect, useState } from "react";
import { linksOf, unlink } from "../../commands/marks";
import { openConversation } from "../../commands/navigate";
import type { ConversationShape, LinkShape } from "../../protocol/types.generated";
import { EMPTY_TIMELINE } from "../../store/state";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { useCore, useSelect } from "../../ui/use-core";
import { useMay } from "../../ui/use-may";
import { useSettled } from "../../ui/use-settled";
import s from "./timeline.module.css";

const LINKING = new Set(["conversation_linked", "conversation_unlinked"]);

/** What the conversation has to do with others: one chip each, which opens the other. */
export function Links({ row }: { row: ConversationShape }) {
  const core = useCore();
  const may = useMay();
  const [links, setLinks] = useState<readonly LinkShape[]>([]);
  const loaded = useSelect((state) => state.timelines[row.id]?.loaded === true);
  const newest = useSelect((state) =>
    Object.values((state.timelines[row.id] ?? EMPTY_TIMELINE).events).reduce(
      (last, event) => (LINKING.has(event.type) ? Math.max(last, event.position) : last),
      0,
    ),
  );
  const settled = useSettled(row.id);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when somebody linked or unlinked
  useEffect(() => {
    if (!loaded || !settled) return;
    let current = true;
    linksOf(core, row.id)
      .then((found) => current && setLinks(found))
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [core, row.id, loaded, settled, newest]);
  if (!links.length) return null;
  return (
    <ul className={s.links} aria-label={t("link.label")}>
      {links.map((link) => (
        <li key={link.conversation.id} className="chip">
          <Icon name="link" size="xs" />
          <button type="button" className={s.link} onClick={() => openConversation(core, link.conversation.id)}>
            {t(wordsOf(link), { number: `#${link.conversation.number}` })}
          </button>
          {may("link") && (
            <button
              type="button"
              className={s.unlink}
              aria-label={t("link.remove", { number: `#${link.conversation.number}` })}
              onClick={() => void unlink(core, row.id, link)}
            >
              <Icon name="x" size="xs" />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function wordsOf({ kind, reverse }: LinkShape) {
  if (kind === "related") return "link.related" as const;
  if (kind === "duplicate") return reverse ? ("link.hasDuplicate" as const) : ("link.duplicate" as const);
  return reverse ? ("link.causes" as const) : ("link.cause" as const);
}
