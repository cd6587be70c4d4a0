/**
 * Everything a person can do by key. This one list feeds the keys, the palette, menus, tooltips, the help sheet and
 * docs/keyboard.md. A command that is not for now (`when`) is neither offered nor run.
 */

import type { Core } from "../core";
import { currentView, type Desk, openId, type Picker, type Sheet, targets } from "../store/desk";
import { NO_FILTER } from "../store/filter";
import { can, capability, isSandbox, row, templateThread } from "../store/select";
import type { State } from "../store/state";
import type { Key } from "../text/i18n";
import type { IconName } from "../ui/icon-paths";
import { mayApprove } from "./approvals";
import { copyText } from "./copy";
import { toggleMark } from "./marks";
import { itemAtHand, toggleHidden, toggleLike } from "./moderate";
import { loadConversation, markUnread, move, narrow, openConversation, openView, showNew, shownIds } from "./navigate";
import { takeNext, toggleNextMode } from "./next";
import { answerNext, openPost } from "./posts";
import { itemToRead, openReading } from "./readings";
import { claim, closeAll, dismiss, endEscalation, markSpam, reopen, undoLast } from "./triage";
import { mayChange } from "./views";

/** `look`, `review`: on the pages of second looks and of a sample alone, where those of the first three have nothing. */
export type Group = "conversation" | "write" | "move" | "look" | "review" | "go" | "app";

/** In the order in which sheets and pages list them, with their names. */
export const GROUPS: readonly [Group, Key][] = [
  ["conversation", "palette.conversation"],
  ["write", "palette.write"],
  ["move", "palette.move"],
  ["look", "settings.secondLook"],
  ["review", "nav.workReviews"],
  ["go", "palette.go"],
  ["app", "palette.app"],
];

const ANYWHERE: ReadonlySet<Group> = new Set(["go", "app"]);
const OWN_PAGE: ReadonlySet<Group> = new Set(["look", "review"]);

/** Whether both may be for now at once, so that one key cannot mean both: on a page of its own no other group is. */
export function meet({ group: one }: Command, { group: other }: Command): boolean {
  if (ANYWHERE.has(one) || ANYWHERE.has(other)) return true;
  return one === other || (!OWN_PAGE.has(one) && !OWN_PAGE.has(other));
}

export interface Command {
  id: string;
  label: Key;
  icon: IconName;
  group: Group;
  /** None: only by palette and menu. */
  keys: readonly string[];
  whileTyping?: boolean;
  when?: (core: Core, desk: Desk) => boolean;
  /** `held`: by a key that is held down and repeats itself. */
  run: (core: Core, held?: boolean) => void;
}

/** What a question of a checklist is answered with. */
export type Mark = "yes" | "no" | "not_applicable";
export type ReviewSignal = "next" | "previous" | "question" | "question-before" | "comment" | "share" | Mark;

/** Something a key asks of a part of the screen that only that part can do. */
export type Signal =
  | "focus-reply"
  | "focus-note"
  | "focus-private"
  /** The same, with a line that all can read beside it. */
  | "focus-both"
  | "focus-search"
  | "send"
  | "send-anyway"
  | "send-close"
  | "words-back"
  | "discard"
  | "next-pane"
  | "previous-pane"
  | "canned"
  | "options"
  /** Of the posts, none of which is open. */
  | "post-next"
  | "post-previous"
  | "look-next"
  | "look-previous"
  | "look-confirm"
  | "look-revert"
  /** Of the oldest answer that waits for a yes. */
  | "approval-yes"
  | "approval-change"
  | "approval-back"
  /** Of the sample of work that is looked at. */
  | `review-${ReviewSignal}`
  /** The instant the answer goes at, in ms. */
  | { sendAt: number }
  /** Words to be put into the answer. */
  | { insert: string };
type Hear = (signal: Signal) => void;
const hearers = new Set<Hear>();

export function onSignal(hear: Hear): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

export function signal(what: Signal): void {
  for (const hear of [...hearers]) hear(what);
}

const some = (_core: Core, desk: Desk) => targets(desk).length > 0;
const oneOpen = (_core: Core, desk: Desk) => openId(desk) !== null;
const onPosts = (_core: Core, { route }: Desk) => route.page === "posts" && route.post === null;
const onDesk = (core: Core, desk: Desk) => "conversation" in desk.route && !onPosts(core, desk);
const ids = (core: Core) => targets(core.desk.get());
const first = (core: Core) => row(core.state(), ids(core)[0] ?? null);
const pick = (picker: Picker) => (core: Core) => core.show({ picker, sheet: null });
const sheet = (name: Sheet) => (core: Core) =>
  core.show({ sheet: core.desk.get().sheet === name ? null : name, picker: null });
const onSecondLook = (_core: Core, { route }: Desk) => route.page === "settings" && route.section === "second-look";
const onReview = (_core: Core, { route }: Desk) => route.page === "work-reviews" && route.sample !== null;
/** What was said in public can be answered in private. */
const twoWays = (c: Core, d: Desk) =>
  row(c.state(), openId(d))?.threads.some((one) => capability(c.state(), one)?.actions.includes("private_reply")) ===
  true;
const goTo = (view: string) => (core: Core) => openView(core, view);

// biome-ignore format: one command, one line
export const COMMANDS: readonly Command[] = [
  { id: "close", label: "cmd.close", icon: "check", group: "conversation", keys: ["e"], when: (c, d) => some(c, d) && first(c)?.status !== "closed", run: (c) => closeAll(c, ids(c)) },
  { id: "reopen", label: "cmd.reopen", icon: "inbox", group: "conversation", keys: ["e"], when: (c, d) => some(c, d) && (first(c)?.status === "closed" || first(c)?.spam === true), run: (c) => reopen(c, ids(c)) },
  { id: "dismiss", label: "cmd.dismiss", icon: "dismiss", group: "conversation", keys: ["d"], when: some, run: (c) => void dismiss(c, ids(c)) },
  { id: "assign", label: "cmd.assign", icon: "user", group: "conversation", keys: ["a"], when: some, run: pick("assign") },
  { id: "claim", label: "cmd.claim", icon: "user", group: "conversation", keys: ["i"], when: some, run: (c) => void claim(c, ids(c)) },
  { id: "team", label: "cmd.team", icon: "users", group: "conversation", keys: ["Shift+t"], when: some, run: pick("team") },
  { id: "tag", label: "cmd.tag", icon: "tag", group: "conversation", keys: ["t"], when: some, run: pick("tag") },
  { id: "priority", label: "cmd.priority", icon: "bolt", group: "conversation", keys: ["p"], when: some, run: pick("priority") },
  { id: "snooze", label: "cmd.snooze", icon: "moon", group: "conversation", keys: ["z"], when: some, run: pick("snooze") },
  { id: "escalate", label: "cmd.escalate", icon: "flag", group: "conversation", keys: ["!"], when: (c, d) => some(c, d) && !first(c)?.escalation, run: pick("escalate") },
  { id: "deescalate", label: "cmd.deescalate", icon: "flag", group: "conversation", keys: ["!"], when: (c, d) => some(c, d) && !!first(c)?.escalation, run: (c) => ids(c).forEach((id) => void endEscalation(c, id)) },
  { id: "spam", label: "cmd.spam", icon: "xcircle", group: "conversation", keys: ["#"], when: (c, d) => some(c, d) && first(c)?.spam === false, run: (c) => markSpam(c, ids(c)) },
  { id: "merge", label: "cmd.merge", icon: "merge", group: "conversation", keys: [], when: oneOpen, run: pick("merge") },
  { id: "macro", label: "cmd.macro", icon: "bolt", group: "conversation", keys: ["Shift+m"], when: (c, d) => some(c, d) && can(c.state(), "triage"), run: pick("macro") },
  { id: "star", label: "cmd.star", icon: "star", group: "conversation", keys: ["s"], when: some, run: (c) => toggleMark(c, "starred", ids(c)) },
  { id: "follow", label: "cmd.follow", icon: "eye", group: "conversation", keys: ["w"], when: some, run: (c) => toggleMark(c, "following", ids(c)) },
  { id: "link", label: "cmd.link", icon: "link", group: "conversation", keys: ["Shift+l"], when: oneOpen, run: pick("link") },
  { id: "split", label: "cmd.split", icon: "split", group: "conversation", keys: [], when: (c, d) => (row(c.state(), openId(d))?.threads.length ?? 0) > 1, run: pick("split") },
  { id: "transcript", label: "cmd.transcript", icon: "download", group: "conversation", keys: [], when: oneOpen, run: pick("transcript") },
  { id: "routing", label: "cmd.routing", icon: "users", group: "conversation", keys: [], when: oneOpen, run: pick("routing") },
  { id: "bulk-reply", label: "cmd.bulkReply", icon: "send", group: "write", keys: ["Shift+r"], when: (c, d) => d.selected.size > 1 && can(c.state(), "reply"), run: pick("bulk-reply") },
  { id: "bulk-results", label: "cmd.bulkResults", icon: "checks", group: "write", keys: [], when: (_c, d) => d.bulk !== null, run: pick("bulk-results") },
  { id: "subject", label: "cmd.subject", icon: "note", group: "conversation", keys: [], when: oneOpen, run: pick("subject") },
  { id: "handover", label: "cmd.handover", icon: "users", group: "conversation", keys: ["Shift+a"], when: some, run: pick("handover") },
  { id: "unread", label: "cmd.unread", icon: "mail", group: "conversation", keys: ["Shift+u"], when: some, run: (c) => { for (const id of ids(c)) markUnread(c, id); if (openId(c.desk.get())) openConversation(c, null); } },
  { id: "copy", label: "cmd.copy", icon: "copy", group: "conversation", keys: ["c"], when: oneOpen, run: (c) => void copyText(`#${first(c)?.number ?? ""}`) },
  { id: "refresh", label: "cmd.refresh", icon: "refresh", group: "conversation", keys: [], when: oneOpen, run: (c) => { const id = openId(c.desk.get()); if (id) void loadConversation(c, id); } },

  { id: "reply", label: "cmd.reply", icon: "undo", group: "write", keys: ["r"], when: oneOpen, run: () => signal("focus-reply") },
  { id: "reply-private", label: "message.answerPrivate", icon: "lock", group: "write", keys: ["Shift+p"], when: twoWays, run: () => signal("focus-private") },
  { id: "reply-both", label: "cmd.replyBoth", icon: "globe", group: "write", keys: ["Shift+b"], when: twoWays, run: () => signal("focus-both") },
  { id: "note", label: "cmd.note", icon: "note", group: "write", keys: ["n"], when: oneOpen, run: () => signal("focus-note") },
  { id: "canned", label: "cmd.canned", icon: "canned", group: "write", keys: ["m"], when: oneOpen, run: () => signal("canned") },
  { id: "send", label: "cmd.send", icon: "check", group: "write", keys: ["Mod+Enter"], whileTyping: true, when: oneOpen, run: () => signal("send") },
  { id: "send-close", label: "cmd.sendClose", icon: "check", group: "write", keys: ["Mod+Shift+Enter"], whileTyping: true, when: oneOpen, run: () => signal("send-close") },
  { id: "hide", label: "cmd.hide", icon: "hide", group: "conversation", keys: ["h"], when: (c) => Boolean(itemAtHand(c, "hide") ?? itemAtHand(c, "unhide")), run: toggleHidden },
  { id: "like", label: "cmd.like", icon: "heart", group: "conversation", keys: ["l"], when: (c) => itemAtHand(c, "react") !== undefined, run: toggleLike },
  { id: "reading", label: "cmd.reading", icon: "meh", group: "conversation", keys: ["v"], when: (c) => itemToRead(c) !== undefined, run: openReading },
  { id: "options", label: "cmd.options", icon: "menu", group: "write", keys: [], when: (c, d) => row(c.state(), openId(d))?.threads.some((one) => capability(c.state(), one)?.options) === true, run: () => signal("options") },
  { id: "templates", label: "templates.choose", icon: "canned", group: "write", keys: [], when: (c, d) => templateThread(c.state(), row(c.state(), openId(d))) !== undefined, run: pick("templates") },
  { id: "send-later", label: "cmd.sendLater", icon: "cal", group: "write", keys: ["Mod+Shift+l"], whileTyping: true, when: oneOpen, run: pick("send-later") },
  { id: "approve", label: "approval.approve", icon: "checks", group: "write", keys: ["Shift+y"], when: mayApprove, run: () => signal("approval-yes") },
  { id: "approve-changed", label: "approval.change", icon: "note", group: "write", keys: ["Shift+c"], when: mayApprove, run: () => signal("approval-change") },
  { id: "send-back", label: "approval.back", icon: "undo", group: "write", keys: ["Shift+d"], when: mayApprove, run: () => signal("approval-back") },
  { id: "start", label: "cmd.start", icon: "plus", group: "write", keys: ["Shift+n"], run: sheet("start") },

  { id: "next", label: "cmd.next", icon: "down", group: "move", keys: ["j", "ArrowDown"], when: onDesk, run: (c, held) => move(c, 1, { held }) },
  { id: "previous", label: "cmd.previous", icon: "up", group: "move", keys: ["k", "ArrowUp"], when: onDesk, run: (c, held) => move(c, -1, { held }) },
  { id: "open", label: "cmd.open", icon: "right", group: "move", keys: ["Enter"], when: (_c, d) => d.cursor !== null && openId(d) !== d.cursor, run: (c) => openConversation(c, c.desk.get().cursor) },
  { id: "select", label: "cmd.select", icon: "check", group: "move", keys: ["x"], when: (_c, d) => d.cursor !== null, run: toggleSelected },
  { id: "select-all", label: "cmd.selectAll", icon: "check", group: "move", keys: ["Shift+x"], when: onDesk, run: selectAll },
  { id: "extend-down", label: "cmd.extendDown", icon: "down", group: "move", keys: ["Shift+j", "Shift+ArrowDown"], when: onDesk, run: (c) => move(c, 1, { extend: true }) },
  { id: "extend-up", label: "cmd.extendUp", icon: "up", group: "move", keys: ["Shift+k", "Shift+ArrowUp"], when: onDesk, run: (c) => move(c, -1, { extend: true }) },
  { id: "next-waiting", label: "posts.answerNext", icon: "adown", group: "move", keys: ["y"], when: (_c, d) => d.route.page === "posts" && d.route.post !== null, run: (c) => void answerNext(c).catch(() => {}) },
  { id: "take-next", label: "cmd.takeNext", icon: "adown", group: "move", keys: ["q"], when: (c, d) => onDesk(c, d) && can(c.state(), "triage"), run: (c) => void takeNext(c) },
  { id: "next-mode", label: "cmd.nextMode", icon: "refresh", group: "move", keys: ["Shift+q"], when: (c) => can(c.state(), "triage"), run: toggleNextMode },
  { id: "filter", label: "cmd.filter", icon: "filter", group: "move", keys: ["f"], when: (_c, d) => d.route.page === "desk" || d.route.page === "search", run: pick("filter") },
  { id: "clear-filter", label: "cmd.clearFilter", icon: "filter", group: "move", keys: ["Shift+f"], when: (_c, d) => d.route.page === "desk" && !!(d.route.filter || d.route.sort), run: (c) => narrow(c, NO_FILTER, null) },
  { id: "sort", label: "cmd.sort", icon: "sort", group: "move", keys: ["o"], when: (_c, d) => d.route.page === "desk", run: pick("sort") },
  { id: "condition", label: "cmd.condition", icon: "filter", group: "move", keys: [], when: (_c, d) => d.route.page === "desk" || d.route.page === "search", run: pick("condition") },
  { id: "save-view", label: "cmd.saveView", icon: "plus", group: "move", keys: [], when: (_c, d) => d.route.page === "desk", run: pick("save-view") },
  { id: "edit-view", label: "cmd.editView", icon: "note", group: "move", keys: [], when: (c, d) => { const view = c.state().views[currentView(d)]; return view !== undefined && mayChange(c.state(), view); }, run: pick("edit-view") },
  { id: "show-new", label: "cmd.showNew", icon: "up", group: "move", keys: ["."], when: onDesk, run: showNew },
  { id: "back", label: "cmd.back", icon: "left", group: "move", keys: ["Escape"], whileTyping: true, run: back },
  { id: "next-pane", label: "cmd.nextPane", icon: "right", group: "move", keys: ["F6"], whileTyping: true, run: () => signal("next-pane") },
  { id: "previous-pane", label: "cmd.previousPane", icon: "left", group: "move", keys: ["Shift+F6"], whileTyping: true, run: () => signal("previous-pane") },

  { id: "post-next", label: "cmd.postNext", icon: "down", group: "move", keys: ["j", "ArrowDown"], when: onPosts, run: () => signal("post-next") },
  { id: "post-previous", label: "cmd.postPrevious", icon: "up", group: "move", keys: ["k", "ArrowUp"], when: onPosts, run: () => signal("post-previous") },

  { id: "look-next", label: "cmd.lookNext", icon: "down", group: "look", keys: ["j", "ArrowDown"], when: onSecondLook, run: () => signal("look-next") },
  { id: "look-previous", label: "cmd.lookPrevious", icon: "up", group: "look", keys: ["k", "ArrowUp"], when: onSecondLook, run: () => signal("look-previous") },
  { id: "look-confirm", label: "cmd.lookConfirm", icon: "hide", group: "look", keys: ["y"], when: onSecondLook, run: () => signal("look-confirm") },
  { id: "look-revert", label: "cmd.lookRevert", icon: "eye", group: "look", keys: ["n"], when: onSecondLook, run: () => signal("look-revert") },

  { id: "review-next", label: "cmd.reviewNext", icon: "down", group: "review", keys: ["j"], when: onReview, run: () => signal("review-next") },
  { id: "review-previous", label: "cmd.reviewPrevious", icon: "up", group: "review", keys: ["k"], when: onReview, run: () => signal("review-previous") },
  { id: "review-question", label: "cmd.reviewQuestion", icon: "adown", group: "review", keys: ["ArrowDown"], when: onReview, run: () => signal("review-question") },
  { id: "review-question-before", label: "cmd.reviewQuestionBefore", icon: "aup", group: "review", keys: ["ArrowUp"], when: onReview, run: () => signal("review-question-before") },
  { id: "review-yes", label: "cmd.reviewYes", icon: "check", group: "review", keys: ["y"], when: onReview, run: () => signal("review-yes") },
  { id: "review-no", label: "cmd.reviewNo", icon: "x", group: "review", keys: ["n"], when: onReview, run: () => signal("review-no") },
  { id: "review-none", label: "cmd.reviewNone", icon: "minus", group: "review", keys: ["-"], when: onReview, run: () => signal("review-not_applicable") },
  { id: "review-comment", label: "cmd.reviewComment", icon: "note", group: "review", keys: ["c"], when: onReview, run: () => signal("review-comment") },
  { id: "review-share", label: "cmd.reviewShare", icon: "send", group: "review", keys: ["Mod+Enter"], whileTyping: true, when: onReview, run: () => signal("review-share") },

  { id: "go-waiting", label: "view.waiting", icon: "alarm", group: "go", keys: ["g w"], run: goTo("waiting") },
  { id: "go-mine", label: "view.mine", icon: "inbox", group: "go", keys: ["g m"], run: goTo("mine") },
  { id: "go-unassigned", label: "view.unassigned", icon: "user", group: "go", keys: ["g u"], run: goTo("unassigned") },
  { id: "go-window", label: "view.window", icon: "hourglass", group: "go", keys: ["g h"], run: goTo("window") },
  { id: "go-mentions", label: "view.mentions", icon: "at", group: "go", keys: ["g a"], run: goTo("mentions") },
  { id: "go-starred", label: "view.starred", icon: "star", group: "go", keys: ["g v"], run: goTo("starred") },
  { id: "go-approve", label: "view.approve", icon: "checks", group: "go", keys: ["g b"], run: goTo("approve") },
  { id: "go-escalated", label: "view.escalated", icon: "flag", group: "go", keys: ["g e"], run: goTo("escalated") },
  { id: "go-snoozed", label: "view.snoozed", icon: "moon", group: "go", keys: ["g z"], run: goTo("snoozed") },
  { id: "go-closed", label: "view.closed", icon: "check", group: "go", keys: ["g c"], run: goTo("closed") },
  { id: "go-spam", label: "view.spam", icon: "xcircle", group: "go", keys: [], run: goTo("spam") },
  { id: "go-comments", label: "kinds.comment", icon: "comment", group: "go", keys: ["g o"], run: goTo("kind:comment") },
  { id: "go-reviews", label: "kinds.review", icon: "star", group: "go", keys: ["g r"], run: goTo("kind:review") },
  { id: "go-posts", label: "nav.posts", icon: "posts", group: "go", keys: ["g p"], run: (c) => openPost(c, null) },
  { id: "go-campaigns", label: "campaigns", icon: "flag", group: "go", keys: [], run: (c) => c.go({ page: "campaigns" }) },
  { id: "go-floor", label: "nav.floor", icon: "floor", group: "go", keys: ["g f"], when: (c) => can(c.state(), "reports"), run: (c) => c.go({ page: "floor" }) },
  { id: "go-reports", label: "nav.reports", icon: "chart", group: "go", keys: ["g t"], when: (c) => can(c.state(), "reports"), run: (c) => c.go({ page: "reports", query: "" }) },
  { id: "go-work-reviews", label: "nav.workReviews", icon: "checks", group: "go", keys: ["g x"], when: (c) => can(c.state(), "reports"), run: (c) => c.go({ page: "work-reviews", sample: null, at: 0 }) },
  { id: "go-my-day", label: "nav.myDay", icon: "sun", group: "go", keys: ["g d"], run: (c) => c.go({ page: "my-day" }) },
  { id: "go-screen", label: "floor.screen", icon: "screen", group: "go", keys: [], when: (c) => can(c.state(), "reports"), run: (c) => c.go({ page: "floor", screen: true }) },
  { id: "go-calendars", label: "settings.calendars", icon: "cal", group: "go", keys: [], when: (c) => can(c.state(), "settings"), run: (c) => c.go({ page: "settings", section: "calendars" }) },
  { id: "go-targets", label: "settings.targets", icon: "alarm", group: "go", keys: [], when: (c) => can(c.state(), "settings"), run: (c) => c.go({ page: "settings", section: "targets" }) },
  { id: "go-settings", label: "cmd.settings", icon: "settings", group: "go", keys: ["g s"], run: (c) => c.go({ page: "settings", section: "channels" }) },
  { id: "go-me", label: "cmd.me", icon: "user", group: "go", keys: [], run: (c) => c.go({ page: "settings", section: "me" }) },
  { id: "go-notify", label: "notify.settings", icon: "bell", group: "go", keys: [], run: (c) => c.go({ page: "settings", section: "notifications" }) },
  { id: "go-chains", label: "settings.chains", icon: "flag", group: "go", keys: [], when: (c) => can(c.state(), "settings"), run: (c) => c.go({ page: "settings", section: "chains" }) },
  { id: "go-views", label: "rail.saved", icon: "filter", group: "go", keys: [], run: (c) => c.go({ page: "settings", section: "views" }) },
  { id: "go-rules", label: "settings.rules", icon: "bolt", group: "go", keys: [], when: (c) => can(c.state(), "settings"), run: (c) => c.go({ page: "settings", section: "rules" }) },
  { id: "go-second-look", label: "settings.secondLook", icon: "eye", group: "go", keys: [], when: (c) => can(c.state(), "moderate"), run: (c) => c.go({ page: "settings", section: "second-look" }) },
  { id: "go-closing", label: "settings.closing", icon: "checks", group: "go", keys: [], when: (c) => can(c.state(), "settings"), run: (c) => c.go({ page: "settings", section: "closing" }) },
  { id: "go-attention", label: "settings.attention", icon: "bell", group: "go", keys: [], when: (c) => can(c.state(), "quarantine"), run: (c) => c.go({ page: "settings", section: "attention" }) },
  { id: "go-quarantine", label: "settings.quarantine", icon: "warn", group: "go", keys: [], when: (c) => can(c.state(), "quarantine"), run: (c) => c.go({ page: "settings", section: "quarantine" }) },
  { id: "go-webhooks", label: "settings.webhooks", icon: "forward", group: "go", keys: [], when: (c) => can(c.state(), "tokens"), run: (c) => c.go({ page: "settings", section: "webhooks" }) },
  { id: "go-tokens", label: "settings.tokens", icon: "key", group: "go", keys: [], when: (c) => can(c.state(), "tokens"), run: (c) => c.go({ page: "settings", section: "tokens" }) },

  { id: "palette", label: "cmd.palette", icon: "search", group: "app", keys: ["Mod+k"], whileTyping: true, run: sheet("palette") },
  { id: "search", label: "cmd.search", icon: "search", group: "app", keys: ["/"], run: goSearch },
  { id: "help", label: "cmd.help", icon: "keyboard", group: "app", keys: ["?"], run: sheet("help") },
  { id: "first-steps", label: "cmd.firstSteps", icon: "checks", group: "app", keys: [], when: (c) => can(c.state(), "channels") || isSandbox(c.state()), run: sheet("first-steps") },
  { id: "undo", label: "cmd.undo", icon: "undo", group: "app", keys: ["u", "Mod+z"], run: (c) => void undoLast(c) },
  { id: "person", label: "cmd.person", icon: "user", group: "app", keys: ["\\"], when: oneOpen, run: (c) => c.show({ drawer: c.desk.get().drawer === "person" ? null : "person" }) },
  { id: "availability", label: "availability.choose", icon: "user", group: "app", keys: ["Shift+s"], when: (c) => can(c.state(), "triage"), run: pick("availability") },
  { id: "notifications", label: "cmd.notifications", icon: "bell", group: "app", keys: ["g n"], run: sheet("notifications") },
];

export const BY_ID: Readonly<Record<string, Command>> = Object.fromEntries(COMMANDS.map((c) => [c.id, c]));

let own: Readonly<Record<string, string>> = {};

/** What the person has put in place of usual keys: command → key, empty for none. */
export function setOwnKeys(keys: Readonly<Record<string, string>>): void {
  own = keys;
}

/** The keys of a command as they are for this person. */
export function keysOf(command: Command): readonly string[] {
  const chosen = own[command.id];
  return chosen === undefined ? command.keys : chosen ? [chosen] : [];
}

/** What one must be allowed to do for a command; those of colleagues who read and comment alone are not here. */
const NEEDS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    triage: "macro close reopen dismiss assign claim team tag priority snooze spam merge link split subject handover",
    escalate: "escalate deescalate",
    reply: "bulk-reply next-waiting reply reply-private reply-both canned options templates send-later send-close",
    moderate: "hide like",
    start: "start",
  }).flatMap(([permission, ids]) => ids.split(" ").map((id) => [id, permission])),
);

/** Whether this person may do it at all: what would be refused is not offered. */
export function mayRun(state: Pick<State, "me">, id: string): boolean {
  const permission = NEEDS[id];
  return permission === undefined || can(state, permission);
}

export function isFor(core: Core, command: Command): boolean {
  if (!mayRun(core.state(), command.id)) return false;
  return command.when?.(core, core.desk.get()) ?? true;
}

/** Runs a command by name, as buttons and menus do. */
export function run(core: Core, id: string): void {
  const command = BY_ID[id];
  if (command && isFor(core, command)) command.run(core);
}

function toggleSelected(core: Core): void {
  const desk = core.desk.get();
  const selected = new Set(desk.selected);
  const id = desk.cursor;
  if (!id) return;
  if (!selected.delete(id)) selected.add(id);
  core.show({ selected, selecting: selected.size > 0 });
}

function selectAll(core: Core): void {
  const desk = core.desk.get();
  const all = shownIds(core);
  const selected = desk.selected.size === all.length ? new Set<string>() : new Set(all);
  core.show({ selected, selecting: selected.size > 0 });
}

/** To the field that searches; where the window has no room for one beside the list, to the page that has it. */
function goSearch(core: Core): void {
  const { page } = core.desk.get().route;
  if (window.innerWidth < 1024 && (page === "desk" || page === "posts")) {
    return core.go({ page: "search", query: "", conversation: null });
  }
  signal("focus-search");
}

/** One level out: sheet, picker, drawer, the ticks, the text field, at last the conversation on a phone. */
function back(core: Core): void {
  const desk = core.desk.get();
  if (desk.sheet || desk.picker) return core.show({ sheet: null, picker: null });
  if (desk.drawer) return core.show({ drawer: null });
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && focused.matches("input, textarea, select")) return focused.blur();
  if (desk.selecting) return core.show({ selected: new Set(), selecting: false });
  if (desk.route.page === "search") return core.go({ page: "desk", view: "waiting", conversation: null });
  if (desk.route.page === "posts") return desk.route.conversation ? openConversation(core, null) : openPost(core, null);
  if (openId(desk) && window.innerWidth < 768) openConversation(core, null);
}
