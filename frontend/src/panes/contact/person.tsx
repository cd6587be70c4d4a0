import { lazy, Suspense, useEffect, useState } from "react";
import { changeContact, isVip, showContact } from "../../commands/people";
import { run } from "../../commands/registry";
import type { ContactShape, ConversationShape } from "../../protocol/types.generated";
import { can, row as shownRow } from "../../store/select";
import { languageName, t } from "../../text/i18n";
import { Face, NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Keys } from "../../ui/keys";
import { Tag } from "../../ui/marks";
import { useCore, useDesk, useSelect } from "../../ui/use-core";
import { useMay } from "../../ui/use-may";
import { useSettled } from "../../ui/use-settled";
import s from "./person.module.css";
import { SamePerson } from "./same-person";

const Around = lazy(() => import("./around"));
const Beside = lazy(() => import("../work-reviews/beside").then((m) => m.load()));

/** Who this is: accounts, what we know, what was before. Fetched when opened, edited in place. */
export function Person({ id }: { id: string }) {
  const core = useCore();
  const row = useSelect((state) => shownRow(state, id));
  const contactId = row?.contact.id;
  const [contact, setContact] = useState<ContactShape | null>(null);
  const at = useSelect((state) => state.people[contactId ?? ""] ?? 0);
  const settled = useSettled(contactId);
  const connected = useDesk((desk) => desk.offlineSince === null);
  const writes = useSelect((state) => can(state, "contacts"));
  useEffect(() => setContact((shown) => (shown?.id === contactId ? shown : null)), [contactId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `at` says that there is something new, `connected` that it can come
  useEffect(() => {
    if (!contactId || !settled) return;
    let current = true;
    core.api
      .get<ContactShape>(`/contacts/${contactId}`)
      .then((found) => current && setContact(found))
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [core, contactId, settled, at, connected]);
  useEffect(() => {
    if (contact) showContact(core, contact);
  }, [core, contact]);
  if (!row) return null;
  const save = async (note: string) => {
    const next = contact && (await changeContact(core, contact, { note }));
    if (next) setContact(next);
  };
  return (
    <aside className={s.person} aria-label={t("pane.person")} data-pane tabIndex={-1}>
      <Top row={row} contact={contact} />
      {contact && <Identities contact={contact} row={row} changed={setContact} />}
      {contact && (writes || contact.note) && (
        <section>
          <h3>{t("person.note")}</h3>
          <NoteField key={contact.id} value={contact.note} may={writes} save={(note) => void save(note)} />
        </section>
      )}
      {contact && (
        <Suspense>
          <Around contact={contact} row={row} changed={setContact} />
        </Suspense>
      )}
      <Participants id={id} contactId={contactId} />
      {contact && (
        <Suspense>
          <Beside key={id} conversation={id} />
        </Suspense>
      )}
    </aside>
  );
}

function Top({ row, contact }: { row: ConversationShape; contact: ContactShape | null }) {
  const core = useCore();
  const may = useMay();
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
        {contact && isVip(contact) && <span className="chip warn">{t("person.vip")}</span>}
        {contact?.blocked && (
          <span className="chip bad" title={t("person.blockedHint")}>
            {t("person.blocked")}
          </span>
        )}
        {may("tag") && (
          <button type="button" className="btn sm" style={{ height: 20 }} onClick={() => run(core, "tag")}>
            <Icon name="plus" size="xs" />
            {t("cmd.tag")}
            <Keys command="tag" />
          </button>
        )}
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

function NoteField({ value, may, save }: { value: string; may: boolean; save: (note: string) => void }) {
  const [text, setText] = useState(value);
  return (
    <textarea
      className={s.note}
      readOnly={!may}
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
