/** The address as data. Every place of the app has one, so that back, reload and a copied link work. */

import { type Filter, isEmpty, readFilter, type Sort, writeFilter } from "./filter";

// biome-ignore format: a word list
const SECTIONS = [
  "channels", "agents", "tags", "canned", "customers", "macros", "notices", "rules", "tokens", "webhooks", "attention", "quarantine", "me", "look",
  "calendars", "targets", "chains", "report-mails", "notifications", "closing", "second-look", "checklists", "surveys", "views",
] as const;
export type SettingsPage = (typeof SECTIONS)[number];
/** Sections whose things have pages of their own. */
const HAVE_ITEMS: readonly SettingsPage[] = ["channels", "webhooks", "calendars", "targets", "rules", "surveys"];

/** Which comments of a post are shown. */
export const POST_TABS = ["waiting", "all"] as const;
export type PostTab = (typeof POST_TABS)[number];

export interface DeskRoute {
  page: "desk";
  view: string;
  conversation: string | null;
  /** Absent: the view as it is. */
  filter?: Filter;
  sort?: Sort;
}

export interface PostsRoute {
  page: "posts";
  post: string | null;
  tab: PostTab;
  conversation: string | null;
}

export interface SettingsRoute {
  page: "settings";
  /** null: the way in; the list of pages on a phone, the first page elsewhere. */
  section: SettingsPage | null;
  /** The one of the section's things that has a page of its own. */
  item?: string;
}

export interface WorkReviewsRoute {
  page: "work-reviews";
  /** The sample that is worked through; null: the way in. */
  sample: string | null;
  /** Which of its conversations, from 1 on; 0: none chosen yet. */
  at: number;
}

export type Route =
  | DeskRoute
  | PostsRoute
  | { page: "search"; query: string; conversation: string | null; filter?: Filter }
  | { page: "campaigns" }
  /** `screen`: in large type for a wall. */
  | { page: "floor"; screen?: true }
  /** The same by a link, without an account; what opens it stands behind the #, which no server is sent. */
  | { page: "screen" }
  | { page: "my-day" }
  /** Its query says all that is asked of it; the page itself reads it. */
  | { page: "reports"; query: string }
  | WorkReviewsRoute
  | SettingsRoute
  | { page: "sign-in" }
  | { page: "link"; token: string };

export const START_VIEW = "waiting";

/** An address that somebody cut short may end within a letter: it is taken as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Anything unknown is the start view. */
export function parseRoute(path: string, search = ""): Route {
  const parts = path.split("/").filter(Boolean).map(decoded);
  const [first, second, third] = parts;
  if (first === "sign-in") return { page: "sign-in" };
  if ((first === "links" || first === "link") && second) return { page: "link", token: second };
  if (first === "settings") {
    const section = SECTIONS.find((known) => known === second) ?? null;
    return { page: "settings", section, ...(section && HAVE_ITEMS.includes(section) && third ? { item: third } : {}) };
  }
  if (first === "search") {
    const { filter } = readFilter(search);
    const query = new URLSearchParams(search).get("q") ?? "";
    return { page: "search", query, conversation: second ?? null, ...(isEmpty(filter) ? {} : { filter }) };
  }
  if (first === "posts") {
    const tab = POST_TABS.find((known) => known === new URLSearchParams(search).get("show")) ?? "waiting";
    return { page: "posts", post: second ?? null, tab, conversation: third ?? null };
  }
  if (first === "campaigns") return { page: "campaigns" };
  if (first === "floor") {
    return { page: "floor", ...(new URLSearchParams(search).get("screen") === "1" ? { screen: true } : {}) };
  }
  if (first === "screen") return { page: "screen" };
  if (first === "my-day") return { page: "my-day" };
  if (first === "work-reviews") return { page: "work-reviews", sample: second ?? null, at: Number(third) || 0 };
  if (first === "reports") return { page: "reports", query: search.replace(/^\?/, "") };
  if (first === "conversations" && second) return { page: "desk", view: "all", conversation: second };
  const desk: DeskRoute = {
    page: "desk",
    view: (first === "desk" && second) || START_VIEW,
    conversation: third ?? null,
  };
  const { filter, sort } = readFilter(search);
  return { ...desk, ...(isEmpty(filter) ? {} : { filter }), ...(sort ? { sort } : {}) };
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case "desk": {
      const view = encodeURIComponent(route.view);
      const path = route.conversation ? `/desk/${view}/${route.conversation}` : `/desk/${view}`;
      return withQuery(path, writeFilter(route.filter ?? {}, route.sort ?? null));
    }
    case "posts": {
      const path = ["/posts", route.post, route.post && route.conversation].filter(Boolean).join("/");
      return withQuery(path, route.tab === "waiting" ? "" : `show=${route.tab}`);
    }
    case "search": {
      const path = route.conversation ? `/search/${route.conversation}` : "/search";
      const narrowed = writeFilter(route.filter ?? {}, null);
      return `${path}?q=${encodeURIComponent(route.query)}${narrowed && `&${narrowed}`}`;
    }
    case "campaigns":
      return "/campaigns";
    case "floor":
      return route.screen ? "/floor?screen=1" : "/floor";
    case "screen":
    case "my-day":
      return `/${route.page}`;
    case "reports":
      return withQuery("/reports", route.query);
    case "work-reviews":
      return ["/work-reviews", route.sample, route.sample && route.at].filter(Boolean).join("/");
    case "settings":
      return ["/settings", route.section, route.item].filter(Boolean).join("/");
    case "sign-in":
      return "/sign-in";
    case "link":
      return `/links/${route.token}`;
  }
}

const withQuery = (path: string, query: string) => (query ? `${path}?${query}` : path);
