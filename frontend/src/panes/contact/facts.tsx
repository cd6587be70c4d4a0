import { useEffect, useState } from "react";
import { VIP } from "../../commands/people";
import type { ContactShape, CustomFieldShape } from "../../protocol/types.generated";
import { can } from "../../store/select";
import { formatNumber, t } from "../../text/i18n";
import { shortDate } from "../../text/time";
import { localInstant } from "../../text/zone";
import { Icon } from "../../ui/icon";
import { useNow, useSelect } from "../../ui/use-core";
import { CompanyFact } from "./company";
import s from "./person.module.css";

interface Props {
  contact: ContactShape;
  fields: readonly CustomFieldShape[];
  save: (change: Partial<ContactShape>) => void;
}

/** What we know of a person: every line is changed where it stands. */
export function Facts({ contact, fields, save }: Props) {
  const may = useSelect((state) => can(state, "contacts"));
  const defined = fields.filter((field) => field.subject === "contact");
  const keys = new Set(defined.map((field) => field.key));
  // Whether he is a VIP is said below, by a button of its own.
  const others = Object.entries(contact.fields).filter(([key]) => !keys.has(key) && key !== VIP);
  const followers = contact.identities.map((identity) => identity.profile.followers).find(Boolean);
  const known = [contact.email, contact.phone, contact.company, followers, ...Object.values(contact.refs)];
  const own = [...defined.map((field) => contact.fields[field.key]), ...others];
  if (!may && ![...known, ...own].some(Boolean)) return null;
  const setField = (key: string, value: string) => save({ fields: { ...contact.fields, [key]: value } });
  return (
    <section>
      <h3>{t("person.details")}</h3>
      <dl className={s.kv}>
        <Fact
          label={t("person.email")}
          value={contact.email}
          type="email"
          may={may}
          save={(email) => save({ email })}
        />
        <Fact label={t("person.phone")} value={contact.phone} type="tel" may={may} save={(phone) => save({ phone })} />
        <CompanyFact contact={contact} may={may} save={save} />
        {followers && <Fixed label={t("person.followers")} value={followers} />}
        {defined.map((field) => (
          <OwnField
            key={field.id}
            field={field}
            value={contact.fields[field.key] ?? ""}
            may={may}
            save={(value) => setField(field.key, value)}
          />
        ))}
        {others.map(([key, value]) => (
          <Fact key={key} label={key} value={value} may={may} save={(next) => setField(key, next)} />
        ))}
        {Object.entries(contact.refs).map(([system, ref]) => (
          <Fixed key={system} label={system} value={ref} />
        ))}
      </dl>
    </section>
  );
}

export function Fixed({ label, value }: { label: string; value: string }) {
  return (
    <>
      <dt title={label}>{label}</dt>
      <dd>
        <bdi>{value}</bdi>
      </dd>
    </>
  );
}

interface FactProps {
  label: string;
  value: string | null;
  type?: "text" | "email" | "tel" | "date" | "number";
  shown?: string;
  required?: boolean;
  may: boolean;
  save: (value: string) => void;
}

/** A line that becomes a field when it is pressed; Enter keeps, Escape leaves it as it was. */
export function Fact({ label, value, type = "text", shown, required, may, save }: FactProps) {
  const [editing, setEditing] = useState(false);
  const [text, setText] = useState(value ?? "");
  useEffect(() => setText(value ?? ""), [value]);
  if (!value && !may) return null;
  const done = () => {
    setEditing(false);
    if (text.trim() !== (value ?? "")) save(text.trim());
  };
  return (
    <>
      <dt title={label}>{label}</dt>
      <dd>
        {editing ? (
          <input
            autoFocus
            className={`input ${s.inPlace}`}
            type={type}
            step="any"
            dir="auto"
            aria-label={label}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onBlur={done}
            onKeyDown={(event) => {
              if (event.key === "Enter") done();
              if (event.key !== "Escape") return;
              event.stopPropagation();
              setText(value ?? "");
              setEditing(false);
            }}
          />
        ) : (
          <Pressed label={label} value={shown ?? value} required={required} may={may} press={() => setEditing(true)} />
        )}
      </dd>
    </>
  );
}

interface PressedProps {
  label: string;
  value: string | null;
  required?: boolean;
  may: boolean;
  press: () => void;
}

function Pressed({ label, value, required, may, press }: PressedProps) {
  if (!may) return <bdi>{value}</bdi>;
  return (
    <button type="button" className={s.fact} onClick={press}>
      <span className="sr">{t("person.change", { field: label })} </span>
      {value ? <bdi>{value}</bdi> : <span className="muted">{t(required ? "person.missing" : "person.unset")}</span>}
      <Icon name="note" size="xs" />
    </button>
  );
}

interface OwnFieldProps {
  field: CustomFieldShape;
  value: string;
  may: boolean;
  save: (value: string) => void;
}

/** One of the house's own fields, as its kind is best entered. */
export function OwnField({ field, value, may, save }: OwnFieldProps) {
  const now = useNow(60_000);
  const choices = field.kind === "yes_no" ? ["yes", "no"] : field.choices;
  if (field.kind === "choice" || field.kind === "yes_no") {
    const word = (one: string) => (field.kind === "choice" ? one : t(one === "yes" ? "person.yes" : "person.no"));
    if (!may) return value ? <Fixed label={field.name} value={word(value)} /> : null;
    const gone = value && !choices.includes(value) ? [value] : [];
    return (
      <>
        <dt title={field.name}>{field.name}</dt>
        <dd>
          <select className={s.choice} aria-label={field.name} value={value} onChange={(e) => save(e.target.value)}>
            {(!field.required || !value) && (
              <option value="">{t(field.required ? "person.missing" : "person.unset")}</option>
            )}
            {[...gone, ...choices].map((one) => (
              <option key={one} value={one}>
                {word(one)}
              </option>
            ))}
          </select>
        </dd>
      </>
    );
  }
  const type = field.kind === "date" ? "date" : field.kind === "number" ? "number" : "text";
  const number = value && field.kind === "number" ? formatNumber(Number(value)) : undefined;
  const shown = value && field.kind === "date" ? shortDate(localInstant(`${value}T12:00`), now) : number;
  return (
    <Fact
      label={field.name}
      value={value || null}
      type={type}
      shown={shown}
      required={field.required}
      may={may}
      save={save}
    />
  );
}
