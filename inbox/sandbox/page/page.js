// The sandbox page: looks once a second, and does as its customers do. No library; all state is on the screen.
import { ask, button, element, markOf } from "/sandbox/parts.js";
import { openPhone } from "/sandbox/phones.js";
import { openPost, openReview } from "/sandbox/public.js";

const LOOK_MS = 1000;
const FIRST_PHONES = 3;
const byId = (id) => document.getElementById(id);
const open = new Map(); // "network person" or "network post" → phone
let known = null;

// --- the running line, the month, pace and faults

function showLine({ sent, shown, waiting, lost, doubled }) {
  const line = byId("line");
  line.classList.toggle("bad", lost + doubled > 0);
  const counts = { sent, shown, "on its way": waiting, lost, doubled };
  line.replaceChildren(
    element("b", { textContent: lost + doubled ? "Look closer" : "Nothing lost" }),
    ...Object.entries(counts).map(([word, n]) => element("span", {}, `${word} `, element("b", { textContent: n.toLocaleString() }))),
    element("span", { className: "end", textContent: `${sinceBegun()}seed ${known.seed}` }),
  );
}

function sinceBegun() {
  if (!known.begun_at) return "";
  const minutes = Math.max(0, Math.round((Date.now() - known.begun_at / 1000) / 60_000));
  return minutes < 60 ? `running ${minutes} m · ` : `running ${Math.floor(minutes / 60)} h ${minutes % 60} m · `;
}

function showPast(history) {
  const isTold = !history || (history.total > 0 && history.told >= history.total);
  byId("past").hidden = isTold;
  if (isTold) return;
  byId("told").max = history.total || 1;
  byId("told").value = history.told;
  byId("told-words").textContent = `${history.told.toLocaleString()} of ${history.total.toLocaleString()} conversations, newest first. The desk can be used meanwhile.`;
}

function showPace(perMinute) {
  for (const one of byId("paces").children) one.setAttribute("aria-pressed", String(Number(one.dataset.pace) === perMinute));
}

function showFaults(faults) {
  const list = byId("faults");
  if (!list.children.length) {
    list.append(...faults.map((fault) => {
      const toggle = element("button", { type: "button", role: "switch", name: fault.name }, element("span", { textContent: fault.title }), element("span", { className: "detail", textContent: fault.detail }), element("span", { className: "knob", "aria-hidden": "true" }));
      toggle.addEventListener("click", () => {
        const on = toggle.getAttribute("aria-checked") !== "true";
        toggle.setAttribute("aria-checked", String(on));
        ask("PUT", "faults", { name: fault.name, on }).catch(complain);
      });
      return element("li", {}, toggle);
    }));
  }
  for (const fault of faults) list.querySelector(`[name="${fault.name}"]`).setAttribute("aria-checked", String(fault.on));
}

function showColleagues(colleagues) {
  byId("collide").hidden = !colleagues.length;
  byId("colleagues").replaceChildren(...colleagues.map(({ name, doing }) =>
    element("li", {}, element("span", { className: "face", textContent: name.slice(0, 2), "aria-hidden": "true" }), element("span", {}, element("b", { textContent: `${name} ` }), doing))));
}

// --- the cast

// A person's phone; somebody whose comment was answered in private has a second one for it.
function keyOf(person) {
  return `${person.kind === "private" ? "private " : ""}${person.network} ${person.key}`;
}

function chipOf(person) {
  const key = keyOf(person);
  const where = `${known.networks[person.network].name}${person.kind === "private" ? ", answered in private" : person.since ? `, since ${person.since}` : ""}`;
  const made = element("button", { type: "button", title: where }, markOf(known.networks[person.network]), element("bdi", { textContent: person.name }), person.kind === "private" ? " 🔒" : "");
  made.dataset.key = key;
  made.setAttribute("aria-pressed", String(open.has(key)));
  made.addEventListener("click", () => toggle(person));
  return element("li", {}, made);
}

function chipOfPost(post) {
  const key = `${post.network} ${post.id}`;
  const made = element("button", { type: "button", title: post.text }, markOf(known.networks[post.network]), `Post: ${post.text.slice(0, 24)}…`);
  made.dataset.key = key;
  made.setAttribute("aria-pressed", String(open.has(key)));
  made.addEventListener("click", () => togglePost(post, null));
  return element("li", {}, made);
}

function showCast() {
  const cast = byId("cast");
  const isOpen = (person) => open.has(keyOf(person));
  const people = [...known.people].sort((a, b) => isOpen(b) - isOpen(a) || b.acted_at - a.acted_at);
  const posts = known.posts.filter((post, index, all) => all.findIndex((one) => one.network === post.network) === index);
  const wanted = [...posts.map((post) => post.id), ...people.map(keyOf), ...open.keys()].join();
  if (cast.dataset.shown === wanted) return;
  const focused = document.activeElement?.dataset?.key;
  const top = cast.scrollTop;
  cast.dataset.shown = wanted;
  cast.replaceChildren(...posts.map(chipOfPost), ...people.map(chipOf));
  cast.scrollTop = top;
  if (focused) cast.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function toggle(person) {
  if (person.kind === "comment") {
    const posts = known.posts.filter((post) => post.network === person.network);
    if (posts.length) return togglePost(posts[0], person);
  }
  const key = keyOf(person);
  if (open.has(key)) return putAway(key);
  const network = known.networks[person.network];
  const away = () => putAway(key);
  bringOut(key, person.network === "google_business_profile" ? openReview(person, person.network, network, away) : openPhone(person, network, away));
}

function togglePost(post, person) {
  const key = `${post.network} ${post.id}`;
  if (open.has(key)) return putAway(key);
  const people = known.people.filter((one) => one.network === post.network && one.kind !== "private");
  bringOut(key, openPost(post, post.network, known.networks[post.network], people, person ?? people.find((one) => one.kind === "comment"), () => putAway(key)));
}

function bringOut(key, one) {
  open.set(key, one);
  byId("phones").prepend(one.phone);
  showCast();
}

function putAway(key) {
  open.get(key)?.phone.remove();
  open.delete(key);
  showCast();
  byId("cast").querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

// Somebody to begin with: a review, a post, and a private chat.
function openFirst() {
  const review = known.people.find((person) => person.kind === "review" && person.network === "google_business_profile");
  const chat = known.people.find((person) => person.network === "messenger" && person.kind === "direct");
  if (review) toggle(review);
  if (known.posts.length) togglePost(known.posts[0], null);
  if (chat) toggle(chat);
  while (open.size > FIRST_PHONES) putAway([...open.keys()][0]);
}

// --- looking

function complain(error) {
  const line = byId("line");
  line.classList.add("bad");
  line.replaceChildren(error.status === 401
    ? element("span", {}, "Sign in at ", element("a", { href: "/", textContent: "the desk" }), " first: then this page shows the other side.")
    : element("span", { textContent: error.message || "The service does not answer." }));
}

async function refresh() {
  try {
    const isFirst = known === null;
    known = await ask("GET", "state");
    showLine(known.line);
    showPast(known.history);
    showPace(known.per_minute);
    showFaults(known.faults);
    showColleagues(known.colleagues);
    if (isFirst) {
      byId("newcomer").elements.network.append(...Object.entries(known.networks).filter(([, { kinds }]) => kinds[0] === "direct").map(([value, { name }]) => element("option", { value, textContent: name })));
      openFirst();
    }
    showCast();
    await Promise.all([...open.values()].map((one) => one.look()));
  } catch (error) {
    complain(error);
  }
  window.setTimeout(refresh, document.hidden ? LOOK_MS * 5 : LOOK_MS);
}

byId("paces").addEventListener("click", ({ target }) => {
  if (target.dataset.pace) ask("PUT", "pace", { per_minute: Number(target.dataset.pace) }).then(() => showPace(Number(target.dataset.pace)), complain);
});

byId("newcomer").addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, network } = event.target.elements;
  toggle({ network: network.value, key: `guest-${Date.now().toString(36)}`, name: name.value, kind: "direct", since: "just now" });
  name.value = "";
});

let searching = 0;
byId("who").addEventListener("input", ({ target }) => {
  window.clearTimeout(searching);
  searching = window.setTimeout(async () => {
    const { items } = await ask("GET", `people?q=${encodeURIComponent(target.value)}`).catch(() => ({ items: [] }));
    byId("found").hidden = !target.value.trim();
    byId("found").replaceChildren(...(items.length ? items.map(chipOf) : [element("li", { textContent: "Nobody of that name wrote" })]));
  }, 200);
});
byId("search").addEventListener("submit", (event) => event.preventDefault());

function says(id, path, words) {
  return () => ask("POST", path, {}).then((said) => (byId(id).textContent = words(said)), (error) => (byId(id).textContent = error.message));
}
byId("cut").addEventListener("click", says("broke", "cut", ({ cut }) => (cut ? `Cut: ${cut}. The desk comes back and asks for what it missed.` : "No desk of yours is open: open it beside this page.")));
byId("lose").addEventListener("click", says("broke", "lose-worker", ({ seconds }) => `Nobody works for the channels for ${seconds} s; then somebody takes over where it was left.`));
byId("collide").addEventListener("click", says("collided", "collide", ({ who }) => `${who} answers where you are: send yours in a few seconds.`));

refresh();
