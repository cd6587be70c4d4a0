// A phone with a private conversation: chat networks and mail.
import { ask, button, changeForm, element, frame, replaceItems } from "/sandbox/parts.js";

const TICKS = { sent: "✓ sent", delivered: "✓✓ delivered", read: "seen", edited: "edited", private: "in private", published: "published" };

export function openPhone(person, network, away) {
  const { phone, screen, problem } = frame(network, person.name, network.name, away);
  const items = element("ol", { className: "scroll", tabIndex: 0, "aria-label": `What ${person.name} sees` });
  const field = element("input", { name: "text", autocomplete: "off", maxLength: 2000, placeholder: `Write as ${person.name}…`, dir: "auto" });
  field.setAttribute("aria-label", `Write as ${person.name}`);
  const form = element("form", { className: "write" }, field, element("button", { type: "submit", className: "primary", textContent: "Send" }));
  const shop = element("div", { className: "shop" }, element("b", { textContent: "Alkyon Home" }), element("span", { textContent: sinceWhen(person) }));
  screen.append(shop, items, problem, form);
  const one = { phone, person, network, items, problem, shown: "", thread: "", editing: false, known: new Map(), field };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await act(one, { do: "write", text: field.value })) form.reset();
  });
  one.look = () => look(one);
  one.look();
  return one;
}

function sinceWhen({ kind, name, since }) {
  if (kind === "private") return `${name} commented in public and was answered here`;
  return since ? `${name} has been here since ${since}` : "a customer of the month";
}

async function act(one, action) {
  one.problem.textContent = "";
  const { network, key, name } = one.person;
  try {
    await ask("POST", "actions", { network, action: { person: key, name, ...threadOf(one), ...action } });
    one.editing = false;
    await look(one);
    return true;
  } catch (error) {
    one.problem.textContent = error.message;
    return false;
  }
}

// The private thread of somebody who also comments has to be named; any other is the one used last.
function threadOf(one) {
  return one.person.kind === "private" ? { thread_id: one.thread } : {};
}

async function look(one) {
  const { network, key, kind } = one.person;
  const { items, thread_id } = await ask("GET", `threads/${network}/${encodeURIComponent(key)}${kind === "private" ? "?private=1" : ""}`);
  one.thread = thread_id;
  const shown = JSON.stringify(items);
  if (shown === one.shown || one.editing) return;
  one.shown = shown;
  const listed = items.map((item) => itemOf(one, item));
  if (!items.length) listed.push(element("li", { className: "empty", textContent: "Nothing was said yet. Write the first word." }));
  replaceItems(one.items, listed, { isTalk: true });
  const last = items.at(-1);
  if (last?.from === "us" && last.state !== "read") ask("POST", "actions", { network, action: { do: "read", person: key, ...threadOf(one) } }).catch(() => {});
}

function itemOf(one, item) {
  const state = element("div", { className: "state" }, TICKS[item.state] ?? item.state, item.reactions || item.emojis || "");
  const text = element("div", { className: "words", textContent: item.text || "(a file)", dir: "auto" });
  const made = element("li", { className: `item ${item.from}` }, text, state);
  if (item.from === "them") {
    if (one.network.edits) state.append(button("Edit", () => edit(one, item, made), "link", `Edit “${item.text}”`));
    if (one.network.deletes) state.append(button("Take back", () => act(one, { do: "delete", message_id: item.id }), "link", `Take back “${item.text}”`));
  } else if (one.network.reactions.length) {
    for (const emoji of one.network.reactions.slice(0, 2)) {
      state.append(button(emoji, () => act(one, { do: "react", message_id: item.id, emoji }), "link", `React with ${emoji}`));
    }
  }
  if (item.options) {
    const picks = item.options.split("\n").map((text) => button(text, () => act(one, { do: "write", text, in_reply_to: item.id })));
    made.append(element("div", { className: "options", role: "group", "aria-label": "What can be picked" }, ...picks));
  }
  return made;
}

function edit(one, item, place) {
  one.editing = true;
  const away = () => {
    one.editing = false;
    one.shown = "";
    look(one);
  };
  place.replaceChildren(changeForm(item.text, `New words for “${item.text}”`, (text) => act(one, { do: "edit", message_id: item.id, text }), away));
}
