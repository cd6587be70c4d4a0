/** The address as data. Every place of the app has one, so that back, reload and a copied link work. */

export type SettingsPage = "channels" | "agents" | "tags" | "canned" | "tokens" | "me" | "look";

export type Route =
  | { page: "desk"; view: string; conversation: string | null }
  | { page: "search"; query: string; conversation: string | null }
  | { page: "settings"; section: SettingsPage }
  | { page: "sign-in" }
  | { page: "link"; token: string };

const SECTIONS: readonly SettingsPage[] = ["channels", "agents", "tags", "canned", "tokens", "me", "look"];
export const START_VIEW = "waiting";

/** Anything unknown is the start view. */
export function parseRoute(path: string, search = ""): Route {
  const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  const [first, second, third] = parts;
  if (first === "sign-in") return { page: "sign-in" };
  if ((first === "links" || first === "link") && second) return { page: "link", token: second };
  if (first === "settings") {
    const section = SECTIONS.find((known) => known === second) ?? "channels";
    return { page: "settings", section };
  }
  if (first === "search") {
    return { page: "search", query: new URLSearchParams(search).get("q") ?? "", conversation: second ?? null };
  }
  if (first === "conversations" && second) return { page: "desk", view: "all", conversation: second };
  return { page: "desk", view: (first === "desk" && second) || START_VIEW, conversation: third ?? null };
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case "desk": {
      const view = encodeURIComponent(route.view);
      return route.conversation ? `/desk/${view}/${route.conversation}` : `/desk/${view}`;
    }
    case "search": {
      const path = route.conversation ? `/search/${route.conversation}` : "/search";
      return `${path}?q=${encodeURIComponent(route.query)}`;
    }
    case "settings":
      return `/settings/${route.section}`;
    case "sign-in":
      return "/sign-in";
    case "link":
      return `/links/${route.token}`;
  }
}
