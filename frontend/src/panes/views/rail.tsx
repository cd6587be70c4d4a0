import { useEffect, useRef } from "react";
import { openView } from "../../commands/navigate";
import { onSignal, run } from "../../commands/registry";
import { search } from "../../commands/search";
import type { ViewShape } from "../../protocol/types.generated";
import { availabilityOf, awayReason, stateName } from "../../store/availability";
import { currentView } from "../../store/desk";
import { NO_FILTER, writeFilter } from "../../store/filter";
import { can, inOwnOrder } from "../../store/select";
import { formatNumber, type Key, t } from "../../text/i18n";
import { hue } from "../../text/names";
import { AgentFace } from "../../ui/face";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import { Keys, titleOf } from "../../ui/keys";
import { Link } from "../../ui/link";
import { useCore, useDesk, useSelect } from "../../ui/use-core";
import { LiveChip } from "./live-chip";
import s from "./rail.module.css";

const ICONS: Record<string, IconName> = {
  mine: "inbox",
  unassigned: "user",
  waiting: "alarm",
  window: "hourglass",
  mentions: "at",
  starred: "star",
  approve: "checks",
  escalated: "flag",
  snoozed: "moon",
  closed: "check",
  spam: "xcircle",
  all: "bubble",
  "kind:comment": "comment",
  "kind:review": "star",
  "kind:direct": "bubble",
  "kind:mail": "mail",
  "kind:chat": "chat",
  "kind:mention": "at",
  "kind:group": "group",
};

/** Fixed views speak the reader's language; saved ones were named by people. */
const NAMES: Record<string, Key> = {
  mine: "view.mine",
  unassigned: "view.unassigned",
  waiting: "view.waiting",
  window: "view.window",
  mentions: "view.mentions",
  starred: "view.starred",
  approve: "view.approve",
  escalated: "view.escalated",
  snoozed: "view.snoozed",
  closed: "view.closed",
  spam: "view.spam",
  all: "view.all",
  "kind:comment": "kinds.comment",
  "kind:review": "kinds.review",
  "kind:direct": "kinds.direct",
  "kind:mail": "kinds.mail",
  "kind:chat": "kinds.chat",
  "kind:mention": "kinds.mention",
  "kind:group": "kinds.group",
};

export function viewName(view: { key: string; name: string }): string {
  const known = NAMES[view.key];
  return known ? t(known) : view.name;
}

const GROUPS: { group: ViewShape["group"]; title: Key | null }[] = [
  { group: "main", title: null },
  { group: "kinds", title: "rail.kinds" },
  { group: "saved", title: "rail.saved" },
  { group: "teams", title: "rail.teams" },
  { group: "channels", title: "rail.channels" },
];

export function Rail() {
  const views = useSelect((state) => state.views);
  const order = useSelect((state) => state.viewOrder);
  const workspace = useSelect((state) => String(state.workspace.name ?? t("app")));
  const own = useDesk((desk) => desk.own.views);
  const stale = useDesk((desk) => desk.sync.phase !== "live");
  const all = order.map((key) => views[key]).filter((view): view is ViewShape => view !== undefined);
  return (
    <nav className={`${s.rail} ${stale ? s.stale : ""}`} aria-label={t("pane.views")} data-pane>
      <div className={s.head}>
        <span className="clip grow">{workspace}</span>
        <LiveChip />
      </div>
      <SearchField />
      <div className={s.scroll}>
        {GROUPS.map(({ group, title }) => (
          <ViewGroup
            key={group}
            title={title}
            views={group === "saved" ? inOwnOrder(all, own) : all.filter((view) => view.group === group)}
            add={group === "saved" ? "save-view" : undefined}
          />
        ))}
      </div>
      <Foot />
    </nav>
  );
}

function ViewGroup({ title, views, add }: { title: Key | null; views: ViewShape[]; add?: string }) {
  const core = useCore();
  if (!views.length && !add) return null;
  return (
    <>
      {title && (
        <h3>
          {t(title)}
          {add && (
            <button
              type="button"
              className="btn ghost sm icon-only"
              title={titleOf(add)}
              aria-label={titleOf(add)}
              onClick={() => run(core, add)}
            >
              <Icon name="plus" size="s" />
            </button>
          )}
        </h3>
      )}
      {views.map((view) => (
        <ViewLink key={view.key} view={view} />
      ))}
    </>
  );
}

function ViewLink({ view }: { view: ViewShape }) {
  const core = useCore();
  const current = useDesk((desk) => desk.route.page === "desk" && currentView(desk) === view.key);
  const icon = ICONS[view.key] ?? (view.group === "teams" ? "users" : view.group === "channels" ? "plug" : null);
  const count = view.count;
  const name = viewName(view);
  return (
    <Link
      className={s.view}
      to={{ page: "desk", view: view.key, conversation: null }}
      aria-current={current ? "page" : undefined}
      data-pane-focus={current || undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        core.show({ drawer: null });
        openView(core, view.key);
      }}
    >
      {icon ? (
        <Icon name={icon} />
      ) : (
        <span className={s.square} style={{ background: `oklch(0.62 0.12 ${hue(view.key)})` }} />
      )}
      <span className="clip" title={name}>
        {name}
      </span>
      {view.late > 0 && view.key === "waiting" ? (
        <span className={`${s.n} ${s.over}`} title={t("rail.late", { n: view.late })}>
          <Icon name="alarm" size="xs" />
          {view.late}
        </span>
      ) : (
        <span className={`${s.n} ${count === 0 ? s.zero : ""}`}>{countText(count)}</span>
      )}
    </Link>
  );
}

/** Null: nobody has counted it, so nothing is said. */
export function countText(count: number | null): string {
  if (count === null) return "";
  return count > 999 ? "999+" : formatNumber(count);
}

/** Typing asks as one goes; Escape leads back to the view. */
export function SearchField() {
  const core = useCore();
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  const query = useDesk((desk) => (desk.route.page === "search" ? desk.route.query : ""));
  const filter = useDesk((desk) => (desk.route.page === "search" ? desk.route.filter : undefined));
  const narrowed = writeFilter(filter ?? NO_FILTER, null);
  useEffect(
    () =>
      onSignal((what) => {
        if (what === "focus-search") input.current?.focus();
      }),
    [],
  );
  useEffect(() => {
    // Whoever came to a page that only searches wants to write at once.
    const { route } = core.desk.get();
    if (route.page === "search" && !route.query) input.current?.focus();
  }, [core]);
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = query;
    const known = core.desk.get().search;
    if (query && !(known.query === query && known.narrowed === narrowed)) void search(core, query, filter);
  }, [core, query, filter, narrowed]);
  const ask = (text: string) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      if (!text.trim()) return core.go({ page: "desk", view: "waiting", conversation: null });
      const searching = core.desk.get().route.page === "search";
      const { route } = core.desk.get();
      const kept = route.page === "search" && route.filter ? { filter: route.filter } : {};
      core.go({ page: "search", query: text, conversation: null, ...kept }, searching);
    }, 180);
  };
  return (
    <search className={s.search}>
      <Icon name="search" size="s" />
      <input
        ref={input}
        type="search"
        aria-label={t("search.label")}
        placeholder={t("search")}
        defaultValue={query}
        onChange={(event) => ask(event.target.value)}
      />
      <Keys command="search" />
    </search>
  );
}

function Foot() {
  const me = useSelect((state) => state.me?.agent);
  const mine = useSelect((state) => state.views.mine?.count ?? 0);
  const works = useSelect((state) => can(state, "triage"));
  const said = useSelect((state) => {
    const id = state.me?.agent.id ?? "";
    return awayReason(state, id) || t(stateName(availabilityOf(state, id)));
  });
  const core = useCore();
  if (!me) return null;
  return (
    <div className={s.foot}>
      <button
        type="button"
        className={`${s.me} grow`}
        title={titleOf("availability")}
        disabled={!works}
        onClick={() => run(core, "availability")}
      >
        <AgentFace id={me.id} size="md" state={works} />
        <span className="grow" style={{ minWidth: 0 }}>
          <span className="strong clip" style={{ display: "block" }}>
            {me.name}
          </span>
          <span className="tiny muted clip" style={{ display: "block" }}>
            {works ? t("rail.state", { state: said, n: mine }) : t("rail.mine", { n: mine })}
          </span>
        </span>
      </button>
      <button
        type="button"
        className="btn ghost sm icon-only"
        aria-label={t("account")}
        title={t("account")}
        onClick={() => core.show({ sheet: "account" })}
      >
        <Icon name="down" size="s" />
      </button>
    </div>
  );
}
