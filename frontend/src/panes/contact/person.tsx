import { useEffect, useState } from "react";
import { openConversation } from "../../commands/navigate";
import { run } from "../../commands/registry";
import { reason } from "../../commands/triage";
import type { ContactShape, ConversationShape } from "../../protocol/types.generated";
import { putRow } from "../../store/apply";
import { row as shownRow } from "../../store/select";
import { languageName, t } from "../../text/i18n";
import { shortDate } from "../../text/time";
import { Face, NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Stars, Tag } from "../../ui/marks";
import { useCore, useNow, useSelect } from "../../ui/use-core";
import s from "./person.module.css";
import { SamePerson } from "./same-person";

/** Who this is: accounts, what we know, what was before. Fetched when opened, edited in place. */
export function Person({ id }: { id: string }) {
  const core = useCore();
  const row = useSelect((state) => shownRow(state, id));
  const contactId = row?.contact.id;
  const [contact, setContact] = useState<ContactShape | null>(null);
  const [before, setBefore] = useState<readonly ConversationShape[]>([]);
  useEffect(() => {
    if (!contactId) return;
    let current = true;
    setContact(null);
    core.api
      .get<ContactShape>(`/contacts/${contactId}`)
      .then((found) => current && setContact(found))
      .catch(() => {});
    core.api
      .get<{ items: ConversationShape[] }>(`/contacts/${contactId}/conversations`, { limit: "20" })
      .then((found) => current && setBefore(found.items))
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [core, contactId]);
  if (!row) return null;
  const save = async (change: Partial<ContactShape>) => {
    if (!contact) return;
    try {
      setContact(await core.api.patch<ContactShape>(`/contacts/${contact.id}`, change, { etag: contact.version }));
    } catch (error) {
      core.toast(reason(error), "bad");
    }
  };
  return (
    <aside className={s.person} aria-label={t("pane.person")} data-pane tabIndex={-1}>
      <Top row={row} contact={contact} />
      {contact && <Identities contact={contact} row={row} changed={setContact} />}
      {contact && (
        <section>
          <h3>{t("person.note")}</h3>
          <NoteField key={contact.id} value={contact.note} save={(note) => void save({ note })} />
        </section>
      )}
      {contact && <Details contact={contact} />}
      <Before rows={before.filter((other) => other.id !== id)} />
      <Participants id={id} contactId={contactId} />
    </aside>
  );
}

function Top({ row, contact }: { row: ConversationShape; contact: ContactShape | null }) {
  const core = useCore();
  const tags = useSelect((state) => state.tags);
  const name = contact?.name || row.contact.name || t("person.nameless");
  const facts = [contact?.company, row.language && languageName(row.language)].filter(Boolean).join(" · ");
  return (
    <section>
      <div className={s.head}>
        <Face id={row.contact.id} name={name} url={row.contact.avatar_url} size="lg" />
        <div className="grow">
          <h2>
            <bdi>{name}</bdi>
          </h2>
          <div className="tiny muted">{facts}</div>
        </div>
      </div>
      <div className="flex wrap" style={{ marginTop: 8, gap: 5 }}>
        {row.tags.map((id) => tags[id] && <Tag key={id} name={tags[id].name} colour={tags[id].colour} />)}
        <button type="button" className="btn sm" style={{ height: 20 }} onClick={() => run(core, "tag")}>
          <Icon name="plus" size="xs" />
          {t("cmd.tag")}
          <kbd>T</kbd>
        </button>
      </div>
    </section>
  );
}

interface IdentitiesProps {
  contact: ContactShape;
  row: ConversationShape;
  changed: (contact: ContactShape) => void;
}

function Identities({ contact, row, changed }: IdentitiesProps) {
  return (
    <section>
      <h3>
        {t("person.knownAs")} <span className="num">{contact.identities.length}</span>
      </h3>
      {contact.identities.map((identity) => (
        <div key={identity.id} className={s.ident}>
          <NetworkBadge network={identity.network} />
          <span className="clip grow" title={identity.external_id}>
            <bdi>{identity.username || identity.name || identity.external_id}</bdi>
          </span>
          {identity.verified && <Icon name="check" size="xs" label={t("person.verified")} />}
          {!identity.reachable && <span className="chip bad">{t("person.unreachable")}</span>}
          {row.threads.some((thread) => thread.network === identity.network) && (
            <span className="tiny muted nowrap">{t("person.thisOne")}</span>
          )}
        </div>
      ))}
      <SamePerson contact={contact} changed={changed} />
    </section>
  );
}

function Details({ contact }: { contact: ContactShape }) {
  const followers = contact.identities.map((identity) => identity.profile.followers).find(Boolean);
  const pairs: [string, string | null | undefined][] = [
    [t("person.email"), contact.email],
    [t("person.phone"), contact.phone],
    [t("person.company"), contact.company],
    [t("person.followers"), followers],
    ...Object.entries(contact.fields),
    ...Object.entries(contact.refs),
  ];
  const known = pairs.filter((pair): pair is [string, string] => Boolean(pair[1]));
  if (!known.length) return null;
  return (
    <section>
      <h3>{t("person.details")}</h3>
      <dl className={s.kv}>
        {known.map(([label, value]) => (
          <Pair key={label} label={label} value={value} />
        ))}
      </dl>
    </section>
  );
}

function Pair({ label, value }: { label: string; value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <bdi>{value}</bdi>
      </dd>
    </>
  );
}

function NoteField({ value, save }: { value: string; save: (note: string) => void }) {
  const [text, setText] = useState(value);
  return (
    <textarea
      className={s.note}
      rows={1}
      dir="auto"
      aria-label={t("person.note")}
      placeholder={t("person.noteHint")}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => text !== value && save(text)}
    />
  );
}

function Before({ rows }: { rows: readonly ConversationShape[] }) {
  const core = useCore();
  const now = useNow(60_000);
  if (!rows.length) return null;
  return (
    <section>
      <h3>
        {t("person.before")} <span>{t("person.conversations", { n: rows.length })}</span>
      </h3>
      {rows.slice(0, 12).map((row) => (
        <button
          key={row.id}
          type="button"
          className={s.hist}
          onClick={() => {
            core.store.update((state) => putRow(state, row));
            openConversation(core, row.id);
          }}
        >
          <NetworkBadge network={row.network} channelId={row.channel_id} />
          <span className="clip" dir="auto">
            {row.rating !== null && <Stars rating={row.rating} />} {row.subject || row.preview}
          </span>
          <span className="tiny muted num">{shortDate(row.last_activity_at, now)}</span>
        </button>
      ))}
    </section>
  );
}

function Participants({ id, contactId }: { id: string; contactId: string | undefined }) {
  const participants = useSelect((state) => state.timelines[id]?.participants);
  const all = participants?.filter((participant) => participant.id !== contactId) ?? [];
  if (!all.length) return null;
  return (
    <section>
      <h3>
        {t("person.participants")} <span className="num">{all.length}</span>
      </h3>
      {all.slice(0, 20).map((participant) => (
        <div key={participant.id} className={s.ident}>
          <Face id={participant.id} name={participant.name} size="sm" />
          <bdi className="clip">{participant.name || t("person.nameless")}</bdi>
        </div>
      ))}
    </section>
  );
}
