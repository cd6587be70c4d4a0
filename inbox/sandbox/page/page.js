// The sandbox page: looks once a second, and does as its customers do. No library, no state but what is on the screen.
"use strict";

const LOOK_MS = 1000;
const byId = (id) => document.getElementById(id);
const open = new Map(); // "network person" → phone element
let known = null;

async function ask(method, path, body) {
  const answer = await fetch(`/sandbox/api/${path}`, {
    method,
    headers: { "content-type": "application/json", "x-inbox": "1" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.detail), { status: answer.status });
  return said;
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function mark(network) {
  const found = known.networks[network];
  const made = element("span", { className: "mark", textContent: found.mark, title: found.name });
  made.style.background = found.colour;
  return made;
}

// --- the running line, pace and faults

function showLine({ sent, shown, waiting, lost, doubled }) {
  const line = byId("line");
  line.classList.toggle("bad", lost + doubled > 0);
  const counts = { sent, shown, "on its way": waiting, lost, doubled };
  line.replaceChildren(
    element("b", { textContent: lost + doubled ? "Look closer" : "Nothing lost" }),
    ...Object.entries(counts).map(([word, n]) => element("span", {}, `${word} `, element("b", { textContent: n }))),
    element("span", { textContent: `seed ${known.seed}` }),
  );
}

function showPace(perMinute) {
  for (const button of byId("paces").children) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.pace) === perMinute));
  }
}

function showFaults(faults) {
  const list = byId("faults");
  if (!list.children.length) {
    list.append(...faults.map((fault) => {
      const box = element("input", { type: "checkbox", role: "switch", name: fault.name });
      box.addEventListener("change", () => ask("PUT", "faults", { name: fault.name, on: box.checked }).catch(complain));
      const label = element("label", {}, element("span", { textContent: fault.title }));
      label.append(box, element("span", { className: "muted", textContent: fault.detail }));
      return element("li", {}, label);
    }));
  }
  for (const fault of faults) list.querySelector(`input[name="${fault.name}"]`).checked = fault.on;
}

// --- the cast

function showCast(people) {
  const cast = byId("cast");
  const byActivity = [...people].sort((a, b) => b.acted_at - a.acted_at || a.name.localeCompare(b.name));
  const wanted = byActivity.map((person) => `${person.network} ${person.key}`).join();
  if (cast.dataset.order === wanted) return;
  const focused = document.activeElement?.dataset?.person;
  cast.dataset.order = wanted;
  cast.replaceChildren(...byActivity.map((person) => {
    const button = element("button", { type: "button", title: `Account since ${person.since}` }, mark(person.network), person.name);
    button.dataset.person = `${person.network} ${person.key}`;
    button.setAttribute("aria-pressed", String(open.has(button.dataset.person)));
    button.addEventListener("click", () => toggle(person));
    return element("li", {}, button);
  }));
  if (focused) cast.querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus();
}

function toggle(person) {
  const key = `${person.network} ${person.key}`;
  if (open.has(key)) putAway(key);
  else bringOut(key, person);
  byId("cast").dataset.order = "";
  showCast(known.people);
}

function putAway(key) {
  open.get(key).phone.remove();
  open.delete(key);
}

// --- a phone

function bringOut(key, person) {
  const phone = byId("phone").content.firstElementChild.cloneNode(true);
  phone.querySelector(".mark").replaceWith(mark(person.network));
  phone.querySelector(".who").textContent = person.name;
  phone.querySelector(".where").textContent = `${known.networks[person.network].name} · since ${person.since}`;
  phone.setAttribute("aria-label", `${person.name} on ${known.networks[person.network].name}`);
  phone.querySelector(".close").addEventListener("click", () => toggle(person));
  const one = { phone, person, rating: 5, shown: "" };
  const form = phone.querySelector(".write");
  form.elements.text.placeholder = `Write as ${person.name}…`;
  form.elements.text.setAttribute("aria-label", `Write as ${person.name}`);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = form.elements.text.value;
    const review = person.kind === "review";
    act(one, { do: review ? "review" : "write", text, rating: review ? one.rating : 0 }).then((done) => {
      if (done) form.reset();
    });
  });
  if (person.kind === "review") showStars(one);
  open.set(key, one);
  byId("phones").prepend(phone);
  form.elements.text.focus();
  look(one);
}

function showStars(one) {
  const stars = one.phone.querySelector(".stars");
  stars.hidden = false;
  stars.replaceChildren(...[1, 2, 3, 4, 5].map((n) => {
    const button = element("button", { type: "button", textContent: n <= one.rating ? "★" : "☆" });
    button.setAttribute("aria-label", `${n} stars`);
    button.addEventListener("click", () => {
      one.rating = n;
      showStars(one);
    });
    return button;
  }));
}

async function act(one, action) {
  const problem = one.phone.querySelector(".problem");
  problem.textContent = "";
  const { network, key, name } = one.person;
  try {
    await ask("POST", "actions", { network, action: { person: key, name, ...action } });
    await look(one);
    return true;
  } catch (error) {
    problem.textContent = error.message;
    return false;
  }
}

async function look(one) {
  const { network, key } = one.person;
  const { items } = await ask("GET", `threads/${network}/${encodeURIComponent(key)}`);
  const shown = JSON.stringify(items);
  if (shown === one.shown) return;
  one.shown = shown;
  const list = one.phone.querySelector(".items");
  const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 40;
  list.replaceChildren(...items.map((item) => itemOf(one, item)));
  if (atEnd || !list.scrollTop) list.scrollTop = list.scrollHeight;
}

function itemOf(one, item) {
  const marks = item.reactions || item.emojis || "";
  const state = element("div", { className: "state" }, [item.state, marks].filter(Boolean).join(" · "));
  const button = (text, does) => {
    const made = element("button", { type: "button", textContent: text });
    made.addEventListener("click", does);
    state.append(made);
  };
  if (item.from === "them") {
    button("Edit", () => {
      const text = window.prompt("The new words", item.text);
      if (text) act(one, { do: one.person.kind === "review" ? "restar" : "edit", message_id: item.id, text, rating: one.person.kind === "review" ? one.rating : 0 });
    });
    button("Delete", () => act(one, { do: "delete", message_id: item.id }));
  } else {
    const emoji = known.networks[one.person.network].reactions[0] || "👍";
    button(emoji, () => act(one, { do: "react", message_id: item.id, emoji }));
  }
  const words = element("div", { className: "words", textContent: item.text || "(a file)", dir: "auto" });
  return element("li", { className: `item ${item.from}` }, words, state);
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
    known = await ask("GET", "state");
    showLine(known.line);
    showPace(known.per_minute);
    showFaults(known.faults);
    showCast(known.people);
    const select = byId("newcomer").elements.network;
    if (!select.options.length) {
      select.append(...Object.entries(known.networks).map(([value, { name }]) => element("option", { value, textContent: name })));
    }
    await Promise.all([...open.values()].map(look));
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
  const key = `guest-${Date.now().toString(36)}`;
  toggle({ network: network.value, key, name: name.value, kind: "direct", since: "just now" });
  event.target.reset();
});

refresh();
