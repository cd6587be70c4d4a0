import { useState } from "react";
import { ConditionTree } from "../panes/overlays/condition-tree";
import { formOf, readCondition } from "../store/condition";

type Form = Record<string, unknown>;

interface Props {
  /** null or empty: everything. Read once: give a `key` where somebody else may change it. */
  condition: Form | null;
  change: (condition: Form | null) => void;
  fields: React.ComponentProps<typeof ConditionTree>["fields"];
}

/** The tree as it is built: rows that do not say enough yet are not in the condition. */
export function ConditionForm({ condition, change, fields }: Props) {
  const [tree, setTree] = useState(() => readCondition(condition ? JSON.stringify(condition) : undefined));
  return (
    <ConditionTree
      tree={tree}
      fields={fields}
      change={(next) => {
        setTree(next);
        change((formOf(next) ?? null) as Form | null);
      }}
    />
  );
}
