import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { run } from "../../commands/registry";
import { undoLast } from "../../commands/triage";
import type { Core } from "../../core";
import { useKeys } from "../../keyboard/use-keys";
import type { CampaignShape, PostDetail } from "../../protocol/types.generated";
import { parseRoute } from "../../store/route";
import { AT, capability, channel, conversation, thread } from "../../testing/examples";
import { type Call, coreWith, playServer, show } from "../../testing/render";
import { useCore, useDesk } from "../../ui/use-core";
import CampaignsPage from "./campaigns-page";
import PostsPage from "./posts-page";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const post = (change: Partial<PostDetail> = {}): PostDetail => ({
  id: "p1",
  external_id: "x1",
  text: "Mugs are back",
  url: null,
  image_url: null,
  is_ad: true,
  posted_at: AT,
  channel_id: "ch1",
  network: "telegram",
  campaign_id: "k1",
  created_at: AT,
  counts: { total: 9, waiting: 2, answered: 5, hidden: 1, no_question: 1 },
  waiting_since: AT,
  ...change,
});
const campaign: CampaignShape = {
  id: "k1",
  name: "Winter mugs",
  owner_id: "a2",
  team_id: null,
  goal: "Sell the rest",
  starts_at: null,
  ends_at: null,
  hashtags: ["mugs"],
  post_ids: ["p1"],
  created_at: AT,
  version: 3,
};
const shapeOf = ({ id, external_id, text, url, image_url, is_ad, posted_at }: PostDetail) => ({
  id,
  external_id,
  text,
  url,
  image_url,
  is_ad,
  posted_at,
});
const comment = (id: string, name: string) =>
  conversation({
    id,
    kind: "comment",
    audience: "public",
    contact: { id: `c${id}`, name, avatar_url: null, blocked: false, vip: false },
    preview: `${name} asks`,
    threads: [thread({ id: `t${id}`, kind: "comment", audience: "public", post: shapeOf(post()) })],
  });
const rows = [comment("7", "Mira"), comment("8", "Lena")];

function answers(call: Call) {
  if (call.path.startsWith("/posts?")) return { body: { items: [post()], next_cursor: null } };
  if (call.path.startsWith("/campaigns")) {
    return { body: call.method === "GET" ? { items: [campaign] } : { ...campaign, ...call.body } };
  }
  if (call.path.startsWith("/conversations?")) return { body: { items: rows, next_cursor: null } };
  if (call.path.endsWith("/dismiss")) return { body: { dismissed: 2, remaining: 0, until: AT, since: AT } };
  if (call.path.includes("/messages")) return { body: { items: [], events: [], next_cursor: null } };
  const id = /^\/conversations\/(\d+)$/.exec(call.path)?.[1];
  const row = rows.find((one) => one.id === id);
  return { body: { conversation: row, waits: [], participants: [], linked: [] } };
}

function Page() {
  const route = useDesk((desk) => desk.route);
  return route.page === "posts" ? <PostsPage route={route} /> : null;
}

/** The keyboard of the whole window. */
function Keys() {
  useKeys(useCore());
  return null;
}

function ready(path: string, given: typeof answers = answers): { core: Core; calls: Call[] } {
  const calls = playServer(given);
  const core = coreWith([]);
  const capabilities = { comment: capability({ audience: "public", actions: ["reply_comment"] }) };
  const me = core.state().me;
  core.store.update(
    (state) => ({
      ...state,
      channels: { ch1: channel({ capabilities }) },
      me: me && { ...me, permissions: ["reply", "settings", "triage"] },
    }),
    true,
  );
  core.show({ route: parseRoute(path), session: "in" });
  show(core, <Page />);
  return { core, calls };
}

describe("the page of posts", () => {
  it("shows each with its campaign, its counts and its oldest wait", async () => {
    ready("/posts");
    const item = (await screen.findByText("Mugs are back")).closest("li");
    await waitFor(() => expect(item?.textContent).toContain("Winter mugs"));
    for (const words of ["Ad", "9 comments", "2 waiting", "5 answered", "1 hidden"]) {
      expect(item?.textContent).toContain(words);
    }
    expect(within(item as HTMLElement).getByRole("img", { name: "Oldest wait" })).toBeTruthy();
  });

  it("is gone through by J and K while none is open, and Enter opens the one that has the focus", async () => {
    const items = [post(), post({ id: "p2", text: "Bowls are back" })];
    const { core } = ready("/posts", (call) =>
      call.path.startsWith("/posts?") ? { body: { items, next_cursor: null } } : answers(call),
    );
    show(core, <Keys />);
    await screen.findByText("Bowls are back");
    const user = userEvent.setup();
    const focused = () => document.activeElement?.textContent;
    await user.keyboard("jj");
    expect(focused()).toBe("Bowls are back");
    await user.keyboard("j");
    expect(focused()).toBe("Bowls are back");
    await user.keyboard("k");
    expect(focused()).toBe("Mugs are back");
    await user.keyboard("{Enter}");
    expect(core.desk.get().route).toMatchObject({ page: "posts", post: post().id });
  });

  it("says calmly that there is none", async () => {
    playServer(() => ({ body: { items: [], next_cursor: null } }));
    const core = coreWith([]);
    core.show({ route: parseRoute("/posts") });
    show(core, <Page />);
    expect(await screen.findByText("No posts yet")).toBeTruthy();
  });

  it("asks the server by channel, campaign and order", async () => {
    const { calls } = ready("/posts");
    await screen.findByText("Mugs are back");
    await userEvent.selectOptions(await screen.findByLabelText("Campaign"), "Winter mugs");
    await userEvent.click(screen.getByRole("button", { name: "Oldest wait first" }));
    await waitFor(() =>
      expect(calls.some((call) => call.path.includes("sort=newest") && call.path.includes("campaign=k1"))).toBe(true),
    );
  });
});

describe("the comments of a post", () => {
  it("are those that wait, oldest first, asked for by the post", async () => {
    const { calls } = ready("/posts/p1");
    expect(await screen.findByText("Mira asks")).toBeTruthy();
    const asked = calls.find((call) => call.path.startsWith("/conversations?"))?.path;
    expect(asked).toContain("post=p1");
    expect(asked).toContain("view=waiting");
    expect(asked).toContain("sort=waiting");
  });

  it("are taken in order, the answer written where the comment stands", async () => {
    const { core } = ready("/posts/p1");
    await screen.findByText("Mira asks");
    run(core, "next-waiting");
    await waitFor(() => expect(core.desk.get().route).toMatchObject({ page: "posts", post: "p1", conversation: "7" }));
    expect(await screen.findByRole("button", { name: /Answer publicly/ })).toBeTruthy();
    run(core, "next-waiting");
    await waitFor(() => expect(core.desk.get().route).toMatchObject({ conversation: "8" }));
  });

  it("are dismissed together with a reason, those who write meanwhile left out, and brought back in one step", async () => {
    const { core, calls } = ready("/posts/p1");
    await screen.findByText("Mira asks");
    await waitFor(() =>
      expect(screen.getByRole<HTMLButtonElement>("button", { name: /Dismiss remaining 2/ }).disabled).toBe(false),
    );
    await userEvent.click(screen.getByRole("button", { name: /Dismiss remaining 2/ }));
    await userEvent.type(await screen.findByLabelText(/Why, for your team/), "Sale is over");
    await userEvent.click(screen.getByRole("button", { name: "Dismiss 2" }));
    await waitFor(() => expect(core.desk.get().undos).toHaveLength(1));
    const sent = calls.find((call) => call.path === "/posts/p1/dismiss");
    expect(sent?.body.reason).toBe("Sale is over");
    expect(Date.parse(String(sent?.body.until))).toBeLessThanOrEqual(Date.now() + core.state().clockOffsetMs);
    await undoLast(core);
    expect(calls.some((call) => call.method === "DELETE" && call.path.startsWith("/posts/p1/dismiss?since="))).toBe(
      true,
    );
  });
});

describe("campaigns", () => {
  it("are changed with the version that was read, dates as whole days", async () => {
    const calls = playServer(answers);
    const core = coreWith([]);
    core.store.update((state) => ({ ...state, me: state.me && { ...state.me, permissions: ["settings"] } }), true);
    show(core, <CampaignsPage />);
    await userEvent.click(await screen.findByRole("button", { name: "Open" }));
    const name = screen.getByLabelText("Name");
    await userEvent.clear(name);
    await userEvent.type(name, "Winter mugs 2");
    await userEvent.type(screen.getByLabelText(/Begins/), "2026-11-01");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls.some((call) => call.method === "PATCH")).toBe(true));
    const sent = calls.find((call) => call.method === "PATCH");
    expect(sent?.headers["If-Match"]).toBe('"v3"');
    expect(sent?.body).toMatchObject({ name: "Winter mugs 2", hashtags: ["#mugs"], post_ids: ["p1"], ends_at: null });
    expect(new Date(String(sent?.body.starts_at)).getHours()).toBe(0);
  });
});
