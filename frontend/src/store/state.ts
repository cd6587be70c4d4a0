/** What the client knows. Plain data: only apply.ts, reconcile.ts and pending.ts make new versions of it. */

import type {
  AgentShape,
  CampaignShape,
  CannedShape,
  ChannelShape,
  ConversationShape,
  DraftShape,
  EventShape,
  Me,
  MessageShape,
  NotificationShape,
  PresenceShape,
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
  teams: ById<TeamShape>;
  channels: ById<ChannelShape>;
  tags: ById<TagShape>;
  canned: ById<CannedShape>;
  campaigns: ById<CampaignShape>;
  views: ById<ViewShape>;
  viewOrder: readonly string[];
  rows: ById<ConversationShape>;
  lists: ById<List>;
  timelines: ById<Timeline>;
  /** By conversation. */
  presence: ById<readonly PresenceShape[]>;
  typing: ById<readonly CustomerTyping[]>;
  notifications: ById<NotificationShape>;
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
  teams: {},
  channels: {},
  tags: {},
  canned: {},
  campaigns: {},
  views: {},
  viewOrder: [],
  rows: {},
  lists: {},
  timelines: {},
  presence: {},
  typing: {},
  notifications: {},
  drafts: {},
  read: {},
  lastIn: {},
  pending: [],
  waitingSends: [],
  clockOffsetMs: 0,
  delayMs: null,
};

export function draftKey(conversationId: string, mode: "reply" | "note"): string {
  return `${conversationId}:${mode}`;
}

export function byId<T extends { id: string }>(items: readonly T[]): ById<T> {
  return Object.fromEntries(items.map((item) => [item.id, item]));
}
