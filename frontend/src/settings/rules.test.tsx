import { act, cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { setOwnKeys } from "../commands/registry";
import { useKeys } from "../keyboard/use-keys";
import type { AppealShape, DryRunShape, FieldShape, RuleRunShape } from "../protocol/types.generated";
import { apply } from "../store/apply";
import { parseRoute } from "../store/route";
import { AT, agent, event, NOW } from "../testing/examples";
import { type Call, coreWith, playServer, show } from "../testing/render";
import { reportWords } from "../text/reports/load";
import { ruleWords } from "../text/rules/load";
import { useCore } from "../ui/use-core";
import { parts } from "./found-words";
import { type Action, BLANK, type Rule, type RuleDraft } from "./rule-parts";
import { type Named, sentence } from "./rule-words";
import { RulesPage } from "./rules";
import { SecondLookPage } from "./second-look";

beforeAll(async () => {
  await Promise.all([ruleWords(), reportWords()]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

const REFUND = { field: "text", op: "has_words", value: ["refund"] };
const DOES: Action[] = [
  { do: "tag", tag_ids: ["7"] },
  { do: "priority", to: "high" },
];

const rule = (change: Partial<Rule> = {}): Rule => ({
  ...BLANK,
  id: "5",
  name: "Refunds",
  place: 1,
  active: true,
  condition: REFUND,
  actions: DOES,
  rule_version: 1,
  valid_from: AT,
  paused_until: null,
  created_at: AT,
  version: 3,
  ...change,
});

const FIELDS: FieldShape[] = [
  { name: "text", of: "message", kind: "words", means: "what the item says", ops: [], choices: [] },
  { name: "rating", of: "conversation", kind: "number", means: "stars", ops: [], choices: [] },
  { name: "item_kind", of: "message", kind: "choice", means: "kind", ops: [], choices: ["message", "review"] },
];
const preset = {
  key: "vip",
  name: "VIP",
  trigger: BLANK.trigger,
  condition: { field: "contact.vip", op: "any_of", value: ["yes"] },
  actions: [{ do: "priority", to: "high" }],
  stop: false,
};
const run = (change: Partial<RuleRunShape> = {}): RuleRunShape => ({
  id: "90",
  rule_id: "5",
  rule_name: "Refunds",
  rule_version: 1,
  conversation_id: "1",
  conversation_number: 48,
  contact_name: "Eleni",
  message_id: null,
  trigger: "message_received",
  position: 12,
  depth: 0,
  at: AT,
  deeds: [
    { do: "tag", refused: "", changed: true, undone: null, why: "" },
    { do: "hide", refused: "the comment is gone", changed: false, undone: null, why: "" },
  ],
  undone_at: null,
  undone_by: "",
  ...change,
});
const NO_HITS: DryRunShape["result"] = { hits: 0, days: {}, first: [], surge_count: 0, surges: [] };
const dry = (change: Partial<DryRunShape> = {}): DryRunShape => ({
  id: "70",
  state: "running",
  progress: 0.5,
  checked: 4000,
  days: 7,
  result: NO_HITS,
  started_at: AT,
  updated_at: AT,
  ...change,
});

type Answer = { status?: number; body?: unknown } | undefined;

function open(path: string, answer: (call: Call) => Answer = () => undefined) {
  const calls = playServer((call) => {
    const given = answer(call);
    if (given) return given;
    const [address] = call.path.split("?");
    if (address === "/rules/fields") return { body: FIELDS };
    if (address === "/rules/presets") return { body: [preset] };
    if (address === "/rules" && call.method === "GET") {
      const resting = new Date(Date.now() + 1_800_000).toISOString();
      return { body: { items: [rule(), rule({ id: "6", name: "VIP", place: 2, paused_until: resting, version: 1 })] } };
    }
    if (address === "/reports/rules") {
      return { body: { items: [{ rule_id: "5", rule_name: "", runs: 12, undone: 0, refused: 2, conversations: 9 }] } };
    }
    if (address === "/rules/5/runs") return { body: { items: [run()], next_cursor: null, position: 1 } };
    if (address?.startsWith("/rules/5")) return { body: rule({ version: 4 }) };
    return { body: { items: [], next_cursor: null } };
  });
  const core = coreWith([]);
  core.store.update((state) => {
    const permissions = ["read", "settings", "triage", "moderate", "reports"];
    const tags = { "7": { id: "7", name: "Refund", colour: "red" } as (typeof state.tags)[string] };
    return state.me ? { ...state, tags, me: { ...state.me, permissions } } : state;
  }, true);
  core.show({ route: parseRoute(path) });
  const look = (
    <WithKeys>
      <SecondLookPage />
    </WithKeys>
  );
  const { container } = show(core, path.includes("second-look") ? look : <RulesPage />);
  return { core, calls, container };
}

/** A page whose keys are those of the registry. */
function WithKeys({ children }: { children: React.ReactNode }) {
  useKeys(useCore());
  return children;
}

const to = (calls: Call[], method: string, path: string) =>
  calls.filter((call) => call.method === method && call.path === path);

describe("the sentence of a rule", () => {
  const named: Named = {
    state: {
      tags: { "7": { id: "7", name: "Refund" } },
      teams: {},
      agents: { a1: agent() },
      channels: {},
      campaigns: {},
    } as unknown as Named["state"],
    fields: [
      { name: "text", label: "Message", kind: "words" },
      { name: "rating", label: "Stars", kind: "number" },
    ],
    webhooks: {},
  };
  const says = (change: Partial<RuleDraft>) => sentence({ ...BLANK, ...change }, named);

  it("says what sets it off, what is asked and what is done", () => {
    expect(says({ condition: REFUND, actions: DOES })).toEqual({
      when: "a message comes",
      and: "Message has the words “refund”",
      actions: [
        { label: "Tag", detail: "Refund" },
        { label: "Priority", detail: "High" },
      ],
    });
  });

  it("puts conditions inside conditions into brackets, and says none where there is none", () => {
    const low = { field: "rating", op: "at_most", value: 2 };
    expect(says({ condition: { all: [low, { any: [REFUND, low] }] } }).and).toBe(
      "Stars is at most 2 and (Message has the words “refund” or Stars is at most 2)",
    );
    expect(says({ condition: { not: low } }).and).toBe("not (Stars is at most 2)");
    expect(says({ condition: {} }).and).toBe("");
  });

  it("knows every kind of trigger", () => {
    expect(says({ trigger: { on: "time", what: "silent", seconds: 259_200, hours: "business" } }).when).toBe(
      "the customer has not written for 3 d since our answer, in business hours",
    );
    expect(says({ trigger: { on: "schedule", days: ["mon", "fri"], time: "09:00", zone: "Europe/Athens" } }).when).toBe(
      "it is 09:00 on Mon, Fri (Europe/Athens)",
    );
    expect(says({ trigger: { on: "volume", scope: "post", minutes: 15, times: 4, minimum: 30 } }).when).toBe(
      "a post gets 4 times the usual within 15 minutes, 30 or more",
    );
  });
});

describe("the list of rules", () => {
  it("shows each as a sentence, how often it ran, and why one rests", async () => {
    const { container } = open("/settings/rules");
    const [first, second] = await screen.findAllByRole("listitem");
    await waitFor(() =>
      expect(first?.textContent).toContain("When a message comes · and Message has the words “refund”"),
    );
    expect(first?.textContent).toContain("then Tag Refund, Priority High");
    await waitFor(() => expect(first?.textContent).toContain("12 times"));
    expect(first?.textContent).toContain("2 not wholly");
    expect(second?.textContent).toContain("it ran 500 times within an hour");
    expect((await axe.run(container)).violations.map((one) => one.id)).toEqual([]);
  });

  it("says of a rule that it names what is gone", async () => {
    open("/settings/rules", (call) =>
      call.path === "/rules" ? { body: { items: [rule({ actions: [{ do: "tag", tag_ids: ["404"] }] })] } } : undefined,
    );
    expect((await screen.findByRole("listitem")).textContent).toContain("Names what is gone: Tag");
  });

  it("is reordered by keys, and the whole order is sent at once", async () => {
    const { calls } = open("/settings/rules");
    (await screen.findByRole("button", { name: "VIP, place 2" })).focus();
    await userEvent.keyboard("{ArrowUp}");
    await waitFor(() => expect(to(calls, "POST", "/rules/order")[0]?.body).toEqual({ ids: ["6", "5"] }));
    expect(screen.getByRole("status").textContent).toBe("VIP is now at place 1");
  });

  it("switches one off against the version that is shown", async () => {
    const { calls } = open("/settings/rules");
    await userEvent.click(await screen.findByRole("checkbox", { name: "Refunds is on" }));
    const [sent] = to(calls, "PATCH", "/rules/5");
    expect(sent?.body).toEqual({ active: false });
    expect(sent?.headers["If-Match"]).toBe('"v3"');
  });

  it("offers presets where there is no rule yet", async () => {
    open("/settings/rules", (call) => (call.path === "/rules" ? { body: { items: [] } } : undefined));
    const chosen = await screen.findByRole("link", { name: /VIP writes/ });
    expect(chosen.getAttribute("href")).toBe("/settings/rules/new-vip");
    expect(screen.getByRole("link", { name: "An empty rule" })).toBeTruthy();
  });
});

describe("the editor of a rule", () => {
  it("makes a rule of a preset, changed by keyboard alone", async () => {
    const { calls } = open("/settings/rules/new-vip");
    const name = await screen.findByRole("textbox", { name: "Name" });
    expect((name as HTMLInputElement).value).toBe("VIP writes");
    screen.getByRole("button", { name: "Add an action" }).focus();
    await userEvent.keyboard("{Enter}");
    await userEvent.click(await screen.findByRole("menuitem", { name: "Note" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Words" }), "Look");
    screen.getByRole("button", { name: "Note, place 2" }).focus();
    await userEvent.keyboard("{ArrowUp}");
    await userEvent.click(screen.getByRole("button", { name: "Make rule" }));
    await waitFor(() => expect(to(calls, "POST", "/rules")).toHaveLength(1));
    expect(to(calls, "POST", "/rules")[0]?.body).toMatchObject({
      name: "VIP writes",
      condition: preset.condition,
      actions: [
        { do: "note", text: "Look" },
        { do: "priority", to: "high" },
      ],
    });
  });

  it("asks about the message with words that are typed", async () => {
    const { calls } = open("/settings/rules/5");
    const words = await screen.findByPlaceholderText("word, Enter");
    await userEvent.type(words, "money back{Enter}");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(to(calls, "PATCH", "/rules/5")).toHaveLength(1));
    expect(to(calls, "PATCH", "/rules/5")[0]?.body).toEqual({
      condition: { all: [{ field: "text", op: "has_words", value: ["refund", "money back"] }] },
    });
  });

  it("lays my changes on what somebody else saved, and says what both changed", async () => {
    let saves = 0;
    const { calls } = open("/settings/rules/5", (call) => {
      if (call.path !== "/rules/5") return undefined;
      if (call.method === "PATCH") {
        saves += 1;
        return saves === 1
          ? { status: 412, body: { code: "version", detail: "changed" } }
          : { body: rule({ version: 9 }) };
      }
      return { body: saves ? rule({ name: "Theirs", stop: true, version: 8 }) : rule() };
    });
    const name = await screen.findByRole("textbox", { name: "Name" });
    await userEvent.clear(name);
    await userEvent.type(name, "Mine");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect((await screen.findByRole("alert")).textContent).toContain("Changed by both: Name.");
    expect((screen.getByRole("textbox", { name: "Name" }) as HTMLInputElement).value).toBe("Mine");
    expect((screen.getByRole("checkbox", { name: /no later rule/ }) as HTMLInputElement).checked).toBe(true);
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(to(calls, "PATCH", "/rules/5")[1]?.headers["If-Match"]).toBe('"v8"'));
  });

  it("keeps what I changed when I leave the page without saving, says so, and leads back to it", async () => {
    const { core, calls } = open("/settings/rules/5");
    core.show({ session: "in" });
    const name = await screen.findByRole("textbox", { name: "Name" });
    await userEvent.type(name, " soon");
    act(() => core.go(parseRoute("/settings/rules")));
    const { toast } = core.desk.get();
    expect([toast?.text, toast?.tone]).toEqual([expect.stringContaining("not saved"), "open"]);
    act(() => toast?.action?.run());
    expect(await screen.findByDisplayValue("Refunds soon")).toBeTruthy();
    expect(screen.getByText(/changed this before/)).toBeTruthy();
    expect(core.desk.get().toast).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(to(calls, "PATCH", "/rules/5")[0]?.body).toEqual({ name: "Refunds soon" }));
    core.show({ toast: null });
    act(() => core.go(parseRoute("/settings/rules")));
    expect(core.desk.get().toast).toBeNull();
  });

  it("lets go of what I changed before, also inside the conditions", async () => {
    const { core } = open("/settings/rules/5");
    core.show({ session: "in" });
    await userEvent.type(await screen.findByPlaceholderText("word, Enter"), "money back{Enter}");
    act(() => core.go(parseRoute("/settings/rules")));
    act(() => core.go(parseRoute("/settings/rules/5")));
    await userEvent.click(await screen.findByRole("button", { name: "Discard changes" }));
    expect(screen.queryByText("money back")).toBeNull();
    expect((screen.getByRole("button", { name: "Save" }) as HTMLButtonElement).disabled).toBe(true);
    expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Name" }));
    core.show({ toast: null });
    act(() => core.go(parseRoute("/settings/rules")));
    expect(core.desk.get().toast).toBeNull();
  });

  it("has the browser ask before it forgets what I changed, also when I left the page before; nobody else is asked", async () => {
    const asks = () => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
    const { core } = open("/settings/rules/5");
    core.show({ session: "in" });
    await userEvent.type(await screen.findByRole("textbox", { name: "Name" }), " soon");
    expect(asks()).toBe(true);
    act(() => core.go(parseRoute("/desk/waiting")));
    expect(asks()).toBe(true);
    core.store.update(
      (state) => ({ ...state, me: state.me && { ...state.me, agent: { ...state.me.agent, id: "77" } } }),
      true,
    );
    expect(asks()).toBe(false);
  });

  it("leaves me where I went while a new rule was being saved, and says there that it is", async () => {
    let answer = (_: Response) => {};
    const { core } = open("/settings/rules/new-vip");
    core.show({ session: "in" });
    const make = await screen.findByRole("button", { name: "Make rule" });
    const play = window.fetch;
    vi.stubGlobal("fetch", (url: string, init: RequestInit) =>
      init.method === "POST" ? new Promise<Response>((resolve) => (answer = resolve)) : play(url, init),
    );
    await userEvent.click(make);
    act(() => core.go(parseRoute("/desk/waiting")));
    await act(async () => answer(new Response(JSON.stringify(rule({ id: "9" })), { status: 201 })));
    await waitFor(() => expect(core.desk.get().toast?.text).toBe("Saved"));
    expect(core.desk.get().route).toEqual(parseRoute("/desk/waiting"));
    expect(core.unsaved.size).toBe(0);
  });

  it("keeps nothing of a rule that I removed", async () => {
    const { core, container } = open("/settings/rules/5");
    core.show({ session: "in" });
    await userEvent.type(await screen.findByRole("textbox", { name: "Name" }), " soon");
    await userEvent.click(container.querySelector("form .btn.danger-quiet") as HTMLElement);
    await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(core.desk.get().route).toEqual(parseRoute("/settings/rules")));
    expect(core.desk.get().toast).toBeNull();
    expect(core.unsaved.size).toBe(0);
  });

  it("tries what lasts on the past, and far more than usual; not what leaves no trace of then", async () => {
    open("/settings/rules/5");
    await userEvent.click(await screen.findByRole("radio", { name: "something lasts" }));
    expect(screen.getByRole("button", { name: "Count" })).toBeTruthy();
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "What lasts" }), "silent");
    expect(screen.getByRole("button", { name: "Count" })).toBeTruthy();
    await userEvent.click(screen.getByRole("radio", { name: "far more comes than usual" }));
    expect(screen.getByText(/Each half minute of the past is looked at/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Count" })).toBeTruthy();
    await userEvent.click(screen.getByRole("radio", { name: "something happens" }));
    await userEvent.click(screen.getByRole("checkbox", { name: "a survey is answered" }));
    await userEvent.click(screen.getByRole("checkbox", { name: "a message comes" }));
    expect(screen.getByRole("button", { name: "Count" })).toBeTruthy();
    await userEvent.click(screen.getByRole("checkbox", { name: "a tag is put on" }));
    await userEvent.click(screen.getByRole("checkbox", { name: "a survey is answered" }));
    expect(screen.getByText(/only messages, reviews and answers to surveys/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Count" })).toBeNull();
  });
});

describe("the list of rules", () => {
  it("shows what another admin changed, without being asked", async () => {
    let name = "Refunds";
    const { core } = open("/settings/rules", (call) =>
      call.path === "/rules" ? { body: { items: [rule({ name })] } } : undefined,
    );
    await screen.findByRole("link", { name: "Refunds" });
    name = "Money back";
    const data = { object: "rule", id: "5", value: rule({ name }) };
    const frame = event({ event: "setting_changed", position: 900, conversation_id: null, data });
    act(() => core.store.update((state) => apply(state, frame, NOW), true));
    expect(await screen.findByRole("link", { name: "Money back" })).toBeTruthy();
    expect(screen.queryByRole("link", { name: "Refunds" })).toBeNull();
  });
});

describe("trying a rule on the past", () => {
  it("shows how far it is, then the hits by day and why each was one", async () => {
    let asked = 0;
    const hit = {
      conversation_id: "1",
      number: 47,
      message_id: "m1",
      at: AT,
      preview: "I want a REFUND now",
      reasons: [{ field: "text", op: "has_words", value: ["refund"], found: ["refund"], held: true }],
    };
    const done = dry({
      state: "done",
      progress: 1,
      result: { ...NO_HITS, hits: 3, days: { "2026-11-22": 3 }, first: [hit] },
    });
    const { calls } = open("/settings/rules/5", (call) => {
      if (call.path === "/rules/dry-run") return { status: 202, body: dry() };
      if (call.path !== "/rules/dry-run/70") return undefined;
      asked += 1;
      return { body: asked > 1 ? done : dry({ progress: 0.7 }) };
    });
    await userEvent.click(await screen.findByRole("button", { name: "7 days" }));
    await userEvent.click(screen.getByRole("button", { name: "Count" }));
    expect(((await screen.findByRole("progressbar")) as HTMLProgressElement).value).toBe(0.5);
    expect(await screen.findByText("It would have run 3 times.", {}, { timeout: 4000 })).toBeTruthy();
    expect(to(calls, "POST", "/rules/dry-run")[0]?.body).toMatchObject({ days: 7, rule: { condition: REFUND } });
    expect(screen.getByText("REFUND").tagName).toBe("MARK");
    expect(screen.getByText(/Why: Message has the words “refund”/)).toBeTruthy();
    expect(screen.getByRole("link", { name: "#47" }).getAttribute("href")).toBe("/desk/all/1");
    expect(screen.getByRole("img", { name: "By day: 22 Nov, 3" })).toBeTruthy();
    expect(screen.getByText("As a table")).toBeTruthy();
  });

  it("lists when far more than usual came, in what, and beside what is usual", async () => {
    const surge = {
      scope: "channel",
      ref: "7",
      name: "Athens shop",
      at: "2026-11-20T10:15:30Z",
      until: "2026-11-20T11:02:00Z",
      count: 48,
      usual: 3.5,
      conversations: 31,
    };
    const result = { ...NO_HITS, hits: 31, surge_count: 2, surges: [surge, { ...surge, ref: "8", until: null }] };
    open("/settings/rules/5", (call) =>
      call.path === "/rules/dry-run" ? { status: 202, body: dry({ state: "done", progress: 1, result }) } : undefined,
    );
    await userEvent.click(await screen.findByRole("radio", { name: "far more comes than usual" }));
    await userEvent.click(screen.getByRole("button", { name: "Count" }));
    expect(await screen.findByText("2 times far more came than usual.")).toBeTruthy();
    const [ended, lasts] = screen.getAllByRole("listitem").filter((one) => one.textContent?.includes("Athens shop"));
    expect(ended?.textContent).toContain("48 came within 15 min, usual are 3.5 · 31 conversations");
    expect(ended?.textContent).toMatch(/until \d\d:\d\d/);
    expect(lasts?.textContent).toContain("goes on");
  });

  it("stops when it is told to, and keeps what was counted", async () => {
    const { calls } = open("/settings/rules/5", (call) => {
      if (call.path === "/rules/dry-run") return { status: 202, body: dry({ result: { ...NO_HITS, hits: 2 } }) };
      if (call.path !== "/rules/dry-run/70") return undefined;
      return call.method === "DELETE" ? { body: {} } : { body: dry() };
    });
    await userEvent.click(await screen.findByRole("button", { name: "Count" }));
    await userEvent.click(await screen.findByRole("button", { name: "Stop" }));
    expect(await screen.findByText(/what was counted until then/)).toBeTruthy();
    expect(to(calls, "DELETE", "/rules/dry-run/70")).toHaveLength(1);
    expect(screen.getByText("It would have run 2 times.")).toBeTruthy();
  });

  it("says when the counting broke off", async () => {
    open("/settings/rules/5", (call) =>
      call.path === "/rules/dry-run" ? { status: 202, body: dry({ state: "failed" }) } : undefined,
    );
    await userEvent.click(await screen.findByRole("button", { name: "Count" }));
    expect(await screen.findByText("The counting broke off. Count again.")).toBeTruthy();
  });
});

describe("what a rule did", () => {
  it("names the conversation by its number, and what is left of a surge", async () => {
    const left = "this was run 500 of at most 500 within an hour: up to 312 conversations of this surge are left";
    const deeds = [{ do: "rest", refused: left, changed: false, undone: null, why: "" }];
    open("/settings/rules/5", (call) =>
      call.path.startsWith("/rules/5/runs") ? { body: { items: [run({ deeds })], next_cursor: null } } : undefined,
    );
    expect((await screen.findByRole("link", { name: "#48 Eleni" })).getAttribute("href")).toBe("/desk/all/1");
    expect(screen.getByText("What is left")).toBeTruthy();
    expect(screen.getByText(left)).toBeTruthy();
  });

  it("is taken back, with what became of each action", async () => {
    const deeds = [
      { do: "tag", refused: "", changed: true, undone: false, why: "it was taken off meanwhile" },
      { do: "hide", refused: "the comment is gone", changed: false, undone: null, why: "" },
    ];
    open("/settings/rules/5", (call) =>
      call.path === "/rules/runs/90/undo" ? { body: run({ deeds, undone_at: AT, undone_by: "Maria" }) } : undefined,
    );
    expect(await screen.findByText("refused: the comment is gone")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Take back" }));
    expect(await screen.findByText("left: it was taken off meanwhile")).toBeTruthy();
    expect(screen.getByText("Taken back by Maria")).toBeTruthy();
  });
});

describe("the second look", () => {
  const appeal = (id: string, text: string): AppealShape => ({
    message_id: id,
    conversation_id: "1",
    rule_id: "5",
    rule_name: "Abuse",
    run_id: "90",
    at: AT,
    text,
  });
  const two = (call: Call): Answer =>
    call.path.startsWith("/moderation/appeals?")
      ? { body: { items: [appeal("1", "first words"), appeal("2", "second words")], next_cursor: null } }
      : undefined;

  it("is done by keys alone: down, show again, leave hidden", async () => {
    const { calls } = open("/settings/second-look", two);
    await screen.findByText("first words");
    await userEvent.keyboard("jn");
    await waitFor(() => expect(to(calls, "POST", "/moderation/appeals/2/revert")).toHaveLength(1));
    await userEvent.keyboard("y");
    await waitFor(() => expect(to(calls, "POST", "/moderation/appeals/1/confirm")).toHaveLength(1));
    expect(await screen.findByText("Nothing waits for a second look.")).toBeTruthy();
  });

  it("listens to the keys that the person gave it, and says them", async () => {
    const { core, calls } = open("/settings/second-look", two);
    await screen.findByText("first words");
    setOwnKeys({ "look-revert": "b" });
    act(() => core.show({ own: { ...core.desk.get().own, keys: { "look-revert": "b" } } }));
    expect(screen.getByText("J and K move, Y leaves it hidden, B shows it")).toBeTruthy();
    await userEvent.keyboard("nb");
    setOwnKeys({});
    expect(to(calls, "POST", "/moderation/appeals/1/revert")).toHaveLength(1);
  });

  it("puts one back at its place where the decision was refused", async () => {
    open("/settings/second-look", (call) =>
      call.method === "POST" ? { status: 409, body: { code: "decided", detail: "Jonas decided it" } } : two(call),
    );
    await screen.findByText("first words");
    await userEvent.keyboard("y");
    expect((await screen.findByRole("alert")).textContent).toBe("Jonas decided it");
    expect(screen.getByText("first words")).toBeTruthy();
  });
});

describe("words found in a text", () => {
  it("are marked whatever their case and accents, and nothing where folding changes lengths", () => {
    const hits = (text: string, words: string[]) => parts(text, words).flatMap((one) => (one.hit ? [one.part] : []));
    expect(hits("Μεγάλη ΑΠΑΤΗ, refunded", ["απάτη", "refund*"])).toEqual(["ΑΠΑΤΗ", "refund"]);
    expect(hits("환불 refund", ["refund"])).toEqual([]);
  });
});
