import { useEffect, useState } from "react";
import { openConversation } from "../../commands/navigate";
import { type ContactsPage, contactsPage } from "../../commands/people";
import { reason } from "../../commands/triage";
import type { ContactShape, ConversationShape } from "../../protocol/types.generated";
import { putRow } from "../../store/apply";
import { t } from "../../text/i18n";
import { Face, NetworkBadge } from "../../ui/face";
import { useCore } from "../../ui/use-core";
import s from "./list.module.css";

/** People shown before one asks for more of them. */
const SHOWN = 4;
const NOBODY: ContactsPage = { items: [], next_cursor: null };

/** The conversation whose number was searched for; and whoever is called, or can be reached, as was searched for; a press opens what was last said with him. */
export function PeopleFound({ query }: { query: string }) {
  const core = useCore();
  const [found, setFound] = useState(NOBODY);
  const [all, setAll] = useState(false);
  const [quoted, setQuoted] = useState<ConversationShape | null>(null);
  const number = /^#?(\d{1,12})$/.exec(query.trim())?.[1];
  useEffect(() => {
    let current = true;
    setQuoted(null);
    if (number)
      core.api
        .get<{ items: ConversationShape[] }>("/conversations", { number, status: "any", limit: "1" })
        .then((page) => current && setQuoted(page.items[0] ?? null))
        .catch(() => {});
    return () => {
      current = false;
    };
  }, [core, number]);
  useEffect(() => {
    let current = true;
    setAll(false);
    contactsPage(core, query, null)
      .then((page) => current && setFound(page))
      .catch(() => current && setFound(NOBODY));
    return () => {
      current = false;
    };
  }, [core, query]);
  const people = found.items;
  if (!people.length && !quoted) return null;
  const shown = all ? people : people.slice(0, SHOWN);
  // First those that are here already, then page by page.
  const more = async () => {
    if (!all) return setAll(true);
    try {
      const page = await contactsPage(core, query, found.next_cursor);
      setFound((now) => (now === found ? { ...page, items: [...now.items, ...page.items] } : now));
    } catch (error) {
      core.toast(reason(error), "bad");
    }
  };
  const show = (row: ConversationShape) => {
    core.store.update((state) => putRow(state, row));
    openConversation(core, row.id);
  };
  const open = async (person: ContactShape) => {
    try {
      const path = `/contacts/${person.id}/conversations`;
      const [newest] = (await core.api.get<{ items: ConversationShape[] }>(path, { limit: "1" })).items;
      if (!newest) return core.toast(t("person.storyNone"));
      show(newest);
    } catch (error) {
      core.toast(reason(error), "bad");
    }
  };
  return (
    <section className={s.people} aria-label={t("company.people")}>
      {quoted && (
        <button type="button" onClick={() => show(quoted)}>
          <NetworkBadge network={quoted.network} channelId={quoted.channel_id} />
          <b className="strong num">#{quoted.number}</b>
          <span className="clip grow">
            {quoted.contact.name} · {quoted.subject || quoted.preview}
          </span>
        </button>
      )}
      {people.length > 0 && (
        <h3>
          {t("company.people")}{" "}
          <span className="num">
            {t(found.next_cursor ? "search.foundMore" : "search.found", { n: people.length })}
          </span>
        </h3>
      )}
      {shown.map((person) => (
        <button key={person.id} type="button" onClick={() => void open(person)}>
          <Face id={person.id} name={person.name} url={person.avatar_url} size="sm" />
          <bdi className="clip strong">{person.name || t("person.nameless")}</bdi>
          <span className="clip muted grow">
            {[person.company, person.email, person.phone].filter(Boolean).join(" · ")}
          </span>
          {[...new Set(person.identities.map((one) => one.network))].slice(0, 3).map((network) => (
            <NetworkBadge key={network} network={network} />
          ))}
        </button>
      ))}
      {(shown.length < people.length || found.next_cursor) && (
        <button type="button" className={s.morePeople} onClick={() => void more()}>
          {t("search.morePeople")}
        </button>
      )}
    </section>
  );
}
