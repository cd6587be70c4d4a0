/** What a list can be narrowed by of the answers to surveys; the words are those of rules, which come with the builder. */

import { useEffect, useState } from "react";
import type { SurveyShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { useCore } from "../../ui/use-core";
import type { BuilderField } from "./condition-fields";

const RESULTS = ["satisfied", "not_satisfied", "promoter", "passive", "detractor"] as const;

/** Of the answer that was given last in a conversation. */
export function surveyFields(surveys: readonly Pick<SurveyShape, "id" | "name">[]): BuilderField[] {
  const named = surveys.map(({ id, name }) => ({ id, label: name }));
  return [
    ...(named.length
      ? [{ name: "survey", label: t("rules.field.survey"), kind: "choice", values: named } as const]
      : []),
    { name: "csat", label: t("rules.field.csat"), kind: "number" },
    { name: "nps", label: t("rules.field.nps"), kind: "number" },
    {
      name: "survey_result",
      label: t("rules.field.survey_result"),
      kind: "choice",
      values: RESULTS.map((id) => ({ id, label: t(`rules.value.${id}`) })),
    },
    { name: "survey_comment", label: t("rules.field.survey_comment"), kind: "flag" },
  ];
}

/** The surveys there are; none for those who may not see them, and until they are known. */
export function useSurveyNames(): readonly Pick<SurveyShape, "id" | "name">[] {
  const core = useCore();
  const [surveys, setSurveys] = useState<readonly SurveyShape[]>([]);
  useEffect(() => {
    core.api.get<{ items: SurveyShape[] }>("/surveys").then(
      ({ items }) => setSurveys(items),
      () => {},
    );
  }, [core]);
  return surveys;
}
