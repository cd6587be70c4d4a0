// A small stand-in for the service, for working on the web app alone: the same HTTP and frames, all in memory.
// Run: npm run mock (port 8000, or PORT), then npm run dev. Any email and password sign in.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { WebSocketServer } from "ws";
import * as data from "./mock-data.mjs";

const dist = join(import.meta.dirname, "..", "dist");
const me = data.agents[0];
const session = { agent: me, permissions: ["settings", "channels", "people", "tokens"] };
const sockets = new Set();
const read = {};
const drafts = [];
const EPOCH = 1;

const TESTS = {
  waiting: (r) => r.status === "open" && r.waiting_since,
  mine: (r) => r.status === "open" && r.assignee_id === me.id,
  unassigned: (r) => r.status === "open" && !r.assignee_id,
  window: (r) => r.status === "open" && r.window_closes_at,
  mentions: () => false,
  escalated: (r) => r.escalation,
  snoozed: (r) => r.status === "snoozed",
  closed: (r) => r.status === "closed",
  all: (r) => r.status === "open",
};
const test = (view) =>
  TESTS[view] ?? (view.startsWith("kind:") ? (r) => r.status === "open" && r.kind === view.slice(5) : () => true);
const late = (r) => r.deadline_at && Date.parse(r.deadline_at) < Date.now();
function inView(view) {
  const found = data.rows.filter((r) => !r.spam && test(view)(r));
  const by = (r) => (r.waiting_since ? Date.parse(r.waiting_since) : Number.MAX_SAFE_INTEGER);
  return found.sort((a, b) => by(a) - by(b) || a.id.localeCompare(b.id));
}
const VIEWS = [
  ["mine", "main"],
  ["unassigned", "main"],
  ["waiting", "main"],
  ["window", "main"],
  ["mentions", "main"],
  ["escalated", "main"],
  ["snoozed", "main"],
  ["closed", "main"],
  ["kind:comment", "kinds"],
  ["kind:review", "kinds"],
  ["kind:direct", "kinds"],
  ["kind:mail", "kinds"],
  ["saved:1", "saved"],
  ["saved:2", "saved"],
  ["saved:3", "saved"],
  ["team:1", "teams"],
  ["team:2", "teams"],
  ["team:3", "teams"],
  ["team:4", "teams"],
];
const SAVED = {
  "saved:1": "Winter mugs · comments",
  "saved:2": "Late parcels, all languages",
  "saved:3": "Verwaltungsgesellschaften & Großkunden",
  "team:1": "Athens",
  "team:2": "Jakarta",
  "team:3": "Helsinki · Berlin",
  "team:4": "Yerevan",
};
const count = (key) =>
  key === "closed" ? 4210 : SAVED[key] ? [7, 23, 3, 21, 16, 8, 0][Object.keys(SAVED).indexOf(key)] : inView(key).length;
const views = () =>
  VIEWS.map(([key, group]) => ({
    key,
    name: SAVED[key] ?? key,
    filter: {},
    sort: ["closed", "snoozed"].includes(key) ? "activity" : "waiting",
    scope: "fixed",
    group,
    count: count(key),
    late: key === "waiting" ? inView(key).filter(late).length : 0,
    version: 1,
  }));

function snapshot(view) {
  const all = inView(view);
  const soon = data.iso(Date.now() + 3600_000);
  const at = (name) => data.rows.find((r) => r.contact.name.startsWith(name)).id;
  return {
    type: "snapshot",
    position: data.head(),
    state: {
      me: session,
      workspace: { name: "Alkyon Home" },
      agents: data.agents,
      teams: data.teams,
      channels: data.channels,
      tags: data.tags,
      canned: data.canned,
      views: views(),
      presence: [
        { agent_id: "2", conversation_id: data.eleni.id, state: "reading", until: soon },
        { agent_id: "2", conversation_id: at("mira"), state: "writing", until: soon },
        { agent_id: "4", conversation_id: at("@juha"), state: "reading", until: soon },
      ],
      notifications: [
        {
          id: "1",
          kind: "mention",
          conversation_id: data.eleni.id,
          text: "Aino mentioned you: scanned at the Kifisia hub",
          at: data.iso(Date.now() - 600_000),
          read: false,
        },
      ],
      drafts,
      read,
      view,
      rows: all.slice(0, 50),
      next_cursor: all.length > 50 ? "50" : null,
    },
  };
}

function broadcast(event, row, extra = {}) {
  const position = data.nextPosition();
  if (row) row.as_of = position;
  const frame = {
    type: "event",
    position,
    event,
    at: new Date().toISOString(),
    conversation_id: row?.id ?? null,
    row: row && { ...row, unread: false },
    data: { actor: { kind: "agent", id: me.id, name: me.name }, ...extra },
    entered: false,
  };
  for (const socket of sockets) {
    socket.sent += 1;
    socket.send(JSON.stringify(frame));
    socket.send(JSON.stringify({ type: "progress", position, sent: socket.sent }));
    socket.send(
      JSON.stringify({ type: "counts", counts: Object.fromEntries(views().map((v) => [v.key, [v.count, v.late]])) }),
    );
  }
  return position;
}

const ok = (body, status = 200) => ({ status, body });
const problem = (status, code, detail, extra = {}) => ({
  status,
  body: { type: "about:blank", title: code, status, code, detail, request_id: "1", ...extra },
});
const rowOf = (id) => data.rows.find((r) => r.id === id);

function patch(row, body) {
  if (body.status === "spam") row.spam = true;
  else if (body.status)
    Object.assign(row, {
      status: body.status,
      spam: false,
      ...(body.status === "closed" ? { waiting_since: null } : {}),
    });
  for (const key of ["team_id", "priority", "subject", "snoozed_until", "snooze_until_reply"])
    if (key in body) row[key] = body[key];
  if ("assignee_id" in body) row.assignee_id = body.assignee_id === "me" ? me.id : body.assignee_id;
  const event =
    body.status === "closed" ? "conversation_closed" : "assignee_id" in body ? "assignee_changed" : "priority_changed";
  broadcast(event, row, { after: row.assignee_id ?? row.priority });
  return { conversation: row };
}

function reply(row, body) {
  if (body.text?.includes("collide") && !body.force) {
    const newer = data.message({
      row,
      thread: row.threads.at(-1),
      at: Date.now(),
      text: "Ok to vrika, mou to edose o geitonas! efxaristo 🙏",
    });
    return problem(409, "newer_items", "Something newer is there.", { items: [newer], position: data.head() });
  }
  if (body.text?.length > 2000)
    return problem(422, "too_long", "Too long.", { limit: 2000, actual: body.text.length, unit: "utf16" });
  const thread = row.threads.find((t) => t.id === body.thread_id) ?? row.threads[0];
  const until = data.iso(Date.now() + 10_000);
  const author = { kind: "agent", id: me.id, name: me.name };
  const sent = data.message({
    row,
    thread,
    direction: "out",
    author,
    at: Date.now(),
    text: body.text,
    delivery: { state: "held", reason: "", at: until, until, parts: 1, refused_recipients: {} },
  });
  list(row.id).push(sent);
  Object.assign(row, { preview: body.text, preview_direction: "out", failed: null });
  broadcast("message_sent", row, { message: sent });
  let delay = 10_000;
  for (const state of ["sending", "accepted", "delivered", "read"]) {
    setTimeout(() => {
      if (sent.delivery.state === "cancelled") return;
      sent.delivery = { ...sent.delivery, state, until: null, at: new Date().toISOString() };
      if (state === "accepted") row.waiting_since = null;
      sent.as_of = data.head() + 1;
      broadcast("delivery_changed", row, { message: sent });
    }, delay);
    delay += 700;
  }
  return ok({ message: sent }, 202);
}

const list = (id) => data.messages.get(id) ?? data.messages.set(id, []).get(id);

const ROUTES = [
  [
    "GET",
    /^\/session$/,
    (_m, _b, cookies) => (cookies.includes("in=1") ? ok(session) : problem(401, "unauthorised", "Sign in.")),
  ],
  [
    "POST",
    /^\/session$/,
    (_m, body) =>
      body.password === "wrong"
        ? problem(401, "unauthorised", "")
        : body.password === "code" && !body.code
          ? problem(401, "code_required", "")
          : { ...ok(session), cookie: "in=1; Path=/; HttpOnly" },
  ],
  ["DELETE", /^\/session$/, () => ({ status: 204, cookie: "in=0; Path=/" })],
  [
    "GET",
    /^\/sandbox\/accounts$/,
    () =>
      ok({
        items: ["Agent", "Supervisor", "Admin"].map((role) => ({
          role,
          email: `${role.toLowerCase()}@sandbox.example`,
          password: "x",
        })),
      }),
  ],
  ["GET", /^\/links\/(.+)$/, () => ok({ kind: "invitation", email: "new@alkyon.example", name: "" })],
  ["POST", /^\/links\/(.+)$/, () => ({ ...ok(session), cookie: "in=1; Path=/; HttpOnly" })],
  [
    "GET",
    /^\/sessions$/,
    () =>
      ok({
        items: [
          {
            id: "1",
            created_at: data.iso(Date.now()),
            last_seen_at: data.iso(Date.now()),
            user_agent: "Chromium on Linux",
            ip: "127.0.0.1",
            current: true,
          },
        ],
      }),
  ],
  [
    "GET",
    /^\/conversations$/,
    (_m, _b, _c, q) => {
      const all = inView(q.get("view") ?? "all");
      const from = Number(q.get("cursor") ?? 0);
      return ok({
        items: all.slice(from, from + 50),
        next_cursor: all.length > from + 50 ? String(from + 50) : null,
        position: data.head(),
      });
    },
  ],
  [
    "POST",
    /^\/conversations\/bulk$/,
    (_m, body) =>
      ok({
        results: body.ids.map((id, i) =>
          i === 12
            ? { id, ok: false, detail: "It was merged meanwhile." }
            : { id, ok: Boolean(patch(rowOf(id), body.change)) },
        ),
      }),
  ],
  [
    "GET",
    /^\/conversations\/(\d+)$/,
    ([id]) =>
      rowOf(id)
        ? ok({ conversation: rowOf(id), waits: [], participants: [], linked: [], position: data.head() })
        : problem(404, "not_found", "There is no such conversation."),
  ],
  [
    "GET",
    /^\/conversations\/(\d+)\/messages$/,
    ([id]) => ok({ items: list(id), events: data.events.get(id) ?? [], next_cursor: null, position: data.head() }),
  ],
  ["PATCH", /^\/conversations\/(\d+)$/, ([id], body) => ok(patch(rowOf(id), body))],
  ["POST", /^\/conversations\/(\d+)\/replies$/, ([id], body) => reply(rowOf(id), body)],
  [
    "POST",
    /^\/conversations\/(\d+)\/notes$/,
    ([id], body) => {
      const note = data.message({
        row: rowOf(id),
        direction: "note",
        kind: "note",
        author: { kind: "agent", id: me.id, name: me.name },
        at: Date.now(),
        text: body.text,
        mentions: body.mentions,
      });
      list(id).push(note);
      broadcast("note_written", rowOf(id), { message: note });
      return ok({ message: note }, 201);
    },
  ],
  [
    "PUT",
    /^\/conversations\/(\d+)\/tags\/(\d+)$/,
    ([id, tag]) => {
      const row = rowOf(id);
      if (!row.tags.includes(tag)) row.tags.push(tag);
      broadcast("tag_added", row, { tag_id: tag });
      return ok({ conversation: row });
    },
  ],
  [
    "DELETE",
    /^\/conversations\/(\d+)\/tags\/(\d+)$/,
    ([id, tag]) => {
      const row = rowOf(id);
      row.tags = row.tags.filter((t) => t !== tag);
      broadcast("tag_removed", row, { tag_id: tag });
      return ok({ conversation: row });
    },
  ],
  [
    "POST",
    /^\/conversations\/(\d+)\/dismiss$/,
    ([id]) => {
      const row = rowOf(id);
      row.waiting_since = null;
      broadcast("wait_dismissed", row);
      return ok({ conversation: row });
    },
  ],
  [
    "DELETE",
    /^\/conversations\/(\d+)\/dismiss$/,
    ([id]) => {
      const row = rowOf(id);
      row.waiting_since = data.iso(Date.now() - 600_000);
      broadcast("wait_reopened", row);
      return ok({ conversation: row });
    },
  ],
  [
    "POST",
    /^\/conversations\/(\d+)\/escalations$/,
    ([id], body) => {
      const row = rowOf(id);
      row.escalation = {
        reason: body.reason,
        by_id: me.id,
        to_agent_id: body.to_agent_id ?? null,
        to_team_id: body.to_team_id ?? null,
        at: data.iso(Date.now()),
        acknowledged_at: null,
      };
      broadcast("escalated", row);
      return ok({ conversation: row }, 201);
    },
  ],
  [
    "DELETE",
    /^\/conversations\/(\d+)\/escalations$/,
    ([id]) => {
      const row = rowOf(id);
      row.escalation = null;
      broadcast("escalation_ended", row);
      return ok({ conversation: row });
    },
  ],
  [
    "PUT",
    /^\/conversations\/(\d+)\/read$/,
    ([id], body) => {
      read[id] = body.position;
      return { status: 204 };
    },
  ],
  ["DELETE", /^\/conversations\/(\d+)\/read$/, () => ({ status: 204 })],
  [
    "PUT",
    /^\/conversations\/(\d+)\/draft$/,
    ([id], body) =>
      ok({
        conversation_id: id,
        mode: body.mode,
        thread_id: body.thread_id,
        text: body.text,
        version: body.version + 1,
        at: new Date().toISOString(),
      }),
  ],
  ["DELETE", /^\/conversations\/(\d+)\/draft$/, () => ({ status: 204 })],
  [
    "GET",
    /^\/messages\/(\d+)\/versions$/,
    ([id]) => {
      const found = [...data.messages.values()].flat().find((m) => m.id === id);
      return ok({
        items: [
          {
            version: 1,
            text: "Kalispera, pote tha erthei i paraggelia?? mia vdomada perimeno",
            html: null,
            title: "",
            rating: null,
            at: data.iso(Date.now() - 7200_000),
          },
          { version: 2, text: found.text, html: null, title: "", rating: null, at: found.occurred_at },
        ],
      });
    },
  ],
  [
    "POST",
    /^\/messages\/(\d+)\/actions$/,
    ([id], body) => {
      const found = [...data.messages.values()].flat().find((m) => m.id === id);
      if (body.action === "undo") found.delivery.state = "cancelled";
      if (body.action === "resolve_sent") found.delivery.state = "accepted";
      if (body.action === "hide") found.hidden_at = data.iso(Date.now());
      if (body.action === "unhide") found.hidden_at = null;
      found.as_of = data.head() + 1;
      broadcast("delivery_changed", rowOf(found.conversation_id), { message: found });
      return ok({ message: found }, 202);
    },
  ],
  [
    "POST",
    /^\/attachments$/,
    () => ok({ id: data.nextId(), name: "file", mime: "image/png", size_bytes: 1, kind: "image", url: "" }, 201),
  ],
  [
    "GET",
    /^\/search$/,
    (_m, _b, _c, q) => {
      const word = (q.get("q") ?? "").toLowerCase();
      const found = data.rows.filter((r) => `${r.contact.name} ${r.preview}`.toLowerCase().includes(word)).slice(0, 30);
      return ok({
        items: found.map((r) => ({
          conversation: r,
          message_id: null,
          snippet: r.preview.replace(new RegExp(word, "i"), (hit) => `\u0002${hit}\u0003`),
          at: r.last_activity_at,
        })),
        next_cursor: null,
      });
    },
  ],
  [
    "GET",
    /^\/contacts\/(\d+)$/,
    ([id]) => {
      const row = data.rows.find((r) => r.contact.id === id);
      const identity = (network, username, more = {}) => ({
        id: data.nextId(),
        network,
        external_id: username,
        name: row.contact.name,
        username,
        avatar_url: null,
        verified: null,
        reachable: true,
        profile: {},
        last_seen_at: null,
        ...more,
      });
      return ok({
        id,
        name: row.contact.name,
        avatar_url: null,
        email: "e.markaki@kriti-pottery.example",
        phone: "+30 69• ••• 4471",
        company: "Kriti Pottery Workshop",
        language: row.language,
        note: "",
        fields: { Owner: "Nikos Alexiou", Spent: "1.284,40 €" },
        refs: {},
        blocked: false,
        identities: [
          identity("facebook", "Eleni Markaki"),
          identity("messenger", "Eleni Markaki"),
          identity("instagram", "@elenimrk", { profile: { followers: "2,1 k" } }),
          identity("email", "e.markaki@kriti-pottery.example"),
          identity("sms", "+30 69• ••• 4471"),
        ],
        merged_into: null,
        created_at: data.iso(Date.now()),
        version: 1,
      });
    },
  ],
  [
    "GET",
    /^\/contacts\/(\d+)\/conversations$/,
    () => ok({ items: data.rows.slice(-5), next_cursor: null, position: data.head() }),
  ],
  ["PATCH", /^\/contacts\/(\d+)$/, () => problem(409, "changed", "Somebody changed this contact meanwhile.")],
  [
    "GET",
    /^\/networks$/,
    () =>
      ok({
        items: data.channels.map((c) => ({
          network: c.network,
          name: c.network_name,
          fields: [
            {
              name: "bot_token",
              label: "Bot token",
              secret: true,
              required: true,
              default: "",
              help: "In Telegram, write /newbot to @BotFather and copy the token.",
              choices: [],
            },
          ],
        })),
      }),
  ],
  ["GET", /^\/tokens$/, () => ok({ items: [{ id: "1", name: "Shop sync", scopes: ["read", "write"] }] })],
  ["PUT", /^\/notifications\/.*$/, () => ({ status: 204 })],
  [
    "POST",
    /^\/(tags|teams|canned-replies)$/,
    (_m, body) => ok({ ...body, id: data.nextId(), agent_ids: [], version: 1 }, 201),
  ],
];

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString() || "{}");
  } catch {
    return {};
  }
}

const CUP =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 52 44" width="208" height="176"><rect width="52" height="44" fill="#e9d7bf"/><rect y="31" width="52" height="13" fill="#c98f5a" opacity=".35"/><path d="M16 16h16v13a5 5 0 0 1-5 5h-6a5 5 0 0 1-5-5z" fill="#0b6377"/><path d="M32 19h3a4 4 0 0 1 0 9h-3" fill="none" stroke="#0b6377" stroke-width="2.6"/></svg>';
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; connect-src 'self' ws: wss:; frame-src 'self'; base-uri 'none'; object-src 'none'";

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://x");
  if (url.pathname === "/healthz") return response.end("ok");
  if (url.pathname === "/api/v1/mock-cup.svg")
    return response.writeHead(200, { "Content-Type": "image/svg+xml" }).end(CUP);
  if (url.pathname.startsWith("/api/v1")) {
    const path = url.pathname.slice(7);
    const body = await bodyOf(request);
    for (const [method, pattern, answer] of ROUTES) {
      const match = method === request.method && pattern.exec(path);
      if (!match) continue;
      const {
        status,
        body: out,
        cookie,
      } = answer(match.slice(1), body, request.headers.cookie ?? "", url.searchParams);
      if (cookie) response.setHeader("Set-Cookie", cookie);
      response.writeHead(status, { "Content-Type": status < 400 ? "application/json" : "application/problem+json" });
      return response.end(status === 204 ? undefined : JSON.stringify(out));
    }
    response.writeHead(404, { "Content-Type": "application/problem+json" });
    return response.end(
      JSON.stringify(problem(404, "not_found", `The stand-in knows no ${request.method} ${path}.`).body),
    );
  }
  const path = join(dist, url.pathname);
  const found = url.pathname !== "/" && existsSync(path) ? path : join(dist, "index.html");
  response.writeHead(200, {
    "Content-Type": TYPES[extname(found)] ?? "application/octet-stream",
    "Content-Security-Policy": CSP,
  });
  response.end(readFileSync(found));
});

const live = new WebSocketServer({ noServer: true, handleProtocols: () => "inbox.v1" });
server.on("upgrade", (request, socket, head) =>
  live.handleUpgrade(request, socket, head, (ws) => live.emit("connection", ws)),
);
live.on("connection", (socket) => {
  socket.sent = 0;
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  socket.on("message", (text) => {
    const frame = JSON.parse(text);
    if (frame.type === "snapshot") socket.send(JSON.stringify(snapshot(frame.view ?? "waiting")));
    if (frame.type === "resume") socket.send(JSON.stringify({ type: "progress", position: data.head(), sent: 0 }));
  });
  socket.send(
    JSON.stringify({
      type: "hello",
      epoch: EPOCH,
      position: data.head(),
      server_time: new Date().toISOString(),
      version: "mock",
    }),
  );
});

if (process.env.QUIET !== "1") {
  // Somebody writes every few seconds, so that new rows, counts and the delay can be seen moving.
  setInterval(() => {
    const row = data.conversation({
      name: ["Sari Dewi", "Νίκος Ζ.", "Lauri V."][data.head() % 3],
      network: "telegram",
      kind: "direct",
      wait: 0,
      left: 60,
      preview: "Hello, is anybody there?",
    });
    data.rows.push(row);
    const fresh = data.message({ row, thread: row.threads[0], at: Date.now(), text: row.preview });
    list(row.id).push(fresh);
    fresh.position = data.head() + 1;
    broadcast("message_received", row, { message: fresh });
  }, 7000);
}

const port = Number(process.env.PORT ?? 8000);
server.listen(port, "127.0.0.1", () => process.stdout.write(`stand-in on http://127.0.0.1:${port}\n`));
