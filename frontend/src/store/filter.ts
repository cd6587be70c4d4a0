/** What narrows a view, as data: it stands in the address, names the list, is asked of the server, and can be saved. */

export const FILTER_FIELDS = [
  "status",
  "kind",
  "network",
  "channel",
  "tag",
  "team",
  "assignee",
  "target",
  "priority",
  "language",
  "rating",
  "sentiment",
  "urgency",
  "post",
  "campaign",
  "condition",
] as const;
export type FilterField = (typeof FILTER_FIELDS)[number];
export type Filter = Readonly<Partial<Record<FilterField, string>>>;

export const SORTS = ["waiting", "activity", "deadline"] as const;
export type Sort = (typeof SORTS)[number];

export const NO_FILTER: Filter = {};

export function isEmpty(filter: Filter): boolean {
  return Object.keys(filter).length === 0;
}

/** Conditions and order as a query, always in the same order, so that equal filters have equal names; "" for none. */
export function writeFilter(filter: Filter, sort: Sort | null): string {
  const pairs = FILTER_FIELDS.flatMap((field) => {
    const value = filter[field];
    return value === undefined ? [] : [[field, value]];
  });
  if (sort) pairs.push(["sort", sort]);
  return new URLSearchParams(pairs).toString();
}

/** What is no condition of ours is left out. */
export function readFilter(query: string): { filter: Filter; sort: Sort | null } {
  const given = new URLSearchParams(query);
  const pairs = FILTER_FIELDS.flatMap((field) => {
    const value = given.get(field);
    return value ? [[field, value] as const] : [];
  });
  const sort = SORTS.find((known) => known === given.get("sort")) ?? null;
  return { filter: Object.fromEntries(pairs), sort };
}

/** How many tests a built condition has: its JSON, as the builder or the server wrote it, names a field for each. */
export function countTests(condition: string): number {
  return condition.split('"field":').length - 1;
}

/** The filter with one condition set, or taken away (null). */
export function withCondition(filter: Filter, field: FilterField, value: string | null): Filter {
  const { [field]: _before, ...rest } = filter;
  return value === null ? rest : { ...rest, [field]: value };
}

/** The name of a list: the view's key, with what narrows it behind a question mark. */
export function listName(view: string, filter: Filter, sort: Sort | null): string {
  const query = writeFilter(filter, sort);
  return query ? `${view}?${query}` : view;
}

export function readListName(name: string): { view: string; filter: Filter; sort: Sort | null } {
  const at = name.indexOf("?");
  if (at < 0) return { view: name, filter: NO_FILTER, sort: null };
  return { view: name.slice(0, at), ...readFilter(name.slice(at + 1)) };
}
