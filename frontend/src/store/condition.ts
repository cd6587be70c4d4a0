/**
 * A tree of tests as it is built: groups and tests with names of their own, so that rows keep their place while they
 * are changed. The server alone says what it finds; here it is only written and read.
 */

export type Op =
  | "is"
  | "is_not"
  | "any_of"
  | "none_of"
  | "at_least"
  | "at_most"
  | "has_words"
  | "has_not_words"
  | "set"
  | "not_set";
export type Value = string | number | boolean | readonly (string | number)[] | null;

export interface TestNode {
  id: number;
  field: string;
  op: Op;
  value: Value;
}
export interface GroupNode {
  id: number;
  /** `not`: none of them holds. */
  join: "all" | "any" | "not";
  nodes: readonly Node[];
}
export type Node = TestNode | GroupNode;

export const isGroup = (node: Node): node is GroupNode => "nodes" in node;
export const WITHOUT_VALUE: ReadonlySet<Op> = new Set(["set", "not_set"]);
/** As deep as the server takes: a group of `not` is two levels of its. */
export const MAX_DEPTH = 4;

let ids = 0;
const next = () => ++ids;

export const newTest = (field: string, op: Op, value: Value = null): TestNode => ({ id: next(), field, op, value });
export const newGroup = (join: GroupNode["join"], nodes: readonly Node[] = []): GroupNode => ({
  id: next(),
  join,
  nodes,
});

/** Whether it says enough to be asked. */
export function isWhole(test: TestNode): boolean {
  if (WITHOUT_VALUE.has(test.op)) return true;
  if (Array.isArray(test.value)) return test.value.length > 0;
  return test.value !== null && test.value !== "";
}

/** The tree as the server takes it; null where nothing in it says enough. */
export function formOf(node: Node): unknown {
  if (!isGroup(node)) {
    const { field, op, value } = node;
    if (!isWhole(node)) return null;
    return WITHOUT_VALUE.has(op) ? { field, op } : { field, op, value };
  }
  const inner = node.nodes.map(formOf).filter((form) => form !== null);
  if (!inner.length) return null;
  return node.join === "not" ? { not: { any: inner } } : { [node.join]: inner };
}

/** "" where there is nothing to ask. */
export function writeCondition(group: GroupNode): string {
  const form = formOf(group);
  return form === null ? "" : JSON.stringify(form);
}

/** What a filter or a view holds, to be built on; an empty group for none, and for what is no condition. */
export function readCondition(text: string | undefined): GroupNode {
  try {
    const node = text ? nodeOf(JSON.parse(text)) : null;
    if (node) return isGroup(node) ? node : newGroup("all", [node]);
  } catch {
    // What somebody wrote into the address by hand.
  }
  return newGroup("all");
}

interface Form {
  all?: Form[];
  any?: Form[];
  not?: Form;
  field?: string;
  op?: Op;
  value?: Value;
}

function nodeOf(form: Form): Node | null {
  if (form.all || form.any) return newGroup(form.all ? "all" : "any", nodesOf(form.all ?? form.any ?? []));
  if (form.not) return newGroup("not", form.not.any ? nodesOf(form.not.any) : nodesOf([form.not]));
  return form.field && form.op ? newTest(form.field, form.op, form.value ?? null) : null;
}

const nodesOf = (forms: readonly Form[]): Node[] => forms.map(nodeOf).filter((node): node is Node => node !== null);

/** The tree with one node changed, or taken out (null). */
export function replaced(group: GroupNode, id: number, by: Node | null): GroupNode {
  const nodes = group.nodes.flatMap((node): Node[] => {
    if (node.id === id) return by ? [by] : [];
    return [isGroup(node) ? replaced(node, id, by) : node];
  });
  return group.id === id && by && isGroup(by) ? by : { ...group, nodes };
}
