import { expect, it } from "vitest";
import { changes, joined } from "./conflict";

const base = { name: "Office", zone: "UTC", days: ["mon"] };

it("keeps what I changed, takes the rest as it is now, and says what we both changed", () => {
  const mine = { ...base, name: "Athens", days: ["mon", "tue"] };
  const theirs = { ...base, zone: "Europe/Athens", days: ["sat"] };
  expect(joined(base, mine, theirs)).toEqual({
    draft: { name: "Athens", zone: "Europe/Athens", days: ["mon", "tue"] },
    both: ["days"],
  });
});

it("is no matter of both where both came to the same", () => {
  const same = { ...base, name: "Athens" };
  expect(joined(base, same, { ...same })).toEqual({ draft: same, both: [] });
});

it("only what differs is sent", () => {
  expect(changes(base, { ...base, days: ["mon", "fri"] })).toEqual({ days: ["mon", "fri"] });
});
