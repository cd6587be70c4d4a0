import { useState } from "react";
import { usePeopleSettings } from "../commands/people-settings";
import type { ContextLinkShape, CustomFieldShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { filled } from "../text/masks";
import { useSelect } from "../ui/use-core";
import { Collection, Field, FormDrawer, NameField } from "./collection";
import { PeopleFiles } from "./people-files";
import s from "./settings.module.css";
import { useKept } from "./use-kept";

/** What is kept of customers: fields of the house's own, ways into other systems, files of people. */
export function CustomersPage() {
  const { fields, links } = usePeopleSettings();
  const may = useSelect((state) => can(state, "settings"));
  return (
    <div className={s.sections}>
      <Collection
        title={t("fields.title")}
        items={fields}
        may={may}
        add={t("fields.add")}
        empty={t("fields.none")}
        columns={[
          { label: t("fields.name"), className: "strong", cell: (one) => one.name },
          { label: t("fields.key"), className: "mono", cell: (one) => one.key },
          { label: t("fields.subject"), cell: (one) => t(`fields.of.${one.subject}`) },
          { label: t("fields.kind"), cell: (one) => t(`fields.kind.${one.kind}`) },
          { label: t("fields.required"), cell: (one) => one.required && t("person.yes") },
        ]}
        editor={(one, close) => <FieldEditor key={one?.id ?? "new"} field={one} close={close} />}
      />
      <Collection
        title={t("links.title")}
        items={links}
        may={may}
        add={t("links.add")}
        empty={t("links.none")}
        columns={[
          { label: t("links.label"), className: "strong", cell: (one) => one.label },
          { label: t("links.template"), className: "mono", cell: (one) => one.template },
          { label: t("links.mask"), className: "mono nowrap", cell: (one) => one.mask },
          { label: t("links.shown"), cell: (one) => t(`links.shown.${one.shown}`) },
        ]}
        editor={(one, close) => <LinkEditor key={one?.id ?? "new"} link={one} close={close} />}
      />
      <PeopleFiles may={may} fields={fields} />
    </div>
  );
}

const KINDS = ["text", "number", "date", "choice", "yes_no"] as const;
const SUBJECTS = ["contact", "conversation"] as const;

/** A key from a name: what is no plain letter or digit becomes an underscore. */
function keyOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_");
  return plain.replaceAll(/^[_0-9]+|_+$/g, "").slice(0, 40);
}

function FieldEditor({ field, close }: { field: CustomFieldShape | null; close: () => void }) {
  const { busy, wrong, save, remove } = useKept({ path: "/custom-fields", one: field, close });
  const [name, setName] = useState(field?.name ?? "");
  const [key, setKey] = useState(field?.key ?? "");
  const [subject, setSubject] = useState<CustomFieldShape["subject"]>(field?.subject ?? "contact");
  const [kind, setKind] = useState<CustomFieldShape["kind"]>(field?.kind ?? "text");
  const [choices, setChoices] = useState(field?.choices.join("\n") ?? "");
  const [required, setRequired] = useState(field?.required ?? false);
  const listed =
    kind === "choice"
      ? choices
          .split("\n")
          .map((one) => one.trim())
          .filter(Boolean)
      : [];
  const own = { name, choices: listed, required };
  const body = field ? own : { ...own, key: key || keyOf(name), subject, kind };
  return (
    <FormDrawer
      title={field?.name ?? t("fields.add")}
      wrong={wrong}
      busy={busy}
      close={close}
      save={() => void save(body)}
      remove={field ? { label: t("remove"), run: () => void remove() } : undefined}
    >
      <NameField label={t("fields.name")} value={name} change={setName} />
      <Field label={t("fields.key")} hint={t("fields.keyHint")}>
        {(id) => (
          <input
            id={id}
            className="input mono"
            pattern="[a-z][a-z0-9_]*"
            maxLength={40}
            disabled={field !== null}
            placeholder={keyOf(name)}
            required={!keyOf(name)}
            value={key}
            onChange={(e) => setKey(e.target.value)}
          />
        )}
      </Field>
      <Field label={t("fields.subject")}>
        {(id) => (
          <select
            id={id}
            className="input"
            disabled={field !== null}
            value={subject}
            onChange={(e) => setSubject(e.target.value as typeof subject)}
          >
            {SUBJECTS.map((one) => (
              <option key={one} value={one}>
                {t(`fields.of.${one}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t("fields.kind")}>
        {(id) => (
          <select
            id={id}
            className="input"
            disabled={field !== null}
            value={kind}
            onChange={(e) => setKind(e.target.value as typeof kind)}
          >
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {t(`fields.kind.${one}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {kind === "choice" && (
        <Field label={t("fields.choices")} hint={t("fields.choicesHint")}>
          {(id) => (
            <textarea
              id={id}
              className="input"
              rows={5}
              required
              dir="auto"
              value={choices}
              onChange={(e) => setChoices(e.target.value)}
            />
          )}
        </Field>
      )}
      <label className="flex">
        <input type="checkbox" checked={required} onChange={(e) => setRequired(e.target.checked)} />
        {t("fields.requiredText")}
      </label>
    </FormDrawer>
  );
}

const SHOWN = ["both", "person", "messages"] as const;
const EXAMPLE = {
  email: "eleni@example.com",
  phone: "+306941234567",
  name: "Ελένη",
  external_id: "12345",
  contact_id: "77",
};

function LinkEditor({ link, close }: { link: ContextLinkShape | null; close: () => void }) {
  const { busy, wrong, save, remove } = useKept({ path: "/context-links", one: link, close });
  const [draft, setDraft] = useState({
    label: link?.label ?? "",
    template: link?.template ?? "https://",
    mask: link?.mask ?? "",
    shown: link?.shown ?? "both",
  });
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change });
  const numbered = draft.template.includes("{order}");
  const order = draft.mask.replaceAll("#", "7").replaceAll("@", "A");
  const example = filled(draft.template, { ...EXAMPLE, order });
  const body = { ...draft, mask: numbered ? draft.mask : "" };
  return (
    <FormDrawer
      title={link?.label ?? t("links.add")}
      wrong={wrong}
      busy={busy}
      close={close}
      save={() => void save(body)}
      remove={link ? { label: t("remove"), run: () => void remove() } : undefined}
    >
      <NameField label={t("links.label")} value={draft.label} change={(label) => set({ label })} />
      <Field label={t("links.template")} hint={t("links.templateHint")}>
        {(id) => (
          <input
            id={id}
            className="input mono"
            required
            maxLength={2000}
            value={draft.template}
            onChange={(e) => set({ template: e.target.value })}
          />
        )}
      </Field>
      {numbered && (
        <Field label={t("links.mask")} hint={t("links.maskHint")}>
          {(id) => (
            <input
              id={id}
              className="input mono"
              required
              maxLength={40}
              placeholder="AB-######"
              value={draft.mask}
              onChange={(e) => set({ mask: e.target.value })}
            />
          )}
        </Field>
      )}
      <Field label={t("links.shown")}>
        {(id) => (
          <select
            id={id}
            className="input"
            value={draft.shown}
            onChange={(e) => set({ shown: e.target.value as typeof draft.shown })}
          >
            {SHOWN.map((one) => (
              <option key={one} value={one}>
                {t(`links.shown.${one}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {example && <p className="hint mono clip">{example}</p>}
    </FormDrawer>
  );
}
