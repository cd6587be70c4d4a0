/** Surveys as the form holds them, between what the server gives and takes. */

import type { SurveyPresetShape, SurveyShape } from "../protocol/types.generated";

export type Scale = SurveyShape["scale"];
export const SCALES: readonly Scale[] = ["csat", "nps"];
export type Wording = SurveyShape["texts"][number];

/** What can be changed of a survey. */
export type SurveyDraft = Pick<
  SurveyShape,
  "name" | "texts" | "condition" | "delay_minutes" | "every_days" | "after_rules" | "active"
>;

export const draftOf = (survey: SurveyShape): SurveyDraft => ({
  name: survey.name,
  texts: survey.texts,
  condition: survey.condition,
  delay_minutes: survey.delay_minutes,
  every_days: survey.every_days,
  after_rules: survey.after_rules,
  active: survey.active,
});

/** What a new one begins with: half an hour after the close, once a month, in every language there is. */
export const blankOf = (preset: SurveyPresetShape | undefined, name: string): SurveyDraft => ({
  name,
  texts: preset?.texts ?? [{ language: "en", question: "", thanks: "" }],
  condition: null,
  delay_minutes: 30,
  every_days: 30,
  after_rules: true,
  active: true,
});

/** The scores of a scale. */
export const scoresOf = (scale: Scale): number[] =>
  scale === "csat" ? [1, 2, 3, 4, 5] : Array.from({ length: 11 }, (_, n) => n);
