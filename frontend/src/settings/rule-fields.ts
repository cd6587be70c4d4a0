/** What a rule can ask about: what the server says there is (`GET /rules/fields`), in the reader's words. */

import { useEffect, useMemo, useState } from "react";
import { usePeopleSettings } from "../commands/people-settings";
import { type BuilderField, builderFields } from "../panes/overlays/condition-fields";
import { useSurveyNames } from "../panes/overlays/survey-fields";
import type { CustomFieldShape, FieldShape, SurveyShape } from "../protocol/types.generated";
import type { State } from "../store/state";
import { type Key, knows, t } from "../text/i18n";
import type { RuleKey } from "../text/rules/en";
import { kindLabel } from "../ui/marks";
import { useCore, useSelect } from "../ui/use-core";

/** Fields whose values only an id could name: they stay as they were written, and are not offered. */
const NOT_OFFERED: ReadonlySet<string> = new Set(["contact", "post", "waiting_since"]);
const KINDS: Readonly<Record<string, BuilderField["kind"]>> = {
  choice: "choice",
  rank: "rank",
  id: "choice",
  ids: "choice",
  name: "choice",
  names: "choice",
  number: "number",
  flag: "flag",
  words: "words",
  text: "text",
};
// biome-ignore format: a word list
const VALUES = [
  "message", "inside", "outside", "image", "video", "audio", "file", "sticker", "location", "contact", "link",
  "satisfied", "not_satisfied", "promoter", "passive", "detractor",
] as const;
// biome-ignore format: a word list
const NAMED = [
  "audience", "text", "length", "word_count", "has_link", "only_emoji", "only_mentions", "attachment", "item_kind",
  "previous_conversations", "verified", "followers", "survey", "csat", "nps", "survey_result", "survey_comment",
  "business_hours",
] as const;

const among = <T extends string>(words: readonly T[], word: string): T | undefined => words.find((one) => one === word);

/** A field that the builder of filters knows keeps its words and values there; the others have theirs here. */
export function ruleFields(
  asked: readonly FieldShape[],
  state: State,
  own: readonly CustomFieldShape[],
  surveys: readonly Pick<SurveyShape, "id" | "name">[] = [],
): readonly BuilderField[] {
  const known = new Map(builderFields(state, own).map((field) => [field.name, field]));
  const listed = asked
    .filter((one) => !NOT_OFFERED.has(one.name))
    .map((one): BuilderField => ({ ...(known.get(one.name) ?? fieldOf(one)), of: headOf(one.of) }))
    .map((one) =>
      one.name === "survey" ? { ...one, values: surveys.map(({ id, name }) => ({ id, label: name })) } : one,
    );
  const names = new Set(listed.map((one) => one.name));
  const rest = [...known.values()].filter((one) => !names.has(one.name));
  return [
    ...listed,
    ...rest.map((one) => ({ ...one, of: headOf(one.name.startsWith("contact.") ? "contact" : "conversation") })),
  ];
}

/** What a field is called; undefined for one that only the server knows. */
export function fieldWords(name: string): string | undefined {
  const named = among(NAMED, name);
  const filter = `filter.${name}`;
  return named ? t(`rules.field.${named}`) : knows(filter) ? t(filter) : undefined;
}

const headOf = (of: string): string => t(`rules.of.${of}` as RuleKey);

function fieldOf(asked: FieldShape): BuilderField {
  const { name } = asked;
  const label = fieldWords(name) ?? asked.means;
  const values = asked.choices.length ? asked.choices.map((id) => ({ id, label: valueLabel(name, id) })) : undefined;
  return { name, label, kind: KINDS[asked.kind] ?? "text", values };
}

function valueLabel(field: string, id: string): string {
  const known = among(VALUES, id);
  if (known) return t(`rules.value.${known}`);
  if (field === "sentiment" || field === "urgency") return t(`reading.${id}` as Key);
  if (field === "audience") return t(`audience.${id}` as Key);
  return field === "item_kind" ? kindLabel(id) : id;
}

/** The fields, as soon as the server has said which there are. */
export function useRuleFields(): readonly BuilderField[] {
  const core = useCore();
  const state = useSelect((all) => all);
  const own = usePeopleSettings().fields;
  const [asked, setAsked] = useState<readonly FieldShape[]>([]);
  const surveys = useSurveyNames();
  useEffect(() => {
    // Without them the builder offers what filters know.
    core.api.get<FieldShape[]>("/rules/fields").then(setAsked, () => {});
  }, [core]);
  return useMemo(() => ruleFields(asked, state, own, surveys), [asked, state, own, surveys]);
}
