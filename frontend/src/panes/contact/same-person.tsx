import { useEffect, useState } from "react";
import { findContacts, mergeContacts, sayNotTheSame, suggestions } from "../../commands/people";
import { reason } from "../../commands/triage";
import type { ContactShape, LikelyShape } from "../../protocol/types.generated";
import { can } from "../../store/select";
import { t } from "../../text/i18n";
import { type Choice, Chooser } from "../../ui/chooser";
import { Face, NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { useCore, useSelect } from "../../ui/use-core";
import s from "./person.module.css";

interface Props {
  contact: ContactShape;
  changed: (contact: ContactShape) => void;
}

/** Who may be the same person and why; merged in one step, taken back in one. Others are found by search. */
export function SamePerson({ contact, changed }: Props) {
  const core = useCore();
  const may = useSelect((state) => can(state, "contacts"));
  const [likely, setLikely] = useState<readonly LikelyShape[]>([]);
  const [searching, setSearching] = useState(false);
  useEffect(() => {
    if (!may) return;
    let current = true;
    setLikely([]);
    suggestions(core, contact)
      .then((found) => current && setLikely(found.same))
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [core, may, contact]);
  if (!may) return null;
  const merge = (other: ContactShape) => void mergeContacts(core, contact, other, changed);
  const no = (other: ContactShape) => {
    setLikely(likely.filter((one) => one.contact.id !== other.id));
    sayNotTheSame(core, contact.id, other.id).catch((error) => core.toast(reason(error), "bad"));
  };
  return (
    <>
      {likely.map(({ contact: other, because, value }) => (
        <div key={other.id} className={s.same} role="status">
          <p>
            {t("person.maybe")} <b className="strong">{other.name || t("person.nameless")}</b>
            {": "}
            <span title={because === "name_company" ? undefined : value}>{t(`person.because.${because}`)}</span>
          </p>
          <div className="flex">
            {other.identities.slice(0, 4).map((identity) => (
              <NetworkBadge key={identity.id} network={identity.network} />
            ))}
            <span className="grow" />
            <button type="button" className="btn sm" onClick={() => merge(other)}>
              <Icon name="merge" size="s" />
              {t("person.merge")}
            </button>
            <button type="button" className="btn ghost sm" onClick={() => no(other)}>
              {t("person.notSame")}
            </button>
          </div>
        </div>
      ))}
      <button type="button" className={`btn ghost sm ${s.findSame}`} onClick={() => setSearching(true)}>
        <Icon name="merge" size="s" />
        {t("person.mergeOther")}
      </button>
      {searching && <FindPerson contact={contact} merge={merge} close={() => setSearching(false)} />}
    </>
  );
}

function FindPerson({
  contact,
  merge,
  close,
}: {
  contact: ContactShape;
  merge: (other: ContactShape) => void;
  close: () => void;
}) {
  const core = useCore();
  const [found, setFound] = useState<readonly ContactShape[]>([]);
  const choices: Choice[] = found
    .filter((other) => other.id !== contact.id && !other.merged_into)
    .map((other) => ({
      id: other.id,
      label: other.name || t("person.nameless"),
      lead: <Face id={other.id} name={other.name} url={other.avatar_url} size="sm" />,
      detail: [other.email, other.phone, other.company].filter(Boolean).join(" · "),
      // The server has found them by more than the name.
      also: [other.email, other.phone, other.company, ...other.identities.map((one) => one.username)].join(" "),
      run: () => merge(other),
    }));
  return (
    <Chooser
      label={t("person.mergeOther")}
      placeholder={t("person.mergeAsk", { name: contact.name })}
      choices={choices}
      asked={(text) =>
        void findContacts(core, text)
          .then(setFound)
          .catch(() => {})
      }
      close={close}
    />
  );
}
