/** What a list can be narrowed by in the builder, in the reader's words. */

import type { CustomFieldShape } from "../../protocol/types.generated";
import type { Op } from "../../store/condition";
import type { State } from "../../store/state";
import { type Key, t } from "../../text/i18n";
import { fieldLabel, valuesOf } from "../conversations/filter-words";

export interface BuilderField {
  name: string;
  label: string;
  kind: "choice" | "rank" | "number" | "flag" | "text" | "words";
  /** The head that it stands under, where fields of several kinds of thing are offered. */
  of?: string;
  /** A number is shown in a larger unit than it is asked in. */
  unit?: number;
  values?: readonly { id: string; label: string }[];
}

export const OPS: Record<BuilderField["kind"], readonly Op[]> = {
  choice: ["any_of", "none_of", "set", "not_set"],
  rank: ["at_least", "at_most", "any_of", "none_of"],
  number: ["at_least", "at_most", "is", "is_not", "set", "not_set"],
  flag: ["is", "is_not"],
  text: ["is", "is_not", "any_of", "none_of", "set", "not_set"],
  words: ["has_words", "has_not_words", "set", "not_set"],
};

const LISTED = ["kind", "network", "channel", "tag", "team", "assignee", "language"] as const;
const STATUSES = ["open", "snoozed", "closed"] as const;
const PRIORITIES = ["low", "normal", "high", "urgent"] as const;
const FLAGS = {
  spam: "status.spam",
  escalated: "view.escalated",
  blocked: "person.blocked",
  is_ad: "cond.isAd",
} as const;
const SPANS = {
  waiting_seconds: ["cond.waiting", 60],
  age_seconds: ["cond.age", 3600],
  idle_seconds: ["cond.idle", 3600],
} as const;
const ORIGINS = ["organic", "ad", "post", "link", "qr", "page"] as const;

const named = (ids: readonly string[], label: (id: string) => string) => ids.map((id) => ({ id, label: label(id) }));

export function builderFields(state: State, own: readonly CustomFieldShape[]): BuilderField[] {
  return [
    {
      name: "status",
      label: fieldLabel("status"),
      kind: "choice",
      values: named(STATUSES, (id) => t(`status.${id}` as Key)),
    },
    {
      name: "priority",
      label: fieldLabel("priority"),
      kind: "rank",
      values: named(PRIORITIES, (id) => t(`priority.${id}` as Key)),
    },
    ...LISTED.map(
      (name): BuilderField => ({
        name,
        label: fieldLabel(name),
        kind: "choice",
        values: valuesOf(name, state).filter((value) => value.id !== "me" && value.id !== "none"),
      }),
    ),
    ...Object.entries(SPANS).map(
      ([name, [label, unit]]): BuilderField => ({ name, label: t(label), kind: "number", unit }),
    ),
    { name: "rating", label: fieldLabel("rating"), kind: "number" },
    {
      name: "campaign",
      label: fieldLabel("campaign"),
      kind: "choice",
      values: Object.values(state.campaigns).map(({ id, name }) => ({ id, label: name })),
    },
    {
      name: "origin",
      label: t("cond.origin"),
      kind: "choice",
      values: named(ORIGINS, (id) => t(`cond.origin.${id}` as Key)),
    },
    ...Object.entries(FLAGS).map(([name, label]): BuilderField => ({ name, label: t(label), kind: "flag" })),
    ...(own.some((field) => field.subject === "contact" && field.key === "vip") ? [] : [vip()]),
    ...own.map(ownField),
  ];
}

/** Known without being defined: rules, targets and lists know it. */
function vip(): BuilderField {
  const label = t("cond.ofPerson", { field: t("person.vip") });
  return { name: "contact.vip", label, kind: "choice", values: [{ id: "yes", label: t("person.yes") }] };
}

function ownField(field: CustomFieldShape): BuilderField {
  const name = `${field.subject === "contact" ? "contact" : "field"}.${field.key}`;
  const label = field.subject === "contact" ? t("cond.ofPerson", { field: field.name }) : field.name;
  if (field.kind === "number") return { name, label, kind: "number" };
  if (field.kind === "yes_no")
    return {
      name,
      label,
      kind: "choice",
      values: named(["yes", "no"], (id) => t(id === "yes" ? "person.yes" : "person.no")),
    };
  if (field.kind !== "choice") return { name, label, kind: "text" };
  return { name, label, kind: "choice", values: field.choices.map((one) => ({ id: one.toLowerCase(), label: one })) };
}
