import { useEffect, useMemo, useState } from "react";
import { usePeopleSettings } from "../commands/people-settings";
import { reason } from "../commands/triage";
import { builderFields } from "../panes/overlays/condition-fields";
import type { SurveyPresetShape, SurveyShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore, useSelect } from "../ui/use-core";
import { Field, NameField } from "./collection";
import { ConditionForm } from "./condition-form";
import { Back, EditForm } from "./editor";
import { Page, Wrong } from "./page";
import p from "./settings.module.css";
import { blankOf, draftOf, SCALES, type Scale, type SurveyDraft } from "./survey-parts";
import { SurveyPreview } from "./survey-preview";
import { SurveyWords } from "./survey-words";
import s from "./surveys.module.css";
import { useEdited } from "./use-edited";

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
      <Page title={t("surveys.add")} action={<Back to="surveys" label={t("surveys.back")} />}>
        <Choose />
      </Page>
    );
  }
  if (!scale || !preset) {
    return (
      <Page title={t("settings.surveys")} action={<Back to="surveys" label={t("surveys.back")} />}>
        <Wrong text={wrong} />
      </Page>
    );
  }
  return <Editor key={survey?.id ?? scale} survey={survey} scale={scale} preset={preset} />;
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
    <Page
      title={survey?.name ?? t("surveys.add")}
      detail={t(`surveys.scale.${scale}`)}
      action={<Back to="surveys" label={t("surveys.back")} />}
    >
      <div className={s.sides}>
        <EditForm
          edited={edited}
          names={NAMES()}
          may={may}
          save={() => void save()}
          action={survey ? t("save") : t("surveys.make")}
          note={<span className="hint">{t("surveys.fromNow")}</span>}
          remove={
            survey
              ? {
                  path: `/surveys/${survey.id}`,
                  version: edited.version ?? survey.version,
                  section: "surveys",
                  title: t("surveys.removeTitle", { name: survey.name }),
                  text: t("surveys.removeText"),
                }
              : undefined
          }
        >
          <section className={`${p.panel} ${p.block}`}>
            <NameField
              label={t("surveys.name")}
              hint={t("surveys.nameHint")}
              value={draft.name}
              change={(name) => set({ name })}
            />
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
              key={edited.turn}
              condition={draft.condition}
              change={(condition) => set({ condition })}
            />
          </section>
          <section className={`${p.panel} ${p.block}`}>
            <h2>{t("surveys.when")}</h2>
            <When draft={draft} set={set} />
          </section>
        </EditForm>
        <SurveyPreview scale={scale} texts={draft.texts} preset={preset} />
      </div>
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
  return <ConditionForm condition={condition} change={change} fields={fields} />;
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
