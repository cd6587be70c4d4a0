import { useState } from "react";
import { valuesOf } from "../panes/conversations/filter-words";
import type { FilterField } from "../store/filter";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useSelect } from "../ui/use-core";
import p from "./settings.module.css";
import type { TargetDraft } from "./target-draft";
import s from "./targets.module.css";
import { Checks } from "./webhook-form";

const LISTS = {
  channel_ids: "channel",
  networks: "network",
  kinds: "kind",
  priorities: "priority",
  tag_ids: "tag",
  languages: "language",
} as const satisfies Partial<Record<keyof TargetDraft, FilterField>>;

interface Props {
  draft: TargetDraft;
  set: (change: Partial<TargetDraft>) => void;
}

/** For which conversations: those for which every condition holds, each of them any where nothing is chosen. */
export function Conditions({ draft, set }: Props) {
  const state = useSelect((all) => all);
  return (
    <>
      <p className="hint">{t("targets.forHint")}</p>
      <div className={p.two}>
        {(Object.keys(LISTS) as (keyof typeof LISTS)[]).map((name) => (
          <Checks
            key={name}
            label={t(`filter.${LISTS[name]}`)}
            none={t("targets.any")}
            options={valuesOf(LISTS[name], state).map(({ id, label }) => [id, label])}
            chosen={draft[name]}
            choose={(chosen) => set({ [name]: [...chosen] })}
          />
        ))}
      </div>
      <ContactFields draft={draft} set={set} />
    </>
  );
}

/** Conditions on what is known of the person: "vip", or "plan" being "gold" or "silver". */
function ContactFields({ draft, set }: Props) {
  const [name, setName] = useState("");
  const fields = draft.contact_fields;
  const put = (field: string, values: string[]) => set({ contact_fields: { ...fields, [field]: values } });
  const drop = (field: string) => {
    const { [field]: _gone, ...rest } = fields;
    set({ contact_fields: rest });
  };
  const add = () => {
    if (!name.trim()) return;
    put(name.trim(), []);
    setName("");
  };
  return (
    <fieldset className={s.choice}>
      <legend className="label">{t("targets.contact")}</legend>
      {Object.entries(fields).map(([field, values]) => (
        <div key={field} className="flex">
          <bdi className="strong mono">{field}</bdi>
          <Values field={field} values={values} change={(next) => put(field, next)} />
          <button
            type="button"
            className="btn ghost sm icon-only"
            aria-label={t("filter.drop", { field: t("targets.contact"), value: field })}
            onClick={() => drop(field)}
          >
            <Icon name="x" size="s" />
          </button>
        </div>
      ))}
      <div className={p.actions}>
        {!("vip" in fields) && (
          <button type="button" className="btn" onClick={() => put("vip", [])}>
            <Icon name="plus" size="s" />
            VIP
          </button>
        )}
        <input
          className="input"
          style={{ width: 180 }}
          aria-label={t("targets.field")}
          placeholder={t("targets.field")}
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            add();
          }}
        />
        <button type="button" className="btn" disabled={!name.trim()} onClick={add}>
          {t("targets.addField")}
        </button>
      </div>
    </fieldset>
  );
}

/** Values between commas; none: any that is not empty. */
function Values({ field, values, change }: { field: string; values: string[]; change: (values: string[]) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <input
      className="input"
      style={{ maxWidth: 280 }}
      aria-label={t("targets.values", { field })}
      placeholder={t("targets.anyValue")}
      value={typed ?? values.join(", ")}
      onChange={(event) => {
        setTyped(event.target.value);
        change(
          event.target.value
            .split(",")
            .map((one) => one.trim())
            .filter(Boolean),
        );
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
