import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { conversation } from "../../testing/examples";
import { type Call, coreWith, playServer, show } from "../../testing/render";
import ConditionBuilder from "./condition-builder";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function ready() {
  const calls: Call[] = playServer((call) => {
    if (call.path === "/views/count") return { body: { count: 7 } };
    const items = call.path === "/surveys" ? [{ id: "51", name: "After a chat" }] : [];
    return { body: { items, next_cursor: null, position: 1 } };
  });
  const core = coreWith([conversation()]);
  core.show({ route: { page: "desk", view: "all", conversation: null } });
  show(core, <ConditionBuilder close={() => {}} />);
  return { core, calls };
}

const shown = (core: ReturnType<typeof ready>["core"]) => {
  const { route } = core.desk.get();
  return JSON.parse((route.page === "desk" && route.filter?.condition) || "null");
};

describe("the builder of filters", () => {
  it("is filled by keyboard alone, counts while it is built, and shows in the address what it says", async () => {
    const { core, calls } = ready();
    await screen.findByText("7 conversations");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "What" }), "priority");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Value" }), "high");
    screen.getByRole("button", { name: "Group" }).focus();
    await userEvent.keyboard("{Enter}");
    const [, second] = screen.getAllByRole("combobox", { name: "What" });
    await userEvent.selectOptions(second as HTMLElement, "waiting_seconds");
    await userEvent.type(screen.getByRole("spinbutton", { name: "Value" }), "30");
    const tree = {
      all: [
        { field: "priority", op: "at_least", value: "high" },
        { any: [{ field: "waiting_seconds", op: "at_least", value: 1800 }] },
      ],
    };
    await waitFor(() => {
      const counted = calls.filter((call) => call.path === "/views/count").at(-1)?.body as {
        filter: { condition: string };
      };
      expect(JSON.parse(counted.filter.condition)).toEqual(tree);
    });
    await userEvent.click(screen.getByRole("button", { name: "Show" }));
    expect(shown(core)).toEqual(tree);
    expect(location.search).toContain("condition=");
  });

  it("asks what was answered to a survey", async () => {
    const { core } = ready();
    const what = screen.getByRole("combobox", { name: "What" });
    await screen.findByRole("option", { name: "Which survey" });
    await userEvent.selectOptions(what, "Satisfaction, 1 to 5");
    await userEvent.type(screen.getByRole("spinbutton", { name: "Value" }), "3");
    await userEvent.click(screen.getByRole("button", { name: "Show" }));
    expect(shown(core)).toEqual({ all: [{ field: "csat", op: "at_least", value: 3 }] });
  });

  it("joins by all, any or none, and takes out what is not wanted", async () => {
    const { core } = ready();
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "How these count" }), "not");
    await userEvent.click(screen.getByRole("button", { name: "Condition" }));
    expect(screen.getAllByRole("combobox", { name: "What" })).toHaveLength(2);
    await userEvent.click(screen.getAllByRole("button", { name: "Remove" })[1] as HTMLElement);
    await userEvent.click(screen.getByRole("button", { name: "Show" }));
    expect(shown(core)).toEqual({ not: { any: [{ field: "status", op: "any_of", value: ["open"] }] } });
  });
});
