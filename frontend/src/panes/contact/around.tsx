import { useEffect, useState } from "react";
import { copyText } from "../../commands/copy";
import { moderate } from "../../commands/moderate";
import { changeContact, isVip, setBlocked, setVip } from "../../commands/people";
import { fillField, usePeopleSettings } from "../../commands/people-settings";
import { reason } from "../../commands/triage";
import type {
  ConsentShape,
  ContactShape,
  ContextLinkShape,
  ConversationShape,
  MessageShape,
} from "../../protocol/types.generated";
import { can, capability } from "../../store/select";
import { t } from "../../text/i18n";
import { filled } from "../../text/masks";
import { shortDate } from "../../text/time";
import { NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { useCore, useNow, useSelect } from "../../ui/use-core";
import { Facts, OwnField } from "./facts";
import s from "./person.module.css";
import { Story } from "./story";

interface Props {
  contact: ContactShape;
  row: ConversationShape;
  changed: (contact: ContactShape) => void;
}

/** What stands around a person: fetched when his panel is open, changed in place. */
export default function Around({ contact, row, changed }: Props) {
  const core = useCore();
  const { fields, links } = usePeopleSettings();
  const save = async (change: Partial<ContactShape>) => {
    const next = await changeContact(core, contact, change);
    // Refused, perhaps because somebody else changed it meanwhile: show what is.
    changed(next ?? (await core.api.get<ContactShape>(`/contacts/${contact.id}`)));
  };
  const ofConversation = fields.filter((field) => field.subject === "conversation");
  return (
    <>
      <Links contact={contact} links={links} />
      <Facts contact={contact} fields={fields} save={(change) => void save(change)} />
      {ofConversation.length > 0 && <ConversationFields row={row} fields={ofConversation} />}
      <Consents contact={contact} />
      <Story
        contactId={contact.id}
        networks={[...new Set(contact.identities.map((identity) => identity.network))]}
        at={row.as_of}
      />
      <Actions contact={contact} row={row} changed={changed} />
    </>
  );
}

function Links({ contact, links }: { contact: ContactShape; links: readonly ContextLinkShape[] }) {
  const identity = contact.identities[0];
  const values = {
    email: contact.email,
    phone: contact.phone,
    name: contact.name,
    external_id: identity?.external_id ?? null,
    contact_id: contact.id,
  };
  const known = links.flatMap((link) => {
    const href = link.shown === "messages" ? null : filled(link.template, values);
    return href ? [{ link, href }] : [];
  });
  if (!known.length) return null;
  return (
    <section>
      <h3>{t("person.links")}</h3>
      <div className="flex wrap" style={{ gap: 5 }}>
        {known.map(({ link, href }) => (
          <a key={link.id} className="btn sm" href={href} target="_blank" rel="noreferrer noopener">
            {link.label}
            <Icon name="aright" size="xs" />
          </a>
        ))}
      </div>
    </section>
  );
}

interface FieldsProps {
  row: ConversationShape;
  fields: ReturnType<typeof usePeopleSettings>["fields"];
}

function ConversationFields({ row, fields }: FieldsProps) {
  const core = useCore();
  const may = useSelect((state) => can(state, "triage"));
  if (!may && !fields.some((field) => row.fields[field.key])) return null;
  return (
    <section>
      <h3>{t("person.conversationFields")}</h3>
      <dl className={s.kv}>
        {fields.map((field) => (
          <OwnField
            key={field.id}
            field={field}
            value={row.fields[field.key] ?? ""}
            may={may}
            save={(value) => void fillField(core, row.id, field.key, value)}
          />
        ))}
      </dl>
    </section>
  );
}

const STATES = ["unknown", "granted", "withdrawn"] as const;

/** Channels that can write first, and what the person said about each. */
function Consents({ contact }: { contact: ContactShape }) {
  const core = useCore();
  const now = useNow(60_000);
  const may = useSelect((state) => can(state, "contacts"));
  const channels = useSelect((state) => state.channels);
  const at = useSelect((state) => state.people[contact.id] ?? 0);
  const [said, setSaid] = useState<readonly ConsentShape[]>([]);
  const path = `/contacts/${contact.id}/consents`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `at` says that there is something new
  useEffect(() => {
    let current = true;
    core.api
      .get<ConsentShape[]>(path)
      .then((found) => current && setSaid(found))
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [core, path, at]);
  const put = async (one: ConsentShape, state: string) => {
    try {
      const next = await core.api.put<ConsentShape>(`${path}/${one.channel_id}`, {
        state,
        source: t("consent.bySource"),
      });
      setSaid((before) => before.map((other) => (other.channel_id === next.channel_id ? next : other)));
    } catch (error) {
      core.toast(reason(error), "bad");
    }
  };
  const mine = new Set(contact.identities.map((identity) => identity.network));
  const shown = said.filter((one) => {
    const channel = channels[one.channel_id];
    const starts = Object.values(channel?.capabilities ?? {}).some((kind) => kind.starts);
    return one.state !== "unknown" || (channel && starts && (mine.has(channel.network) || channel.network === "mail"));
  });
  if (!shown.length) return null;
  return (
    <section>
      <h3>{t("person.consent")}</h3>
      {shown.map((one) => (
        <div key={one.channel_id} className={s.ident}>
          <NetworkBadge network={channels[one.channel_id]?.network ?? ""} channelId={one.channel_id} />
          <span className="clip grow" title={[one.source, one.by?.name].filter(Boolean).join(" · ")}>
            {channels[one.channel_id]?.name}
            {one.at && <span className="tiny muted"> {shortDate(one.at, now)}</span>}
          </span>
          {may ? (
            <select
              className={`${s.choice} ${one.state === "withdrawn" ? s.no : ""}`}
              aria-label={t("consent.of", { channel: channels[one.channel_id]?.name ?? "" })}
              value={one.state}
              onChange={(event) => void put(one, event.target.value)}
            >
              {STATES.map((state) => (
                <option key={state} value={state}>
                  {t(`consent.${state}`)}
                </option>
              ))}
            </select>
          ) : (
            <span className={`chip ${one.state === "withdrawn" ? "bad" : ""}`}>{t(`consent.${one.state}`)}</span>
          )}
        </div>
      ))}
    </section>
  );
}

function Actions({ contact, row, changed }: Props) {
  const core = useCore();
  const may = useSelect((state) => can(state, "contacts"));
  const name = contact.name || t("person.nameless");
  const copy = async () => {
    const { email, phone, company } = contact;
    const lines = [
      name,
      company,
      email,
      phone,
      ...contact.identities.map((one) => `${one.network}: ${one.username || one.external_id}`),
    ];
    if (await copyText(lines.filter(Boolean).join("\n"))) core.toast(t("person.copied"));
  };
  return (
    <section>
      <h3>{t("person.actions")}</h3>
      <div className="flex wrap" style={{ gap: 5 }}>
        <a className="btn sm" href={`/api/v1/contacts/${contact.id}/card`} download>
          <Icon name="download" size="s" />
          {t("person.card")}
        </a>
        <button type="button" className="btn sm" onClick={() => void copy()}>
          <Icon name="copy" size="s" />
          {t("person.copy")}
        </button>
        {may && (
          <button
            type="button"
            className="btn sm"
            aria-pressed={isVip(contact)}
            onClick={() => void setVip(core, contact, !isVip(contact), changed)}
          >
            <Icon name={isVip(contact) ? "check" : "star"} size="s" />
            {t("person.vip")}
          </button>
        )}
        {may && (
          <button
            type="button"
            className={`btn sm ${contact.blocked ? "" : "danger-quiet"}`}
            onClick={() => void setBlocked(core, contact, !contact.blocked, changed)}
          >
            <Icon name="xcircle" size="s" />
            {t(contact.blocked ? "person.unblock" : "person.block")}
          </button>
        )}
        {contact.blocked && <BanToo row={row} contact={contact} />}
      </div>
    </section>
  );
}

/** Where the network can shut somebody out itself, that is offered beside our own block. */
function BanToo({ row, contact }: { row: ConversationShape; contact: ContactShape }) {
  const core = useCore();
  const may = useSelect((state) => can(state, "moderate"));
  const messages = useSelect((state) => state.timelines[row.id]?.messages);
  const bans = useSelect((state) =>
    row.threads
      .filter((one) => capability(state, one)?.actions.includes("ban"))
      .map((one) => one.id)
      .join(),
  );
  const newest = Object.values(messages ?? {})
    .filter(
      (message: MessageShape) =>
        message.direction === "in" &&
        message.author.id === contact.id &&
        bans.split(",").includes(message.thread_id ?? ""),
    )
    .sort((a, b) => b.position - a.position)[0];
  if (!may || !newest) return null;
  return (
    <button type="button" className="btn sm danger-quiet" onClick={() => void moderate(core, newest, "ban")}>
      {t("person.banToo")}
    </button>
  );
}
