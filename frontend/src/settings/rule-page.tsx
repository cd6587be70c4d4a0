import { useEffect, useState } from "react";
import { reason } from "../commands/triage";
import { ConditionTree } from "../panes/overlays/condition-tree";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { Confirm } from "../ui/confirm";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore, useSelect } from "../ui/use-core";
import { Field } from "./collection";
import { DryRun } from "./dry-run";
import { Page, useAsk, Wrong } from "./page";
import { Actions } from "./rule-actions";
import { BLANK, conditionOf, draftOf, fromPreset, type Rule, type RuleDraft, treeOf } from "./rule-parts";
import { Gallery, presetName, usePresets } from "./rule-presets";
import { Runs } from "./rule-runs";
import { Sentence, Trouble, useNamed } from "./rule-sentence";
import { TriggerForm } from "./rule-trigger";
import { missing } from "./rule-words";
import s from "./rules.module.css";
import p from "./settings.module.css";
import { Conflict, useEdited } from "./use-edited";

/** One rule: what it says, what it would have done, what it did. `new` asks what to begin with, `new-…` begins. */
export function RulePage({ id }: { id: string }) {
  if (id === "new") {
    return (
      <Page title={t("rules.add")} detail={t("rules.begin")} action={<Back />}>
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
    <Page title={t("settings.rules")} action={<Back />}>
      <Wrong text={wrong} />
    </Page>
  );
}

function Back() {
  return (
    <Link className="btn" to={{ page: "settings", section: "rules" }}>
      <Icon name="left" size="s" />
      {t("rules.back")}
    </Link>
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
  const [removing, setRemoving] = useState(false);
  const edited = useEdited({ path: "/rules", saved: rule, draftOf, blank });
  const { draft, set } = edited;
  const save = async () => {
    const next = await edited.save();
    if (!next) return;
    core.toast(t("edit.saved"));
    if (!rule) core.go({ page: "settings", section: "rules", item: next.id }, true);
  };
  return (
    <Page title={rule?.name ?? t("rules.add")} action={<Back />}>
      <form
        className={s.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <fieldset className={s.all} disabled={!may}>
          <Conflict both={edited.conflict} names={NAMES()} />
          <Wrong text={edited.wrong} />
          <section className={`${p.panel} ${p.block}`}>
            <Field label={t("rules.name")}>
              {(id) => (
                <input
                  id={id}
                  className="input"
                  required
                  maxLength={200}
                  value={draft.name}
                  onChange={(event) => set({ name: event.target.value })}
                />
              )}
            </Field>
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
            <Conditions
              // What somebody else saved meanwhile is built anew.
              key={edited.version}
              condition={draft.condition}
              change={(condition) => set({ condition })}
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
          {may && (
            <div className={p.saves}>
              {rule && (
                <button type="button" className="btn danger-quiet" onClick={() => setRemoving(true)}>
                  {t("remove")}
                </button>
              )}
              <span className="grow" />
              <span className="hint">{t(draft.actions.length ? "rules.fromNow" : "rules.noAction")}</span>
              <button
                type="submit"
                className="btn primary"
                disabled={edited.busy || edited.clean || draft.actions.length === 0}
              >
                {rule ? t("save") : t("rules.make")}
              </button>
            </div>
          )}
        </fieldset>
      </form>
      {may && <DryRun draft={draft} fields={named.fields} />}
      {rule && <Runs rule={rule.id} />}
      {rule && removing && (
        <Remove rule={rule} version={edited.version ?? rule.version} cancel={() => setRemoving(false)} />
      )}
    </Page>
  );
}

interface ConditionsProps {
  condition: Record<string, unknown>;
  change: (condition: Record<string, unknown>) => void;
  fields: React.ComponentProps<typeof ConditionTree>["fields"];
}

/** The tree as it is built: rows that do not say enough yet are not in the rule. */
function Conditions({ condition, change, fields }: ConditionsProps) {
  const [tree, setTree] = useState(() => treeOf(condition));
  return (
    <ConditionTree
      tree={tree}
      fields={fields}
      change={(next) => {
        setTree(next);
        change(conditionOf(next));
      }}
    />
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

function Remove({ rule, version, cancel }: { rule: Rule; version: number; cancel: () => void }) {
  const core = useCore();
  const { ask, wrong } = useAsk();
  const remove = () =>
    ask(async () => {
      await core.api.delete(`/rules/${rule.id}`, undefined, { etag: version });
      core.go({ page: "settings", section: "rules" }, true);
    });
  return (
    <Confirm
      title={t("rules.removeTitle", { name: rule.name })}
      text={t("rules.removeText")}
      action={t("remove")}
      cancel={cancel}
      confirm={() => void remove()}
    >
      <Wrong text={wrong} />
    </Confirm>
  );
}
