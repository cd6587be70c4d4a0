// The people of the design's pictures, with everything that is hard to show.
const MIN = 60_000;
export const now = () => Date.now();
export const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, (m) => `${m.slice(0, 4)}Z`);

export const agents = [
  ["1", "Maria Stavrou", "admin"],
  ["2", "Jonas Brandt", "agent"],
  ["3", "Aino Koskela", "supervisor"],
  ["4", "Tigran Grigoryan", "agent"],
].map(([id, name, role]) => ({
  id,
  name,
  email: `${name.split(" ")[0].toLowerCase()}@alkyon.example`,
  role,
  team_ids: ["1"],
  channel_ids: null,
  active: true,
  avatar_url: null,
  locale: null,
}));

export const teams = ["Athens", "Jakarta", "Helsinki · Berlin", "Yerevan"].map((name, i) => ({
  id: String(i + 1),
  name,
  agent_ids: ["1", "2"],
}));

const TAGS = [
  ["damaged", "red"],
  ["delivery", "amber"],
  ["address", "petrol"],
  ["invoice", "violet"],
  ["influencer", "plum"],
  ["exchange", "petrol"],
  ["vip", "amber"],
  ["packaging", "amber"],
  ["presale", "green"],
  ["wholesale", "grey"],
];
export const tags = TAGS.map(([name, colour], i) => ({ id: String(i + 1), name, colour }));
const tag = (name) => tags.find((t) => t.name === name).id;

const image = { kind: "image", mimes: ["image/*"], max_bytes: 8_000_000, max_count: 10 };
const file = { kind: "file", mimes: ["*/*"], max_bytes: 20_000_000, max_count: 10 };
const cap = (audience, more = {}) => ({
  audience,
  text_limit: 2000,
  text_unit: "utf16",
  attachments: [image, file],
  actions: ["send", "react", "edit", "delete_sent"],
  window_seconds: null,
  edit_seconds: 0,
  delete_seconds: 0,
  html: false,
  recipients: false,
  starts: false,
  ...more,
});
const CHANNELS = [
  [
    "google_business",
    "Google Business",
    "Gb",
    "#3c6e1f",
    "Alkyon Home, Kolonaki",
    { review: cap("public", { text_limit: 4096, text_unit: "bytes", attachments: [], actions: ["reply_review"] }) },
  ],
  [
    "instagram",
    "Instagram",
    "Ig",
    "#b02c58",
    "@alkyonhome",
    {
      comment: cap("public", {
        text_limit: 2200,
        attachments: [],
        actions: ["reply_comment", "hide", "unhide", "delete_comment", "private_reply"],
      }),
      direct: cap("private", { text_limit: 1000 }),
    },
  ],
  [
    "whatsapp",
    "WhatsApp",
    "Wa",
    "#0b7447",
    "+62 21 555 0142",
    { direct: cap("private", { text_limit: 4096, window_seconds: 86400, starts: true }) },
  ],
  [
    "telegram",
    "Telegram",
    "Te",
    "#1a6fb3",
    "@alkyon_help_bot",
    { direct: cap("private", { text_limit: 4096 }), group: cap("private", { text_limit: 4096 }) },
  ],
  [
    "email",
    "Mail",
    "@",
    "#575d64",
    "help@alkyon.example",
    {
      mail: cap("private", {
        text_limit: 1000000,
        html: true,
        recipients: true,
        starts: true,
        text_unit: "characters",
      }),
    },
  ],
  [
    "facebook",
    "Facebook",
    "Fb",
    "#2a5bd7",
    "Alkyon Home GR",
    {
      comment: cap("public", {
        text_limit: 8000,
        actions: ["reply_comment", "hide", "unhide", "delete_comment", "private_reply", "react", "ban"],
      }),
    },
  ],
  ["messenger", "Messenger", "Ms", "#6b3fd4", "Alkyon Home GR", { direct: cap("private", { window_seconds: 86400 }) }],
  [
    "mastodon",
    "Mastodon",
    "Ma",
    "#5546bf",
    "@alkyon@glamm.example",
    { mention: cap("public", { text_limit: 500, text_unit: "characters" }), direct: cap("private") },
  ],
  ["webchat", "Web chat", "Wc", "#0b6377", "alkyon.example", { chat: cap("private") }],
];
export const channels = CHANNELS.map(([network, network_name, mark, colour, name, capabilities], i) => ({
  id: String(i + 1),
  network,
  network_name,
  mark,
  colour,
  name,
  brand: "Alkyon",
  location: "",
  asset_id: name,
  active: true,
  sandbox: true,
  health: network === "instagram" ? "needs_attention" : "ok",
  health_reason:
    network === "instagram"
      ? "Instagram needs you to sign in again. Nothing came since 13:10; it is fetched afterwards."
      : "",
  caught_up_at: iso(now() - 4000),
  live_since: iso(now() - 86400_000),
  webhook_url: `https://inbox.alkyon.example/hooks/${network}/${i + 1}`,
  settings: {},
  capabilities,
  reactions_out: [],
  connection_id: null,
  version: 1,
}));
const ch = (network) => channels.find((c) => c.network === network);

export const canned = [
  ["late", "Parcel late", "Καλησπέρα {first_name}! Το δέμα σας καθυστερεί, ζητούμε συγγνώμη.", "el"],
  ["ship0", "Refund shipping", "Σας επιστρέφουμε τα μεταφορικά.", "el"],
  ["sorry2", "Second apology", "Λυπούμαστε πολύ, {name}.", "el"],
  ["lang", "Which language do you prefer?", "Which language do you prefer, {first_name}?", null],
  ["lasku", "Lasku uudelleen", "Hei {first_name}, lasku on liitteenä.", "fi"],
].map(([shortcut, name, text, language], i) => ({
  id: String(i + 1),
  shortcut,
  name,
  text,
  language,
  ends_wait: true,
  version: 1,
}));

let number = 48200;
let ids = 100;
export const nextId = () => {
  ids += 1;
  return String(ids);
};

function thread(network, kind, audience, extra = {}) {
  return {
    id: nextId(),
    channel_id: ch(network).id,
    network,
    kind,
    audience,
    external_id: "x",
    title: "",
    post: null,
    window_closes_at: null,
    closed: false,
    recipients: {},
    ...extra,
  };
}

export function conversation(o) {
  const first = o.threads?.[0] ?? thread(o.network, o.kind, o.audience ?? "private", o.thread);
  const waiting = o.wait === undefined ? null : now() - o.wait * MIN;
  number += 1;
  return {
    id: nextId(),
    number: o.number ?? number,
    status: o.status ?? "open",
    priority: "normal",
    subject: o.subject ?? "",
    contact: { id: nextId(), name: o.name, avatar_url: null },
    participants_count: 1,
    assignee_id: o.assignee ?? null,
    team_id: o.team ?? null,
    tags: (o.tags ?? []).map(tag),
    channel_id: first.channel_id,
    network: first.network,
    kind: first.kind,
    audience: first.audience,
    language: o.language ?? null,
    rating: o.rating ?? null,
    preview: o.preview,
    preview_direction: o.direction ?? "in",
    message_count: 3,
    unread: o.unread ?? false,
    waiting_since: waiting ? iso(waiting) : null,
    deadline_at: waiting && o.left !== undefined ? iso(now() + o.left * MIN) : null,
    window_closes_at: o.window ? iso(now() + o.window * MIN) : null,
    last_activity_at: iso(waiting ?? now() - 3600_000),
    created_at: iso(now() - 86400_000),
    snoozed_until: null,
    snooze_until_reply: false,
    spam: false,
    failed: o.failed ?? null,
    escalation: o.escalation ?? null,
    origin: null,
    campaign_id: null,
    external_refs: {},
    linked_from: null,
    merged_into: null,
    threads: o.threads ?? [first],
    as_of: 1000,
  };
}

export const rows = [
  conversation({
    name: "Παπαδοπούλου-Κωνσταντινίδου Αικατερίνη",
    network: "google_business",
    kind: "review",
    audience: "public",
    rating: 1,
    language: "el",
    unread: true,
    wait: 192,
    left: -72,
    tags: ["damaged"],
    preview: "Περίμενα τρεις εβδομάδες και η κούπα ήρθε σπασμένη. Κανείς δεν απαντά στο τηλέφωνο.",
    escalation: {
      reason: "Third one star this week",
      by_id: "3",
      to_agent_id: null,
      to_team_id: "1",
      at: iso(now() - 30 * MIN),
      acknowledged_at: null,
    },
  }),
  conversation({
    name: "mira.wulandari88",
    network: "instagram",
    kind: "comment",
    audience: "public",
    language: "id",
    unread: true,
    wait: 58,
    left: 2,
    tags: ["delivery"],
    preview: "Kak, paketnya belum sampai juga 😭 sudah 9 hari nih",
  }),
  conversation({
    name: "Budi Santoso",
    network: "whatsapp",
    kind: "direct",
    language: "id",
    wait: 44,
    left: 16,
    assignee: "1",
    failed: "refused",
    direction: "out",
    preview: "Terima kasih Pak Budi, refund sudah kami proses 🙏",
  }),
  conversation({
    name: "Անահիտ Հովհաննիսյան",
    network: "telegram",
    kind: "direct",
    language: "hy",
    unread: true,
    wait: 31,
    left: 29,
    tags: ["address"],
    preview: "Բարև ձեզ, կարո՞ղ եմ փոխել առաքման հասցեն։ Պատվերը դեռ չի ուղարկվել։",
  }),
  conversation({
    name: "Mäkinen-Lehtonen Pirjo, Asunto Oy Vuorikatu 14",
    network: "email",
    kind: "mail",
    language: "fi",
    wait: 26,
    left: 120,
    assignee: "3",
    tags: ["invoice"],
    subject: "VS: VS: Tilaus 55790, lasku puuttuu edelleen",
    preview: "VS: VS: Tilaus 55790, lasku puuttuu edelleen · Hei, emme ole vieläkään saaneet",
    thread: {
      recipients: {
        to: ["help@alkyon.example", "isannointi@vuorikatu.example"],
        cc: ["kirjanpito@vuorikatu.example"],
        reply_to: ["pirjo@vuorikatu.example"],
      },
    },
  }),
  null,
  conversation({
    name: "@juha@mementomori.example",
    network: "mastodon",
    kind: "mention",
    audience: "public",
    language: "fi",
    unread: true,
    wait: 22,
    left: 98,
    tags: ["influencer"],
    preview: "Onko kukaan saanut vastausta @alkyon? Kolmas viikko menossa…",
  }),
  conversation({
    name: "فاطمة الزهراء بن عبد الله",
    network: "whatsapp",
    kind: "direct",
    language: "ar",
    wait: 19,
    left: 41,
    assignee: "4",
    tags: ["exchange", "vip"],
    preview: "مرحبا، هل يمكنني استبدال المقاس؟ رقم الطلب ٥٥٩٠٢ وشكرا لكم",
  }),
  conversation({
    name: "Christopher K.",
    network: "google_business",
    kind: "review",
    audience: "public",
    rating: 3,
    unread: true,
    wait: 12,
    left: 228,
    assignee: "2",
    tags: ["packaging"],
    preview: "A new mug came in two days and Jonas was very kind about it",
  }),
  conversation({
    name: "Besucher 7F2A",
    network: "webchat",
    kind: "chat",
    language: "de",
    unread: true,
    wait: 1.7,
    left: 0.33,
    tags: ["presale"],
    preview: "Hallo? Ist da jemand 🙂",
  }),
  conversation({
    name: "Großhandel Bäckerei Süßmilch & Söhne (14)",
    network: "telegram",
    kind: "group",
    language: "de",
    wait: 1,
    left: 59,
    assignee: "3",
    tags: ["wholesale"],
    preview: "Frau Weißgerber: Können wir die Lieferung auf Do legen?",
    thread: { title: "Großhandel Bäckerei" },
  }),
];

const comment = thread("facebook", "comment", "public", {
  post: {
    id: "1",
    external_id: "p",
    text: "Οι χειροποίητες κούπες μας επέστρεψαν! ☕ Για λίγες μέρες με δωρεάν αποστολή",
    url: "https://example.org/post",
    image_url: "/api/v1/mock-cup.svg",
    is_ad: false,
    posted_at: iso(now() - 3 * 86400_000),
  },
});
const direct = thread("messenger", "direct", "private", { window_closes_at: iso(now() + 1415 * MIN) });
export const eleni = conversation({
  name: "Eleni Markaki",
  number: 48213,
  language: "el",
  wait: 25,
  left: 5,
  assignee: "1",
  tags: ["delivery"],
  failed: "unknown",
  preview: "nai einai 55821, to email mou einai to idio",
  threads: [comment, direct],
});
rows[5] = eleni;

let position = 1000;
export const nextPosition = () => {
  position += 1;
  return position;
};
export const head = () => position;

export function message(o) {
  position += 1;
  return {
    id: nextId(),
    conversation_id: o.row.id,
    thread_id: o.thread?.id ?? null,
    kind: o.kind ?? "message",
    direction: o.direction ?? "in",
    author: o.author ?? { kind: "contact", id: o.row.contact.id, name: o.row.contact.name },
    text: o.text ?? "",
    html: o.html ?? null,
    quoted_html: o.quoted ?? null,
    title: "",
    attachments: o.attachments ?? [],
    in_reply_to: o.reply ?? null,
    external_id: "m",
    rating: o.rating ?? null,
    version: o.version ?? 1,
    edited_at: o.version ? iso(o.at) : null,
    deleted_at: o.deleted ? iso(o.deleted) : null,
    erased: Boolean(o.deleted),
    hidden_at: null,
    automatic: "",
    mark: "live",
    mentions: o.mentions ?? [],
    recipients: {},
    occurred_at: iso(o.at),
    received_at: iso(o.at),
    position,
    delivery: o.delivery ?? null,
    reactions: o.reactions ?? [],
    as_of: position,
  };
}

const sent = (state, at, more = {}) => ({
  state,
  reason: "",
  at: iso(at),
  until: null,
  parts: 1,
  refused_recipients: {},
  ...more,
});
const by = (id) => ({ kind: "agent", id, name: agents.find((a) => a.id === id).name });
const ago = (m) => now() - m * MIN;
export const messages = new Map();
messages.set(eleni.id, [
  message({
    row: eleni,
    thread: comment,
    kind: "comment",
    at: ago(51),
    version: 2,
    text: "Kalispera, pote tha erthei i paraggelia mou?? 2 vdomades perimeno 😤",
    reactions: [..."👍👍👍👍"]
      .filter((c) => c.trim())
      .flatMap(() => [])
      .concat(
        Array.from({ length: 4 }, () => ({ emoji: "👍", name: "", mine: false })),
        Array.from({ length: 2 }, () => ({ emoji: "😡", name: "", mine: false })),
      ),
  }),
  message({
    row: eleni,
    thread: comment,
    kind: "comment",
    direction: "out",
    author: by("2"),
    at: ago(37),
    text: "Καλησπέρα Ελένη, σας στείλαμε προσωπικό μήνυμα 🙏",
    delivery: sent("accepted", ago(37)),
  }),
  message({
    row: eleni,
    thread: direct,
    direction: "out",
    author: by("1"),
    at: ago(28),
    text: "Καλησπέρα Ελένη! Μου λέτε τον αριθμό της παραγγελίας;",
    delivery: sent("read", ago(26)),
  }),
  message({
    row: eleni,
    thread: direct,
    at: ago(25),
    text: "nai einai 55821, to email mou einai to idio",
    reactions: [{ emoji: "❤️", name: "Maria", mine: true }],
  }),
  message({ row: eleni, thread: direct, at: ago(24), deleted: ago(23) }),
  message({
    row: eleni,
    direction: "note",
    kind: "note",
    author: by("3"),
    at: ago(20),
    text: "@Maria scanned at the Kifisia hub on Friday, then nothing. Offer the shipping.",
    mentions: ["1"],
  }),
  message({
    row: eleni,
    thread: direct,
    direction: "out",
    author: by("1"),
    at: ago(3),
    text: "Το δέμα φεύγει σήμερα από την Κηφισιά και θα είναι εκεί αύριο το πρωί.",
    delivery: sent("unknown", ago(3), {
      reason: "Messenger did not answer.",
      until: iso(now() + 3600_000 * 0 + 20_000),
    }),
  }),
]);
export const events = new Map();
events.set(eleni.id, [
  {
    position: nextPosition(),
    type: "thread_bound",
    at: iso(ago(28.5)),
    conversation_id: eleni.id,
    actor: by("2"),
    data: { thread_id: direct.id },
  },
  {
    position: nextPosition(),
    type: "tag_added",
    at: iso(ago(20)),
    conversation_id: eleni.id,
    actor: { kind: "rule", id: "1", name: "Rule “Late parcel”" },
    data: { tag_id: tag("delivery") },
  },
]);
const mail = rows[4];
messages.set(mail.id, [
  message({
    row: mail,
    thread: mail.threads[0],
    at: ago(26),
    html: '<p>Hei,</p><p>emme ole <b>vieläkään</b> saaneet laskua tilauksesta 55790. Voisitteko lähettää sen uudelleen?</p><table border=1 cellpadding=6><tr><td>Tilaus</td><td>55790</td></tr><tr><td>Summa</td><td>1&nbsp;284,40 €</td></tr></table><p>Ystävällisin terveisin<br>Pirjo Mäkinen-Lehtonen</p><img src="https://tracker.example/p.gif">',
    quoted: "<blockquote>On Monday you wrote: …</blockquote>",
    attachments: [
      {
        id: "1",
        kind: "file",
        name: "tilaus-55790.pdf",
        mime: "application/pdf",
        size_bytes: 182_400,
        url: "/api/v1/mock-cup.svg",
        state: "ready",
        title: "",
        meta: {},
        inline: false,
      },
      {
        id: "2",
        kind: "image",
        name: "kuva.jpg",
        mime: "image/jpeg",
        size_bytes: 82_400,
        url: "/api/v1/mock-cup.svg",
        state: "ready",
        title: "",
        meta: {},
        inline: false,
      },
    ],
  }),
]);
for (const row of rows) {
  if (messages.has(row.id)) continue;
  const direction = row.preview_direction;
  const author = direction === "out" ? by("1") : undefined;
  const delivery =
    direction === "out"
      ? sent("refused", ago(10), { reason: "WhatsApp accepts no free text now: his last message is 26 h old." })
      : null;
  messages.set(row.id, [
    message({
      row,
      thread: row.threads[0],
      kind: row.kind === "review" ? "review" : "message",
      rating: row.rating,
      direction,
      author,
      delivery,
      at: row.waiting_since ? Date.parse(row.waiting_since) : ago(90),
      text: row.preview,
    }),
  ]);
}
const NAMES = [
  "Sari Dewi",
  "Νίκος Ζαχαριάδης",
  "Lauri Virtanen",
  "Գևորգ Մկրտչյան",
  "Heidemarie Müller-Lüdenscheidt",
  "Rizky S.",
  "sugar_skull_1987",
];
for (let i = 0; i < 26; i += 1) {
  rows.push(
    conversation({
      name: `${NAMES[i % NAMES.length]} ${i}`,
      network: ["telegram", "whatsapp", "email"][i % 3],
      kind: ["direct", "direct", "mail"][i % 3],
      wait: 0.9 - i * 0.03,
      left: 60 + i,
      preview: "Hello, is the large pot back in stock?",
      assignee: i % 4 === 0 ? "1" : null,
      subject: i % 3 === 2 ? "Large pot" : "",
    }),
  );
}
for (let i = 0; i < 400; i += 1) {
  rows.push(
    conversation({
      name: `${NAMES[i % NAMES.length]} ${i}`,
      network: "telegram",
      kind: "direct",
      status: i < 41 ? "snoozed" : "closed",
      preview: "Thank you!",
    }),
  );
}
