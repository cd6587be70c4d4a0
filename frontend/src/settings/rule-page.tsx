import { useEffect, useState } from "react";
import { reason } from "../commands/triage";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { useCore, useSelect } from "../ui/use-core";
import { Field, NameField } from "./collection";
import { ConditionForm } from "./condition-form";
import { DryRun } from "./dry-run";
import { Back, EditForm } from "./editor";
import { Page, Wrong } from "./page";
import { Actions } from "./rule-actions";
import { BLANK, draftOf, fromPreset, type Rule, type RuleDraft } from "./rule-parts";
import { Gallery, presetName, usePresets } from "./rule-presets";
import { Runs } from "./rule-runs";
import { Sentence, Trouble, useNamed } from "./rule-sentence";
import { TriggerForm } from "./rule-trigger";
import { missing } from "./rule-words";
import s from "./rules.module.css";
import p from "./settings.module.css";
import { useEdited } from "./use-edited";

/** One rule: what it says, what it would have done, what it did. `new` asks what to begin with, `new-…` begins. */
export function RulePage({ id }: { id: string }) {
  if (id === "new") {
    return (
      <Page title={t("rules.add")} detail={t("rules.begin")} action={<Back to="rules" label={t("rules.back")} />}>
        <Gallery />
      </Page>
    );
  }
  return id.startsWith("new-") ? <Begun preset={id.slice("new-".length)} /> : <Saved id={id} />;
}

function Begun({ preset }: { preset: string }) {
  const presets = usePresets();
  if (!presets) return <Page title={t("rules.add")}>{null}</Page>;
  const chosen = presets.find((one) => one.key === preset);
  return <Editor rule={null} blank={chosen ? fromPreset(chosen, presetName(chosen)) : BLANK} />;
}

function Saved({ id }: { id: string }) {
  const core = useCore();
  const [rule, setRule] = useState<Rule | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    core.api
      .get<Rule>(`/rules/${id}`)
      .then(setRule)
      .catch((error) => setWrong(reason(error)));
  }, [core, id]);
  if (rule) return <Editor key={rule.id} rule={rule} blank={BLANK} />;
  return (
    <Page title={t("settings.rules")} action={<Back to="rules" label={t("rules.back")} />}>
      <Wrong text={wrong} />
    </Page>
  );
}

const NAMES = (): Record<keyof RuleDraft, string> => ({
  name: t("rules.name"),
  trigger: t("rules.when"),
  condition: t("rules.if"),
  actions: t("rules.does"),
  stop: t("rules.stop"),
  also_late: t("rules.alsoLate"),
  hour_cap: t("rules.cap"),
  after_rules: t("rules.afterRules"),
});

function Editor({ rule, blank }: { rule: Rule | null; blank: RuleDraft }) {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const named = useNamed();
  const edited = useEdited({ path: "/rules", saved: rule, draftOf, blank });
  const { draft, set } = edited;
  const save = async () => {
    const next = await edited.save();
    if (!next) return;
    core.toast(t("edit.saved"));
    if (!rule) core.go({ page: "settings", section: "rules", item: next.id }, true);
  };
  return (
    <Page title={rule?.name ?? t("rules.add")} action={<Back to="rules" label={t("rules.back")} />}>
      <EditForm
        edited={edited}
        names={NAMES()}
        may={may}
        save={() => void save()}
        action={rule ? t("save") : t("rules.make")}
        ready={draft.actions.length > 0}
        note={<span className="hint">{t(draft.actions.length ? "rules.fromNow" : "rules.noAction")}</span>}
        remove={
          rule
            ? {
                path: `/rules/${rule.id}`,
                version: edited.version ?? rule.version,
                section: "rules",
                title: t("rules.removeTitle", { name: rule.name }),
                text: t("rules.removeText"),
              }
            : undefined
        }
      >
        <section className={`${p.panel} ${p.block}`}>
          <NameField label={t("rules.name")} value={draft.name} change={(name) => set({ name })} />
          <Sentence rule={draft} named={named} />
          {rule && <Trouble rule={rule} lost={missing(draft, named)} />}
        </section>
        <section className={`${p.panel} ${p.block}`}>
          <h2>{t("rules.when")}</h2>
          <TriggerForm trigger={draft.trigger} change={(trigger) => set({ trigger })} />
        </section>
        <section className={`${p.panel} ${p.block}`}>
          <h2>
            {t("rules.if")} <span className="muted small">{t("rules.ifHint")}</span>
          </h2>
          <ConditionForm
            // What somebody else saved meanwhile is built anew.
            key={edited.turn}
            condition={draft.condition}
            change={(condition) => set({ condition: condition ?? {} })}
            fields={named.fields}
          />
        </section>
        <section className={`${p.panel} ${p.block}`}>
          <h2>
            {t("rules.does")} <span className="muted small">{t("rules.doesHint")}</span>
          </h2>
          <Actions actions={draft.actions} change={(actions) => set({ actions })} named={named} />
        </section>
        <section className={`${p.panel} ${p.block}`}>
          <h2>{t("rules.terms")}</h2>
          <TermsForm draft={draft} set={set} />
        </section>
      </EditForm>
      {may && <DryRun draft={draft} fields={named.fields} />}
      {rule && <Runs rule={rule.id} />}
    </Page>
  );
}

function TermsForm({ draft, set }: { draft: RuleDraft; set: (change: Partial<RuleDraft>) => void }) {
  const flags = [
    ["stop", "rules.stop"],
    ["also_late", "rules.alsoLate"],
    ["after_rules", "rules.afterRules"],
  ] as const;
  return (
    <>
      <div className={s.flags}>
        {flags.map(([name, label]) => (
          <label key={name} className="flex">
            <input type="checkbox" checked={draft[name]} onChange={(event) => set({ [name]: event.target.checked })} />
            {t(label)}
          </label>
        ))}
      </div>
      <Field label={t("rules.cap")}>
        {(id) => (
          <input
            id={id}
            className={`input num ${s.number}`}
            type="number"
            required
            min={1}
            max={100_000}
            value={draft.hour_cap || ""}
            onChange={(event) => set({ hour_cap: Number(event.target.value) })}
          />
        )}
      </Field>
    </>
  );
}
