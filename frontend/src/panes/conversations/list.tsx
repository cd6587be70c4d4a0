import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { ensureView, loadMore, reload, showNew } from "../../commands/navigate";
import { currentView } from "../../store/desk";
import { isBlind } from "../../store/lists";
import { freshIds, goneIds } from "../../store/select";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { useCore, useDesk, useMedia, usePhone, useSelect } from "../../ui/use-core";
import { LiveChip } from "../views/live-chip";
import { countText, SearchField, viewName } from "../views/rail";
import { BulkBar } from "./bulk";
import { Empty, Skeleton } from "./empty";
import { Foot, NetBar } from "./foot";
import s from "./list.module.css";
import { Row, rowDomId } from "./row";

const NONE: readonly string[] = [];

export function ConversationList() {
  const core = useCore();
  const route = useDesk((desk) => desk.route);
  const searching = route.page === "search";
  const view = useDesk(currentView);
  const ready = useSelect((state) => state.ready);
  const list = useSelect((state) => state.lists[searching ? "search" : view]);
  const phone = usePhone();
  useEffect(() => {
    if (ready && !searching && !list?.loaded) ensureView(core, view).catch(() => {});
  }, [core, ready, view, searching, list?.loaded]);
  const blind = useSelect((state) => isBlind(view, state));
  const count = useSelect((state) => state.views[view]?.count);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another count is the sign that something came or went
  useEffect(() => {
    if (blind && list?.loaded && !searching) reload(core, view).catch(() => {});
  }, [core, blind, count]);
  const loaded = searching || (list?.loaded ?? false);
  return (
    <section className={s.list} aria-label={t("pane.list")} data-pane>
      <NetBar />
      {searching ? <SearchBar /> : <ListBar view={view} />}
      {phone && !searching && <PhoneChips view={view} />}
      <BulkBar />
      {!searching && <NewBar view={view} />}
      {!loaded ? <Skeleton /> : searching ? <Hits /> : <Rows ids={list?.ids ?? NONE} view={view} />}
      <Foot />
    </section>
  );
}

function ListBar({ view }: { view: string }) {
  const core = useCore();
  const shape = useSelect((state) => state.views[view]);
  const stale = useDesk((desk) => desk.sync.phase !== "live");
  const medium = useMedia("(min-width: 1024px)");
  const phone = usePhone();
  const count = shape?.count ?? null;
  const waits = shape?.sort === "waiting";
  return (
    <div className={s.bar}>
      {!medium && (
        <button
          type="button"
          className="btn ghost sm icon-only"
          aria-label={t("pane.views")}
          onClick={() => core.show({ drawer: "rail" })}
        >
          <Icon name="sort" />
        </button>
      )}
      <h2 className="clip">{shape ? viewName(shape) : view}</h2>
      <span className={`${stale ? "faint" : "muted"} num nowrap`}>
        {count === null
          ? ""
          : stale
            ? t("list.about", { n: count })
            : waits
              ? t("list.waiting", { n: count })
              : countText(count)}
      </span>
      <span className="grow" />
      {phone && <LiveChip />}
      <button
        type="button"
        className="btn ghost sm icon-only"
        aria-label={t("cmd.start")}
        title={`${t("cmd.start")}  Shift N`}
        onClick={() => core.show({ sheet: "start" })}
      >
        <Icon name="plus" />
      </button>
    </div>
  );
}

function PhoneChips({ view }: { view: string }) {
  const views = useSelect((state) => state.views);
  const order = useSelect((state) => state.viewOrder);
  const main = order.map((key) => views[key]).filter((v) => v?.group === "main" || v?.group === "kinds");
  return (
    <nav className={s.chips} aria-label={t("pane.views")}>
      {main.map(
        (v) =>
          v && (
            <Link
              key={v.key}
              to={{ page: "desk", view: v.key, conversation: null }}
              aria-current={v.key === view ? "page" : undefined}
            >
              {viewName(v)} <b className="num">{countText(v.count)}</b>
            </Link>
          ),
      )}
    </nav>
  );
}

function SearchBar() {
  const hits = useDesk((desk) => desk.search.hits);
  const core = useCore();
  const medium = useMedia("(min-width: 1024px)");
  return (
    <div className={s.bar}>
      {!medium && <SearchField />}
      {medium && <h2>{t("search.results")}</h2>}
      <span className="muted num" role="status">
        {hits ? t("search.found", { n: hits.length }) : t("search.asking")}
      </span>
      <span className="grow" />
      <button
        type="button"
        className="btn ghost sm"
        onClick={() => core.go({ page: "desk", view: "waiting", conversation: null })}
      >
        {t("close")}
        <kbd>Esc</kbd>
      </button>
    </div>
  );
}

/** New rows wait here: the bar has its own place and covers nothing. */
function NewBar({ view }: { view: string }) {
  const core = useCore();
  const ids = useSelect((state) => freshIds(state, view));
  const sort = useSelect((state) => state.views[view]?.sort);
  const left = useSelect((state) => goneIds(state, view).size);
  if (!ids.length && !left) return null;
  const words = ids.length
    ? t(sort === "waiting" ? "list.newWaiting" : "list.new", { n: ids.length })
    : t("list.gone", { n: left });
  return (
    <button type="button" className={s.newBar} onClick={() => showNew(core)}>
      <Icon name="aup" size="xs" />
      <span role="status">{words}</span>
      <kbd>.</kbd>
    </button>
  );
}

function Rows({ ids, view }: { ids: readonly string[]; view: string }) {
  const core = useCore();
  const gone = useSelect((state) => goneIds(state, view));
  const more = useSelect((state) => state.lists[view]?.cursor ?? null);
  if (!ids.length) return <Empty view={view} />;
  return <VirtualRows ids={ids} gone={gone} nearEnd={() => more && loadMore(core, view).catch(() => {})} />;
}

function Hits() {
  const hits = useDesk((desk) => desk.search.hits);
  if (!hits) return <Skeleton />;
  if (!hits.length) {
    return (
      <div className={s.void}>
        <b>{t("search.nothing")}</b>
        <p>{t("search.hint")}</p>
      </div>
    );
  }
  const snippets = Object.fromEntries(hits.map((hit) => [hit.conversation_id, hit.snippet]));
  return <VirtualRows ids={hits.map((hit) => hit.conversation_id)} snippets={snippets} />;
}

interface VirtualProps {
  ids: readonly string[];
  gone?: ReadonlySet<string>;
  snippets?: Record<string, string>;
  nearEnd?: () => void;
}

/** One tab stop; the row under the cursor is told by aria-activedescendant, the keys come from the registry. */
function VirtualRows({ ids, gone, snippets, nearEnd }: VirtualProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const cursor = useDesk((desk) => desk.cursor);
  const selecting = useDesk((desk) => desk.selecting);
  const compact = useDesk((desk) => desk.compact);
  const view = useDesk(currentView);
  const phone = usePhone();
  const height = phone ? 84 : compact ? 54 : 76;
  const virtual = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => ids[index] ?? index,
    overscan: 8,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new density is a new height for every row
  useEffect(() => virtual.measure(), [height]);
  const at = cursor ? ids.indexOf(cursor) : -1;
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [virtual, at]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= ids.length - 12) nearEnd?.();
  }, [last, ids.length, nearEnd]);
  return (
    <div
      ref={scroller}
      className={s.rows}
      role="listbox"
      tabIndex={0}
      aria-label={view}
      aria-multiselectable={selecting || undefined}
      aria-activedescendant={at >= 0 && cursor ? rowDomId(cursor) : undefined}
      data-pane-focus
      data-keys
    >
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const id = ids[item.index] ?? "";
          return (
            <div
              key={item.key}
              style={{ position: "absolute", insetInline: 0, top: 0, height, transform: `translateY(${item.start}px)` }}
            >
              <Row
                id={id}
                index={item.index}
                total={ids.length}
                gone={gone?.has(id) ?? false}
                snippet={snippets?.[id]}
                compact={compact && !phone}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
