import { useEffect, useState } from "react";
import { openConversation } from "../../commands/navigate";
import { suggestions } from "../../commands/people";
import { reason } from "../../commands/triage";
import { newKey } from "../../http/api";
import type { CompanyShape, ContactShape, ConversationShape, SuggestionsShape } from "../../protocol/types.generated";
import { putRow } from "../../store/apply";
import { t } from "../../text/i18n";
import { shortDate } from "../../text/time";
import { type Choice, Chooser } from "../../ui/chooser";
import { Dialog } from "../../ui/dialog";
import { Face, NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { useCore, useNow } from "../../ui/use-core";
import s from "./person.module.css";

interface Props {
  contact: ContactShape;
  may: boolean;
  save: (change: Partial<ContactShape>) => void;
}

/** Whom a person works for; where nobody said it, his mail domain may. */
export function CompanyFact({ contact, may, save }: Props) {
  const [choosing, setChoosing] = useState(false);
  const [open, setOpen] = useState(false);
  if (!contact.company && !may) return null;
  return (
    <>
      <dt>{t("person.company")}</dt>
      <dd className="flex wrap" style={{ gap: 4 }}>
        {contact.company_id ? (
          <button type="button" className={s.fact} onClick={() => setOpen(true)}>
            <bdi>{contact.company}</bdi>
            <Icon name="right" size="xs" />
          </button>
        ) : (
          may && (
            <button type="button" className={s.fact} onClick={() => setChoosing(true)}>
              <span className="sr">{t("person.change", { field: t("person.company") })} </span>
              {contact.company ? <bdi>{contact.company}</bdi> : <span className="muted">{t("person.unset")}</span>}
              <Icon name="note" size="xs" />
            </button>
          )
        )}
        {!contact.company_id && !may && <bdi>{contact.company}</bdi>}
        {may && !contact.company_id && <Suggested contact={contact} save={save} />}
      </dd>
      {choosing && <ChooseCompany contact={contact} save={save} close={() => setChoosing(false)} />}
      {open && contact.company_id && (
        <CompanyDialog
          id={contact.company_id}
          may={may}
          leave={() => save({ company_id: null })}
          close={() => setOpen(false)}
        />
      )}
    </>
  );
}

function Suggested({ contact, save }: Omit<Props, "may">) {
  const core = useCore();
  const [found, setFound] = useState<SuggestionsShape | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only who he is and his address decide
  useEffect(() => {
    let current = true;
    setFound(null);
    if (contact.email)
      suggestions(core, contact)
        .then((answer) => current && setFound(answer))
        .catch(() => {});
    return () => {
      current = false;
    };
  }, [core, contact.id, contact.email]);
  if (!found?.domain) return null;
  const { company, domain } = found;
  const join = async () => {
    const id = company?.id ?? (await makeCompany(core, contact.company || domain, [domain]));
    if (id) save({ company_id: id });
  };
  return (
    <button type="button" className={`btn sm ${s.suggested}`} onClick={() => void join()}>
      <Icon name="plus" size="xs" />
      {company ? t("company.join", { name: company.name }) : t("company.make", { name: contact.company || domain })}
    </button>
  );
}

type CoreOf = ReturnType<typeof useCore>;

async function makeCompany(core: CoreOf, name: string, domains: string[]): Promise<string | null> {
  try {
    return (await core.api.post<CompanyShape>("/companies", { name, domains }, { key: newKey() })).id;
  } catch (error) {
    core.toast(reason(error), "bad");
    return null;
  }
}

function ChooseCompany({ contact, save, close }: Omit<Props, "may"> & { close: () => void }) {
  const core = useCore();
  const [found, setFound] = useState<readonly CompanyShape[]>([]);
  const [text, setText] = useState("");
  const look = (said: string) => {
    setText(said.trim());
    core.api
      .get<{ items: CompanyShape[] }>("/companies", { q: said.trim(), limit: "20" })
      .then((page) => setFound(page.items))
      .catch(() => {});
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => look(""), []);
  const choices: Choice[] = found.map((one) => ({
    id: one.id,
    label: one.name,
    icon: "users",
    detail: one.domains.join(" · "),
    also: one.domains.join(" "),
    run: () => save({ company_id: one.id }),
  }));
  const typed = (said: string): Choice[] =>
    said.trim() && !found.some((one) => one.name.toLocaleLowerCase() === said.trim().toLocaleLowerCase())
      ? [
          {
            id: "new",
            label: t("company.make", { name: said.trim() }),
            icon: "plus",
            run: () => void makeCompany(core, said.trim(), []).then((id) => id && save({ company_id: id })),
          },
        ]
      : [];
  return (
    <Chooser
      label={t("person.company")}
      placeholder={t("company.ask", { name: contact.name || text })}
      choices={choices}
      typed={typed}
      typedLast
      asked={look}
      close={close}
    />
  );
}

interface DialogProps {
  id: string;
  may: boolean;
  leave: () => void;
  close: () => void;
}

/** A company with its people and what was talked about with them. */
function CompanyDialog({ id, may, leave, close }: DialogProps) {
  const core = useCore();
  const now = useNow(60_000);
  const [company, setCompany] = useState<CompanyShape | null>(null);
  const [people, setPeople] = useState<readonly ContactShape[] | null>(null);
  const [talks, setTalks] = useState<readonly ConversationShape[] | null>(null);
  useEffect(() => {
    const path = `/companies/${id}`;
    core.api.get<CompanyShape>(path).then(setCompany, (error) => core.toast(reason(error), "bad"));
    core.api.get<{ items: ContactShape[] }>(`${path}/contacts`).then(
      (page) => setPeople(page.items),
      () => setPeople([]),
    );
    core.api.get<{ items: ConversationShape[] }>(`${path}/conversations`, { limit: "30" }).then(
      (page) => setTalks(page.items),
      () => setTalks([]),
    );
  }, [core, id]);
  const show = (row: ConversationShape) => {
    core.store.update((state) => putRow(state, row));
    openConversation(core, row.id);
    close();
  };
  return (
    <Dialog label={company?.name ?? t("person.company")} close={close}>
      <div className={s.company}>
        <header className="flex">
          <h2 className="grow">
            <bdi>{company?.name ?? "…"}</bdi>
          </h2>
          <button type="button" className="btn ghost sm icon-only" aria-label={t("close")} onClick={close}>
            <Icon name="x" size="s" />
          </button>
        </header>
        {company && company.domains.length > 0 && <p className="muted small">{company.domains.join(" · ")}</p>}
        <h3>{t("company.people")}</h3>
        {people === null && <p className="muted small">…</p>}
        {people?.map((one) => (
          <div key={one.id} className={s.ident}>
            <Face id={one.id} name={one.name} url={one.avatar_url} size="sm" />
            <bdi className="clip">{one.name || t("person.nameless")}</bdi>
            <span className="muted clip">{one.email ?? one.phone}</span>
          </div>
        ))}
        <h3>{t("person.story")}</h3>
        {talks?.length === 0 && <p className="muted small">{t("person.storyNone")}</p>}
        {talks?.map((row) => (
          <button key={row.id} type="button" className={s.hist} onClick={() => show(row)}>
            <NetworkBadge network={row.network} channelId={row.channel_id} />
            <span className="clip" dir="auto">
              {row.contact.name}: {row.subject || row.preview}
            </span>
            <span className="tiny muted num">{shortDate(row.last_activity_at, now)}</span>
          </button>
        ))}
        {may && (
          <footer className="flex" style={{ marginTop: 12 }}>
            <button
              type="button"
              className="btn ghost sm"
              onClick={() => {
                leave();
                close();
              }}
            >
              {t("company.leave")}
            </button>
          </footer>
        )}
      </div>
    </Dialog>
  );
}
