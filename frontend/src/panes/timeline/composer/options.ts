/** Whether answers to choose from fit what the network takes. Pure; the server asks the same and has the last word. */

import type { Choice, Choices } from "../../../commands/choices";
import type { OptionsRuleShape } from "../../../protocol/types.generated";
import { t } from "../../../text/i18n";
import { lengthIn } from "../../../text/length";

/** Titles, descriptions and the button are counted so; the text has the unit of the channel. */
export const UNIT = "characters";
/** What an address may look like here. */
const ADDRESS = /^https?:\/\/\S+$/;

/** Those of which something is written. */
export const filled = (items: readonly Choice[]) => items.filter((one) => one.title || one.description || one.url);

/** How they are shown: beside each other, as a list, or such that open an address. */
export function formOf(rule: OptionsRuleShape, items: readonly Choice[]): OptionsRuleShape {
  const written = filled(items);
  if (rule.links && written.some((one) => one.url)) return rule.links;
  const list = written.length > rule.count || written.some((one) => one.description);
  return rule.longer && list ? rule.longer : rule;
}

/** How many there can be at all, of the kind these are. */
export function most(rule: OptionsRuleShape, items: readonly Choice[]): number {
  if (rule.links && items.some((one) => one.url)) return rule.links.count;
  return Math.max(rule.count, rule.longer?.count ?? 0);
}

export interface Answer {
  text: string;
  /** The channel's unit of text. */
  unit: string;
  files: number;
}

/** What stands in the way, each once, in words; empty: they can go. */
export function wrongs(rule: OptionsRuleShape, choices: Choices, answer: Answer): string[] {
  const items = filled(choices.items);
  if (!choices.location && !items.length) return [];
  const form = choices.location ? rule : formOf(rule, items);
  const tooMuch = lengthIn(answer.text, answer.unit) - form.text_limit;
  return [
    answer.files > 0 && t("options.wrong.files"),
    !answer.text.trim() && t("options.wrong.text"),
    tooMuch > 0 && t("options.wrong.textLength", { n: tooMuch }),
    ...(choices.location ? [] : ofItems(rule, form, items)),
    !choices.location && form.button_limit !== null && ofButton(choices.title, form.button_limit),
  ].filter((one) => one !== false);
}

function ofItems(rule: OptionsRuleShape, form: OptionsRuleShape, items: readonly Choice[]): (string | false)[] {
  const titles = items.map((one) => one.title.trim());
  const tooLong = items.some(
    (one) =>
      over(one.title, form.title_limit) ||
      (form.description_limit !== null && over(one.description ?? "", form.description_limit)),
  );
  const described = form.description_limit === null && items.some((one) => one.description?.trim());
  return [
    items.length > form.count && t("options.wrong.count", { limit: form.count }),
    titles.some((title) => !title) && t("options.wrong.title"),
    new Set(titles.filter(Boolean)).size < titles.filter(Boolean).length && t("options.wrong.twice"),
    tooLong && t("options.wrong.length"),
    described && t(form === rule.links ? "options.wrong.linkDescription" : "options.wrong.description"),
    items.some((one) => one.url && !ADDRESS.test(one.url.trim())) && t("options.wrong.url"),
  ];
}

function ofButton(title: string, limit: number): string | false {
  if (!title.trim()) return t("options.wrong.button");
  return over(title, limit) && t("options.wrong.buttonLength");
}

const over = (text: string, limit: number) => lengthIn(text.trim(), UNIT) > limit;
