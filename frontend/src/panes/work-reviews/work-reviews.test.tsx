import { act, cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { signal } from "../../commands/registry";
import type { OpenSampleShape, SampleItem, WorkReviewShape } from "../../protocol/types.generated";
import { agent, conversation } from "../../testing/examples";
import { type Call, coreWith, playServer, show } from "../../testing/render";
import { workReviewWords } from "../../text/work-reviews/load";
import { Beside } from "./beside";
import { OfMe } from "./of-me";
import { ReviewCard } from "./review-card";
import WorkReviewsPage from "./work-reviews-page";

beforeAll(workReviewWords);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const list = { id: "l1", name: "Tone", questions: ["Friendly?", "Complete?"], created_at: "", version: 1 };
const row = (id: string) =>
  conversation({ id, number: Number(id), contact: { ...conversation().contact, name: `P${id}` } });
const item = (id: string, change: Partial<SampleItem> = {}): SampleItem => ({
  agent_id: "a2",
  conversation_id: id,
  conversation: row(id),
  review_id: null,
  state: "",
  ...change,
});
const asked: OpenSampleShape["sample"]["asked"] = {
  since: "2026-10-23T00:00:00Z", until: "2026-11-22T00:00:00Z", agent_ids: ["a2"], team_ids: [], channel_ids: [],
  networks: [], kinds: [], tag_ids: [], campaign_ids: [], languages: [], ratings: [], breached: false, again: false,
  order: "random", count: 2,
}; // biome-ignore format: one question
const sample: OpenSampleShape["sample"] = {
  id: "s1",
  asked,
  seed: 4711,
  found: 31,
  size: 2,
  drafts: 0,
  shared: 1,
  checklist_id: "l1",
  created_at: "2026-11-22T11:00:00Z",
};
const review = (change: Partial<WorkReviewShape> = {}): WorkReviewShape => ({
  id: "r1",
  conversation_id: "7",
  conversation: row("7"),
  agent_id: "a2",
  reviewer_id: "a1",
  checklist: "Tone",
  marks: [
    { question: "Friendly?", mark: "yes", remark: "" },
    { question: "Complete?", mark: "no", remark: "The link is missing." },
  ],
  verdict: "praise",
  comment: "Well done.",
  created_at: "2026-11-22T11:00:00Z",
  changed_at: "2026-11-22T11:00:00Z",
  shared_at: "2026-11-22T11:30:00Z",
  answer: "",
  answered_at: null,
  version: 2,
  ...change,
});
const page = <T,>(...items: T[]) => ({ body: { items, next_cursor: null, position: 1 } });
const names = ["Anna Supervisor", "Ben Agent"];

/** A core of a supervisor (`a1`), or of the agent (`a2`) that is looked at. */
function desk(me = "a1") {
  const core = coreWith([]);
  const agents = Object.fromEntries(names.map((name, i) => [`a${i + 1}`, agent({ id: `a${i + 1}`, name })]));
  const known = agents[me];
  const permissions = me === "a1" ? ["read", "reports", "settings"] : ["read"];
  core.store.update((state) => ({ ...state, agents, me: known ? { agent: known, permissions } : null }), true);
  return core;
}

/** The server of a sample of two; what is written becomes the review. */
function served(call: Call, items = [item("7"), item("8")]) {
  const { method, path, body } = call;
  if (path.startsWith("/checklists")) return page(list);
  if (path === "/work-samples/s1") return { body: { sample, items } };
  if (path === "/work-reviews" && method === "POST") {
    return { status: 201, body: review({ ...body, shared_at: null, version: 1, marks: marksOf(body) }) };
  }
  if (path === "/work-reviews/r1" && method === "PATCH") {
    return { body: review({ ...body, shared_at: null, version: 2, marks: marksOf(body) }) };
  }
  if (path === "/work-reviews/r1/share") return { body: review({ version: 3 }) };
  if (path.startsWith("/work-reviews")) return page();
  return undefined;
}

const marksOf = (body: Record<string, unknown>) =>
  (body.marks as { mark: "yes"; remark: string }[]).map((one, i) => ({ ...one, question: list.questions[i] ?? "" }));

async function through(items?: SampleItem[], at = 1) {
  const core = desk();
  core.show({ route: { page: "work-reviews", sample: "s1", at } });
  const calls = playServer((call) => served(call, items));
  const { container } = show(core, <WorkReviewsPage route={{ page: "work-reviews", sample: "s1", at }} />);
  await screen.findByRole("heading", { name: `${at} of 2` });
  return { core, calls, container };
}

const written = (calls: readonly Call[], method: string) =>
  calls.filter((call) => call.method === method && call.path.startsWith("/work-reviews"));

describe("a sample that is worked through", () => {
  it("marks the questions one after the other by keys, and keeps the draft", async () => {
    const { calls } = await through();
    await screen.findByText("Friendly?");
    act(() => signal("review-yes"));
    act(() => signal("review-no"));
    expect(screen.getAllByRole("button", { pressed: true }).map((one) => one.textContent)).toEqual([
      expect.stringContaining("Yes"),
      expect.stringContaining("No"),
    ]);
    await waitFor(() => expect(written(calls, "POST")).toHaveLength(1), { timeout: 3000 });
    expect(written(calls, "POST")[0]?.body).toEqual({
      conversation_id: "7",
      agent_id: "a2",
      checklist_id: "l1",
      marks: [
        { mark: "yes", remark: "" },
        { mark: "no", remark: "" },
      ],
      verdict: "",
      comment: "",
    });
  });

  it("keeps what was just typed before it is shared, and shows what the agent sees then", async () => {
    const { calls } = await through();
    fireEvent.change(await screen.findByLabelText(/^Comment/), { target: { value: "Well done." } });
    act(() => signal("review-share"));
    expect(await screen.findByText("Take it back")).toBeTruthy();
    const sent = calls.filter((call) => call.method === "POST").map((call) => call.path);
    expect(sent).toEqual(["/work-reviews", "/work-reviews/r1/share"]);
    expect(calls.find((call) => call.path.endsWith("/share"))?.headers["If-Match"]).toBe('"v1"');
  });

  it("throws a draft away for good: nothing of it is kept later", async () => {
    const { calls } = await through();
    const field = await screen.findByLabelText<HTMLTextAreaElement>(/^Comment/);
    fireEvent.change(field, { target: { value: "Hm." } });
    await waitFor(() => expect(written(calls, "POST")).toHaveLength(1), { timeout: 3000 });
    fireEvent.change(field, { target: { value: "Hm, no." } });
    fireEvent.click(await screen.findByRole("button", { name: "Discard the draft" }));
    await waitFor(() => expect(written(calls, "DELETE").map((call) => call.path)).toEqual(["/work-reviews/r1"]));
    await waitFor(() => expect(screen.getByLabelText<HTMLTextAreaElement>(/^Comment/).value).toBe(""));
    cleanup();
    expect(written(calls, "PATCH")).toEqual([]);
  });

  it("goes to the next and the previous conversation by keys, and no further than the ends", async () => {
    const { core } = await through();
    act(() => signal("review-previous"));
    expect(core.desk.get().route).toMatchObject({ at: 1 });
    act(() => signal("review-next"));
    expect(core.desk.get().route).toMatchObject({ page: "work-reviews", sample: "s1", at: 2 });
  });

  it("says of each conversation how far one is", async () => {
    await through([item("7", { state: "shared", review_id: "r9" }), item("8")], 2);
    const steps = within(screen.getByRole("list", { name: "How far you are" })).getAllByRole("button");
    expect(steps.map((one) => one.getAttribute("aria-label"))).toEqual(["1, shared", "2, not looked at"]);
    expect(steps[1]?.getAttribute("aria-current")).toBe("step");
  });

  it("says that a conversation went out of sight, and asks nothing of it", async () => {
    const { calls } = await through([item("7", { conversation: null }), item("8")]);
    expect(screen.getByText(/not in your channels and teams any more/)).toBeTruthy();
    expect(calls.some((call) => call.path.startsWith("/conversations/7"))).toBe(false);
  });

  it("has nothing that a reader of the screen cannot tell", async () => {
    const { container } = await through();
    await screen.findByText("Friendly?");
    const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations.map((one) => one.id)).toEqual([]);
  });
});

describe("the way in", () => {
  function open(answer: (call: Call) => ReturnType<Parameters<typeof playServer>[0]> = () => undefined) {
    const core = desk();
    const calls = playServer((call) => {
      if (call.path.startsWith("/checklists")) return page(list);
      return answer(call) ?? page();
    });
    const { container } = show(core, <WorkReviewsPage route={{ page: "work-reviews", sample: null, at: 0 }} />);
    return { core, calls, container };
  }

  it("draws a sample of somebody's work, with what it is narrowed to, and opens it", async () => {
    const { core, calls } = open((call) =>
      call.method === "POST" ? { status: 201, body: { sample, items: [item("7")] } } : undefined,
    );
    fireEvent.click(await screen.findByRole("button", { name: "Ben Agent" }));
    fireEvent.click(screen.getByLabelText("A target was missed"));
    fireEvent.change(screen.getByLabelText(/Number it is drawn by/), { target: { value: "4711" } });
    await screen.findByRole("option", { name: "Tone" });
    fireEvent.click(screen.getByRole("button", { name: "Choose conversations" }));
    await waitFor(() => expect(core.desk.get().route).toEqual({ page: "work-reviews", sample: "s1", at: 1 }));
    expect(calls.find((call) => call.method === "POST")?.body).toMatchObject({
      agent_ids: ["a2"],
      breached: true,
      seed: 4711,
      count: 10,
      order: "random",
      checklist_id: "l1",
    });
  });

  it("shows one's samples with what they were drawn by and how far one is, and no figure of marks", async () => {
    open((call) => (call.path.startsWith("/work-samples") ? page(sample) : undefined));
    const samples = within(await screen.findByRole("region", { name: "Your samples" }));
    expect((await samples.findByRole("link", { name: "Ben Agent" })).getAttribute("href")).toBe("/work-reviews/s1/1");
    expect(samples.getByText(/at random, number 4711 · 2 of 31 found/)).toBeTruthy();
    expect(samples.getByText("1 of 2 shared")).toBeTruthy();
    expect(document.body.textContent).not.toMatch(/%|average|score:/i);
  });

  it("has nothing that a reader of the screen cannot tell", async () => {
    const { container } = open((call) => (call.path.startsWith("/work-reviews") ? page(review()) : page(sample)));
    await screen.findByText("1 of 2 shared");
    const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations.map((one) => one.id)).toEqual([]);
  });
});

describe("a review of one's own work", () => {
  it("is read in one's day and answered there, and the answer can be taken back", async () => {
    const calls = playServer((call) => {
      if (call.method === "PUT") {
        return { body: review({ answer: String(call.body.text), answered_at: "2026-11-22T11:50:00Z" }) };
      }
      if (call.method === "DELETE") return { body: review() };
      return page(review());
    });
    show(desk("a2"), <OfMe />);
    fireEvent.click(await screen.findByText("Anna Supervisor"));
    expect(screen.getByText("The link is missing.")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Answer" }));
    fireEvent.change(screen.getByLabelText("Your answer"), { target: { value: "Thank you." } });
    fireEvent.click(screen.getByRole("button", { name: "Send the answer" }));
    expect(await screen.findByText("Thank you.")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Take the answer back" }));
    await waitFor(() => expect(screen.queryByText("Thank you.")).toBeNull());
    expect(calls.map((call) => `${call.method} ${call.path.split("?")[0]}`)).toEqual([
      "GET /work-reviews",
      "PUT /work-reviews/r1/answer",
      "DELETE /work-reviews/r1/answer",
    ]);
    expect(screen.queryByRole("button", { name: "Take it back" })).toBeNull();
  });

  it("is asked for again when the log says that there is a new one", async () => {
    const calls = playServer(() => page());
    const core = desk("a2");
    show(core, <OfMe />);
    await screen.findByText("Nobody has written about your work yet.");
    act(() => core.store.update((state) => ({ ...state, workReviews: 9 }), true));
    await waitFor(() => expect(calls).toHaveLength(2));
  });

  it("stands beside its conversation, and nothing where there is none", async () => {
    const calls = playServer(() => page());
    const { container } = show(desk("a2"), <Beside conversation="7" />);
    await waitFor(() => expect(calls).toHaveLength(1));
    expect(calls[0]?.path).toContain("view=of_me&conversation=7");
    expect(container.textContent).toBe("");
  });

  it("says where an answer is older than what it answers", () => {
    const answered = review({ answer: "Why?", answered_at: "2026-11-22T11:10:00Z" });
    show(desk(), <ReviewCard review={answered} changed={() => {}} />);
    expect(screen.getByText(/before the review was last shared/)).toBeTruthy();
  });
});
