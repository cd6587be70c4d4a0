// What everybody can read: a post with its comments, and the shop's reviews. Seen and changed as one of the people.
import { ask, button, changeForm, element, frame, replaceItems, starsShown, agoOf, words } from "/sandbox/parts.js";

const VANISHED_MS = 60_000;
const PICTURE =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200"><rect width="320" height="200" fill="#e9d9bf"/><rect y="150" width="320" height="50" fill="#dfbf96"/><rect x="105" y="70" width="100" height="100" fill="#0b6377"/><path d="M205 92h14a26 26 0 0 1 0 52h-14" fill="none" stroke="#0b6377" stroke-width="13"/><path d="M136 58q-12-16 0-28m32 28q-12-16 0-28" fill="none" stroke="#b98252" stroke-width="6" stroke-linecap="round"/></svg>',
  );

async function act(one, action, more = {}) {
  one.problem.textContent = "";
  const person = one.as();
  try {
    await ask("POST", "actions", { network: one.networkKey, action: { person: person.key, name: person.name, ...action }, ...more });
    one.editing = false;
    await one.look();
    return true;
  } catch (error) {
    one.problem.textContent = error.message;
    return false;
  }
}

// --- a post

export function openPost(post, networkKey, network, people, first, away) {
  const { phone, screen, problem } = frame(network, "alkyonhome", `post on ${network.name}`, away, "post");
  const list = element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "The post and its comments" });
  const who = element("select", { "aria-label": "Comment as" }, ...people.map((one) => element("option", { value: one.key, textContent: one.name })));
  if (first) who.value = first.key;
  const field = element("input", { autocomplete: "off", maxLength: 2000, placeholder: "Comment…", dir: "auto", "aria-label": "Comment" });
  const form = element("form", { className: "write" }, element("label", { className: "as" }, "As", who), field, element("button", { type: "submit", className: "primary", textContent: "Send" }));
  screen.append(list, problem, form);
  const one = { phone, problem, networkKey, network, post, list, field, reply: "", shown: "", editing: false, names: new Map(), vanished: [] };
  one.as = () => people.find((person) => person.key === who.value) ?? people[0];
  one.look = () => lookAtPost(one);
  who.addEventListener("change", () => {
    one.shown = "";
    one.look();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const where = one.reply ? { thread_id: one.reply } : {};
    if (await act(one, { do: "write", text: field.value, ...where }, one.reply ? {} : { post_id: post.id })) {
      form.reset();
      who.value = one.as().key;
      answerTo(one, null);
    }
  });
  one.look();
  return one;
}

function answerTo(one, comment) {
  one.reply = comment?.id ?? "";
  one.field.placeholder = comment ? `Answer ${comment.name}…` : "Comment…";
  if (comment) one.field.focus();
}

async function lookAtPost(one) {
  const { post, comments } = await ask("GET", `posts/${one.networkKey}/${encodeURIComponent(one.post.id)}`);
  if (!post) return;
  noteVanished(one, comments);
  const shown = JSON.stringify([comments, one.vanished.length, one.as().key]);
  if (shown === one.shown || one.editing) return;
  one.shown = shown;
  const picture = element("img", { className: "post-picture", src: post.picture.startsWith("data:") ? post.picture : PICTURE, alt: "" });
  const caption = element("p", { className: "caption" }, element("b", { textContent: "alkyonhome " }), words(post.text));
  const vanished = one.vanished.map(({ name, at }) => element("p", { className: "gone", textContent: `a comment of ${name} vanished at ${at}` }));
  replaceItems(one.list, [picture, caption, ...vanished, ...comments.map((comment) => commentOf(one, comment))]);
}

// A comment that was there and is not: hidden, deleted, or pushed out by newer ones (of which nothing is said).
function noteVanished(one, comments) {
  const flat = comments.flatMap((comment) => [comment, ...comment.replies]);
  const now = new Map(flat.map(({ id, name, at }) => [id, { name, at }]));
  const oldest = flat.reduce((at, comment) => (comment.at < at ? comment.at : at), "9");
  for (const [id, { name, at }] of one.names) {
    if (!now.has(id) && at >= oldest) {
      one.vanished.push({ name, at: new Date().toLocaleTimeString([], { timeStyle: "short" }), until: Date.now() + VANISHED_MS });
    }
  }
  one.names = now;
  one.vanished = one.vanished.filter(({ until }) => until > Date.now());
}

function commentOf(one, comment) {
  const person = one.as();
  const ours = !comment.person && /alkyon/i.test(comment.name);
  const text = element("p", {}, element("b", { textContent: `${comment.name} `, dir: "auto" }), words(comment.text));
  const does = element("div", { className: "does" }, agoOf(comment.at));
  const made = element("div", { className: `comment ${ours ? "ours" : ""}` }, text, does);
  if (comment.person === person.key) {
    does.append(
      button("Edit", () => editIn(one, text, comment.text, (words) => act(one, { do: "edit", message_id: comment.id, text: words })), "link", `Edit “${comment.text}”`),
      button("Delete", () => act(one, { do: "delete", message_id: comment.id }), "link", `Delete “${comment.text}”`),
    );
  } else {
    does.append(button("Like", () => act(one, { do: "react", message_id: comment.id, emoji: "👍" }), "link", `Like what ${comment.name} wrote`));
  }
  does.append(button("Answer", () => answerTo(one, comment), "link", `Answer ${comment.name}`));
  made.append(...(comment.replies ?? []).map((reply) => commentOf(one, reply)));
  return made;
}

function editIn(one, place, text, done) {
  one.editing = true;
  place.replaceChildren(
    changeForm(text, `New words for “${text}”`, done, () => {
      one.editing = false;
      one.shown = "";
      one.look();
    }),
  );
}

// --- reviews

export function openReview(person, networkKey, network, away) {
  const { phone, screen, problem } = frame(network, person.name, "review", away);
  const list = element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Reviews of the shop" });
  const head = element("div", { className: "shop" }, element("b", { textContent: "Alkyon Home, Kolonaki" }), element("span"));
  const stars = element("div", { className: "stars", role: "radiogroup", "aria-label": "Stars" });
  const field = element("textarea", { rows: 2, maxLength: 4000, placeholder: "What was it like?", dir: "auto", "aria-label": `Review of ${person.name}` });
  const save = element("button", { type: "submit", className: "primary" });
  const remove = button("Delete review", () => act(one, { do: "delete" }), "danger");
  const form = element("form", { className: "write review-form" }, stars, field, save, remove);
  screen.append(head, list, problem, form);
  const one = { phone, problem, networkKey, network, list, head, rating: 0, shown: "", own: null, touched: false };
  one.as = () => person;
  one.paint = () => {
    const picked = one.rating || 5;
    stars.replaceChildren(
      ...[1, 2, 3, 4, 5].map((n) => {
        const star = button(n <= picked ? "★" : "☆", () => {
          one.rating = n;
          one.touched = true;
          one.paint();
          stars.children[n - 1].focus();
        }, n <= picked ? "" : "off", `${n} stars`);
        star.setAttribute("role", "radio");
        star.setAttribute("aria-checked", String(n === picked));
        return star;
      }),
    );
    save.textContent = one.own ? `Save ${picked} stars` : `Publish ${picked} stars`;
    remove.hidden = !one.own;
  };
  field.addEventListener("input", () => (one.touched = true));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    one.touched = false;
    await act(one, { do: one.own ? "restar" : "review", text: field.value, rating: one.rating || 5, message_id: one.own?.id ?? "" });
  });
  one.look = async () => {
    const found = await ask("GET", "reviews");
    const shown = JSON.stringify(found);
    if (shown === one.shown) return;
    one.shown = shown;
    one.own = found.reviews.find((review) => review.person === person.key) ?? null;
    if (one.own && !one.touched) {
      one.rating = one.own.stars;
      field.value = one.own.text;
    }
    head.lastChild.textContent = `${found.average} ★ · ${found.count} reviews`;
    const others = found.reviews.filter((review) => review !== one.own);
    const parts = one.own ? [element("h2", { textContent: "Your review" }), reviewOf(one.own)] : [];
    replaceItems(list, [...parts, element("h2", { textContent: "What others see" }), ...others.map(reviewOf)]);
    one.paint();
  };
  one.paint();
  one.look();
  return one;
}

const ANSWERS = { PENDING: ["checking", "⧗ Google is checking the answer"], REJECTED: ["refused", "⊗ Google refused the answer: only its owner sees it"], APPROVED: ["", "Answer of the owner"] };

function reviewOf(review) {
  const made = element("article", { className: "review" }, element("header", {}, words(review.name), starsShown(review.stars)), review.text && element("p", { textContent: review.text, dir: "auto" }), element("div", { className: "does" }, agoOf(review.at)));
  if (review.answer) {
    const [kind, said] = ANSWERS[review.answer_state] ?? ANSWERS.APPROVED;
    made.append(element("div", { className: `answer ${kind}` }, element("b", { textContent: said }), words(review.answer)));
  }
  return made;
}
