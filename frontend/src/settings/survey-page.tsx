import { useEffect, useMemo, useState } from "react";
import { usePeopleSettings } from "../commands/people-settings";
import { reason } from "../commands/triage";
import { builderFields } from "../panes/overlays/condition-fields";
import { ConditionTree } from "../panes/overlays/condition-tree";
import type { SurveyPresetShape, SurveyShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { Confirm } from "../ui/confirm";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore, useSelect } from "../ui/use-core";
import { Field } from "./collection";
import { Page, useAsk, Wrong } from "./page";
import rules from "./rules.module.css";
import p from "./settings.module.css";
import { blankOf, conditionOf, draftOf, SCALES, type Scale, type SurveyDraft, treeOf } from "./survey-parts";
import { SurveyPreview } from "./survey-preview";
import { SurveyWords } from "./survey-words";
import s from "./surveys.module.css";
import { Conflict, useEdited } from "./use-edited";

/** One survey with its preview. `new` asks of which scale, `new-…` begins. */
export function SurveyPage({ id }: { id: string }) {
  const core = useCore();
  const [presets, setPresets] = useState<readonly SurveyPresetShape[] | null>(null);
  const [survey, setSurvey] = useState<SurveyShape | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const begun = SCALES.find((scale) => id === `new-${scale}`);
  const saved = id !== "new" && !begun;
  useEffect(() => {
    const failed = (error: unknown) => setWrong(reason(error));
    core.api.get<SurveyPresetShape[]>("/survey-presets").then(setPresets).catch(failed);
    if (saved) core.api.get<SurveyShape>(`/surveys/${id}`).then(setSurvey).catch(failed);
  }, [core, id, saved]);
  const scale = survey?.scale ?? begun;
  const preset = presets?.find((one) => one.scale === scale);
  if (id === "new") {
    return (
      <Page title={t("surveys.add")} action={<Back />}>
        <Choose />
      </Page>
    );
  }
  if (!scale || !preset) {
    return (
      <Page title={t("settings.surveys")} action={<Back />}>
        <Wrong text={wrong} />
      </Page>
    );
  }
  return <Editor key={survey?.id ?? scale} survey={survey} scale={scale} preset={preset} />;
}

function Back() {
  return (
    <Link className="btn" to={{ page: "settings", section: "surveys" }}>
      <Icon name="left" size="s" />
      {t("surveys.back")}
    </Link>
  );
}

/** A new one begins with its scale: it stays, since scores of two scales are not one figure. */
export function Choose() {
  return (
    <div className={s.scales}>
      {SCALES.map((scale) => (
        <Link
          key={scale}
          className={`${p.panel} ${s.begin}`}
          to={{ page: "settings", section: "surveys", item: `new-${scale}` }}
        >
          <Icon name="star" />
          <span className="strong">{t(`surveys.scale.${scale}`)}</span>
          <span className="muted small">{t(`surveys.scaleHint.${scale}`)}</span>
        </Link>
      ))}
    </div>
  );
}

const NAMES = (): Record<keyof SurveyDraft, string> => ({
  name: t("surveys.name"),
  texts: t("surveys.words"),
  condition: t("surveys.where"),
  delay_minutes: t("surveys.delay"),
  every_days: t("surveys.every"),
  after_rules: t("surveys.afterRules"),
  active: t("surveys.active"),
});

interface EditorProps {
  survey: SurveyShape | null;
  scale: Scale;
  preset: SurveyPresetShape;
}

function Editor({ survey, scale, preset }: EditorProps) {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const [removing, setRemoving] = useState(false);
  const edited = useEdited<SurveyShape, SurveyDraft>({
    path: "/surveys",
    saved: survey,
    draftOf,
    blank: blankOf(preset, t(`surveys.scale.${scale}`)),
  });
  const { draft, set } = edited;
  const save = async () => {
    const next = await edited.save(survey ? {} : { scale });
    if (!next) return;
    core.toast(t("edit.saved"));
    if (!survey) core.go({ page: "settings", section: "surveys", item: next.id }, true);
  };
  return (
    <Page title={survey?.name ?? t("surveys.add")} detail={t(`surveys.scale.${scale}`)} action={<Back />}>
      <div className={s.sides}>
        <form
          className={rules.form}
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <fieldset className={rules.all} disabled={!may}>
            <Conflict both={edited.conflict} names={NAMES()} />
            <Wrong text={edited.wrong} />
            <section className={`${p.panel} ${p.block}`}>
              <Field label={t("surveys.name")} hint={t("surveys.nameHint")}>
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
            </section>
            <section className={`${p.panel} ${p.block}`}>
              <h2>
                {t("surveys.words")} <span className="muted small">{t("surveys.wordsHint")}</span>
              </h2>
              <SurveyWords texts={draft.texts} change={(texts) => set({ texts })} />
            </section>
            <section className={`${p.panel} ${p.block}`}>
              <h2>
                {t("surveys.where")} <span className="muted small">{t("surveys.whereHint")}</span>
              </h2>
              <Where
                // What somebody else saved meanwhile is built anew.
                key={edited.version}
                condition={draft.condition}
                change={(condition) => set({ condition })}
              />
            </section>
            <section className={`${p.panel} ${p.block}`}>
              <h2>{t("surveys.when")}</h2>
              <When draft={draft} set={set} />
            </section>
            {may && (
              <div className={p.saves}>
                {survey && (
                  <button type="button" className="btn danger-quiet" onClick={() => setRemoving(true)}>
                    {t("remove")}
                  </button>
                )}
                <span className="grow" />
                <span className="hint">{t("surveys.fromNow")}</span>
                <button type="submit" className="btn primary" disabled={edited.busy || edited.clean}>
                  {survey ? t("save") : t("surveys.make")}
                </button>
              </div>
            )}
          </fieldset>
        </form>
        <SurveyPreview scale={scale} texts={draft.texts} preset={preset} />
      </div>
      {survey && removing && (
        <Remove survey={survey} version={edited.version ?? survey.version} cancel={() => setRemoving(false)} />
      )}
    </Page>
  );
}

interface WhereProps {
  condition: SurveyDraft["condition"];
  change: (condition: SurveyDraft["condition"]) => void;
}

/** What a closed conversation must be; its status is no question. */
function Where({ condition, change }: WhereProps) {
  const state = useSelect((all) => all);
  const own = usePeopleSettings().fields;
  const fields = useMemo(() => builderFields(state, own).filter((one) => one.name !== "status"), [state, own]);
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

function When({ draft, set }: { draft: SurveyDraft; set: (change: Partial<SurveyDraft>) => void }) {
  const number = (name: "delay_minutes" | "every_days", most: number) => (id: string) => (
    <input
      id={id}
      className="input num"
      type="number"
      required
      min={0}
      max={most}
      value={draft[name]}
      onChange={(event) => set({ [name]: Math.max(0, Math.round(Number(event.target.value) || 0)) })}
    />
  );
  return (
    <>
      <div className={p.two}>
        <Field label={t("surveys.delay")} hint={t("surveys.delayHint")}>
          {number("delay_minutes", 43_200)}
        </Field>
        <Field label={t("surveys.every")} hint={t("surveys.everyHint")}>
          {number("every_days", 3_650)}
        </Field>
      </div>
      {(["after_rules", "active"] as const).map((flag) => (
        <label key={flag} className="flex">
          <input type="checkbox" checked={draft[flag]} onChange={(event) => set({ [flag]: event.target.checked })} />
          {t(flag === "active" ? "surveys.active" : "surveys.afterRules")}
        </label>
      ))}
    </>
  );
}

function Remove({ survey, version, cancel }: { survey: SurveyShape; version: number; cancel: () => void }) {
  const core = useCore();
  const { ask, wrong } = useAsk();
  const remove = () =>
    ask(async () => {
      await core.api.delete(`/surveys/${survey.id}`, undefined, { etag: version });
      core.go({ page: "settings", section: "surveys" });
    });
  return (
    <Confirm
      title={t("surveys.removeTitle", { name: survey.name })}
      text={wrong ?? t("surveys.removeText")}
      action={t("remove")}
      cancel={cancel}
      confirm={() => void remove()}
    />
  );
}
