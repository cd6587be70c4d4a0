import { describe, expect, it } from "vitest";
import { newGroup, newTest, readCondition, replaced, writeCondition } from "./condition";
import { countTests } from "./filter";

const TREE = {
  all: [
    { field: "priority", op: "at_least", value: "high" },
    {
      any: [
        { field: "tag", op: "any_of", value: ["41", "42"] },
        { field: "team", op: "not_set" },
      ],
    },
    { not: { any: [{ field: "spam", op: "is", value: true }] } },
  ],
};

describe("a condition that is built", () => {
  it("is written as it was read", () => {
    expect(JSON.parse(writeCondition(readCondition(JSON.stringify(TREE))))).toEqual(TREE);
    expect(countTests(JSON.stringify(TREE))).toBe(4);
  });

  it("asks only what says enough", () => {
    const half = newGroup("all", [newTest("tag", "any_of", []), newTest("rating", "is"), newGroup("any")]);
    expect(writeCondition(half)).toBe("");
    const whole = newTest("kind", "any_of", ["mail"]);
    expect(JSON.parse(writeCondition({ ...half, nodes: [...half.nodes, whole] }))).toEqual({
      all: [{ field: "kind", op: "any_of", value: ["mail"] }],
    });
  });

  it("begins anew where the address holds none", () => {
    for (const text of ["{", "3", '{"colour":"red"}', undefined]) expect(writeCondition(readCondition(text))).toBe("");
  });

  it("is changed in one place, however deep", () => {
    const deep = newTest("team", "set");
    const tree = newGroup("all", [newGroup("any", [deep, newTest("rating", "is", 2)])]);
    expect(JSON.parse(writeCondition(replaced(tree, deep.id, null)))).toEqual({
      all: [{ any: [{ field: "rating", op: "is", value: 2 }] }],
    });
    const other = { ...deep, op: "not_set" as const };
    expect(writeCondition(replaced(tree, deep.id, other))).toContain('{"field":"team","op":"not_set"}');
  });
});
