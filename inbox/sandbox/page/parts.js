// Small parts of the page: elements, marks, asking the sandbox, and doing something as a customer.

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role" || name === "for") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export function button(text, does, className = "", label = "") {
  const made = element("button", { type: "button", className, textContent: text });
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", does);
  return made;
}

export async function ask(method, path, body) {
  const answer = await fetch(`/sandbox/api/${path}`, {
    method,
    headers: { "content-type": "application/json", "x-inbox": "1" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.detail), { status: answer.status });
  return said;
}

export function markOf(network) {
  const made = element("span", { className: "mark", textContent: network.mark, "aria-hidden": "true" });
  made.style.background = `color-mix(in srgb, ${network.colour} 78%, black)`;
  return made;
}

export function words(text) {
  return element("span", { dir: "auto", textContent: text });
}

export function starsShown(count) {
  const made = element("span", { className: "stars", role: "img", "aria-label": `${count} of 5 stars` });
  made.append("★".repeat(count), element("span", { className: "off", textContent: "☆".repeat(5 - count) }));
  return made;
}

// A form in the place of some words, to change them.
export function changeForm(text, label, done, away) {
  const field = element("textarea", { value: text, rows: 3, maxLength: 2000, "aria-label": label, dir: "auto" });
  const form = element("form", { className: "change" }, field);
  const row = element("div", {}, element("button", { type: "submit", className: "primary", textContent: "Save the change" }));
  row.append(button("Leave it", away));
  form.append(row);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) done(field.value);
  });
  form.addEventListener("keydown", (event) => event.key === "Escape" && away());
  queueMicrotask(() => field.focus());
  return form;
}

export function timeOf(text) {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? "" : at.toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

// The frame of a phone: header, screen, and a line for what went wrong. `fill` gets the screen.
export function frame(network, who, where, away, className = "") {
  const problem = element("p", { className: "problem", role: "alert" });
  const screen = element("div", { className: "screen" });
  const close = button("×", away, "close", `Put ${who} away`);
  const header = element("header", {}, markOf(network), element("strong", { className: "who", textContent: who, title: who, dir: "auto" }), element("span", { className: "where", textContent: where }), close);
  const phone = element("article", { className: `phone ${className}`, "aria-label": `${who}, ${where}` }, header, screen);
  return { phone, screen, problem };
}

export function agoOf(text) {
  const minutes = Math.round((Date.now() - new Date(text).getTime()) / 60_000);
  if (Number.isNaN(minutes)) return "";
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} m`;
  return minutes < 1440 ? `${Math.round(minutes / 60)} h` : timeOf(text);
}

// Put new items into a list. A talk keeps its end in sight where that was in sight; what is read from its top stays.
export function replaceItems(list, items, { isTalk = false } = {}) {
  const atEnd = isTalk && list.scrollTop + list.clientHeight >= list.scrollHeight - 40;
  const top = list.scrollTop;
  list.replaceChildren(...items);
  list.scrollTop = atEnd ? list.scrollHeight : top;
}
