/** What the client knows. Plain data: only apply.ts, reconcile.ts and pending.ts make new versions of it. */

import type {
  AgentShape,
  AttendanceShape,
  AvailabilityShape,
  CampaignShape,
  CannedShape,
  ChannelShape,
  ConversationShape,
  DeskRulesShape,
  DraftShape,
  EventShape,
  MacroShape,
  Me,
  MessageShape,
  NoticeShape,
  NotificationShape,
  PresenceShape,
  SharedDraftShape,
  TagShape,
  TeamShape,
  ViewShape,
} from "../protocol/types.generated";

export type ById<T> = Readonly<Record<string, T>>;

/** A customer who is writing. */
export interface CustomerTyping {
  conversation_id: string;
  thread_id: string;
  name: string;
  until: string;
}

/** An open wait, as GET conversations/{id} gives it. */
export interface Wait {
  id: string;
  thread_id: string;
  opened_at: string;
  author: { id: string | null; name: string } | string | null;
  acknowledged_at: string | null;
}

export interface Participant {
  id: string;
  name: string;
  identity_id: string | null;
}

/** One open conversation's items. `loaded`: the newest page is here; `olderCursor` null: nothing older. */
export interface Timeline {
  loaded: boolean;
  olderCursor: string | null;
  messages: ById<MessageShape>;
  events: ById<EventShape>;
  waits: readonly Wait[];
  participants: readonly Participant[];
  linked: readonly ConversationShape[];
}

/** A view as shown: `ids` is the order on screen and changes only when the reader lets it (lists.ts). */
export interface List {
  ids: readonly string[];
  cursor: string | null;
  loaded: boolean;
  /** When the rows were last known to be true, for "37 waiting at 14:29". */
  seenAt: number;
}

/** An answer that could not leave this browser yet. */
export interface WaitingSend {
  key: string;
  conversation_id: string;
  kind: "reply" | "note";
  body: Record<string, unknown>;
  text: string;
  at: string;
}

/** A change asked for and shown, which the server has not confirmed. */
export interface Pending {
  id: string;
  conversation_id: string;
  patch: Partial<ConversationShape>;
}

export interface State {
  ready: boolean;
  epoch: number;
  position: number;
  me: Me | null;
  workspace: Record<string, unknown>;
  agents: ById<AgentShape>;
  /** Of agents who were here once. */
  availability: ById<AvailabilityShape>;
  /** What each agent has on his hands, by the weights of conversations; none unless named. */
  loads: ById<number>;
  /** Reasons to be away and the like; null before the first snapshot. */
  attendance: AttendanceShape | null;
  teams: ById<TeamShape>;
  channels: ById<ChannelShape>;
  tags: ById<TagShape>;
  canned: ById<CannedShape>;
  campaigns: ById<CampaignShape>;
  /** Position at which one of our posts was last new or changed: pages that list posts ask again. */
  postsChangedAt: number;
  macros: ById<MacroShape>;
  notices: ById<NoticeShape>;
  /** Null before the first snapshot. */
  deskRules: DeskRulesShape | null;
  /** Conversations this agent has starred, or follows. */
  starred: ById<boolean>;
  following: ById<boolean>;
  /** Of colleagues, by `${conversation}:${agent}:${mode}`. */
  sharedDrafts: ById<SharedDraftShape>;
  views: ById<ViewShape>;
  viewOrder: readonly string[];
  rows: ById<ConversationShape>;
  lists: ById<List>;
  timelines: ById<Timeline>;
  /** By conversation. */
  presence: ById<readonly PresenceShape[]>;
  typing: ById<readonly CustomerTyping[]>;
  notifications: ById<NotificationShape>;
  /** Position of the newest event about a contact, by contact; under `PEOPLE_SETTINGS` that of what is set up. */
  people: ById<number>;
  /** Position of the newest event about a review of work that one wrote, or that is about one. */
  workReviews: number;
  /** Position of the newest change by kind of setting (`rule`, `survey`…); under `all` that of the snapshot. Whoever lists
   * them asks again. */
  settings: ById<number>;
  /** By `${conversation}:${mode}`. */
  drafts: ById<DraftShape>;
  /** Position up to which this agent has read, by conversation. */
  read: ById<number>;
  /** Position of the newest item of a customer, where known: read marks are held against it. */
  lastIn: ById<number>;
  pending: readonly Pending[];
  waitingSends: readonly WaitingSend[];
  /** Server's clock minus ours, in ms. */
  clockOffsetMs: number;
  /** From commit to this screen, in ms, a running median; null before the first. */
  delayMs: number | null;
}

export const PEOPLE_SETTINGS = "settings";

export const EMPTY_TIMELINE: Timeline = {
  loaded: false,
  olderCursor: null,
  messages: {},
  events: {},
  waits: [],
  participants: [],
  linked: [],
};

export const EMPTY_LIST: List = { ids: [], cursor: null, loaded: false, seenAt: 0 };

export const START: State = {
  ready: false,
  epoch: 0,
  position: 0,
  me: null,
  workspace: {},
  agents: {},
  availability: {},
  loads: {},
  attendance: null,
  teams: {},
  channels: {},
  tags: {},
  canned: {},
  campaigns: {},
  postsChangedAt: 0,
  macros: {},
  notices: {},
  deskRules: null,
  starred: {},
  following: {},
  sharedDrafts: {},
  views: {},
  viewOrder: [],
  rows: {},
  lists: {},
  timelines: {},
  presence: {},
  typing: {},
  notifications: {},
  people: {},
  workReviews: 0,
  settings: {},
  drafts: {},
  read: {},
  lastIn: {},
  pending: [],
  waitingSends: [],
  clockOffsetMs: 0,
  delayMs: null,
};

/** Version of a draft whose words this window has not had confirmed: nothing the server says of it counts meanwhile. */
export const UNCONFIRMED = Number.POSITIVE_INFINITY;

export function draftKey(conversationId: string, mode: "reply" | "note"): string {
  return `${conversationId}:${mode}`;
}

export function byId<T extends { id: string }>(items: readonly T[]): ById<T> {
  return Object.fromEntries(items.map((item) => [item.id, item]));
}
