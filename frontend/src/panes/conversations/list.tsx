import { lazy, Suspense, useEffect, useLayoutEffect, useRef } from "react";
import { loadMore } from "../../commands/navigate";
import { hasOlder, olderHits } from "../../commands/search";
import { currentList, currentView } from "../../store/desk";
import { goneIds } from "../../store/select";
import { t } from "../../text/i18n";
import { useCore, useDesk, usePhone, useSelect } from "../../ui/use-core";
import { firstSteps } from "../start/with-words";
import { viewName } from "../views/rail";
import { ListBar, NewBar, PhoneChips, SearchBar } from "./bars";
import { BulkBar } from "./bulk";
import { Empty, Refused, Skeleton } from "./empty";
import { FilterBar } from "./filter-bar";
import { Foot, NetBar } from "./foot";
import { useInView } from "./in-view";
import s from "./list.module.css";
import { Row, rowDomId } from "./row";
import { useAskedAgain } from "./use-asked-again";
import { useFirstPage } from "./use-first-page";

const PeopleFound = lazy(() => import("./people-found").then((m) => ({ default: m.PeopleFound })));
const FirstStepsBar = lazy(() => firstSteps().then((m) => ({ default: m.FirstStepsBar })));
const NONE: readonly string[] = [];
/** Rows from the end at which the next page is asked for: it is here before one who scrolls fast is. */
const NEAR = 50;
/** Who has read little is not far from the end of it: of a first page the last part alone counts as near. */
const nearOf = (rows: number) => Math.min(NEAR, Math.floor(rows / 8));

export function ConversationList() {
  const route = useDesk((desk) => desk.route);
  const searching = route.page === "search";
  const view = useDesk(currentView);
  const name = useDesk(currentList);
  const ready = useSelect((state) => state.ready);
  const list = useSelect((state) => state.lists[name]);
  const phone = usePhone();
  const refused = useFirstPage(name, ready && !searching);
  useAskedAgain(name, ready && !searching && list?.loaded === true);
  const loaded = searching || (list?.loaded ?? false);
  // On a phone it is all there is.
  const Part = phone ? "main" : "section";
  return (
    <Part className={s.list} aria-label={t("pane.list")} data-pane>
      <NetBar />
      {searching ? <SearchBar /> : <ListBar view={view} name={name} />}
      {phone && !searching && <PhoneChips view={view} />}
      {phone && !searching && (
        <Suspense>
          <FirstStepsBar />
        </Suspense>
      )}
      <FilterBar view={view} />
      {route.page === "search" && route.query && (
        <Suspense>
          <PeopleFound query={route.query} />
        </Suspense>
      )}
      <BulkBar />
      {!searching && <NewBar name={name} />}
      {refused ? (
        <Refused words={refused} />
      ) : !loaded ? (
        <Skeleton />
      ) : searching ? (
        <Hits />
      ) : (
        <Rows ids={list?.ids ?? NONE} name={name} />
      )}
      <Foot />
    </Part>
  );
}

function Rows({ ids, name }: { ids: readonly string[]; name: string }) {
  const core = useCore();
  const gone = useSelect((state) => goneIds(state, name));
  const more = useSelect((state) => state.lists[name]?.cursor ?? null);
  if (!ids.length) return <Empty name={name} />;
  return <VirtualRows ids={ids} gone={gone} nearEnd={() => more && loadMore(core, name).catch(() => {})} />;
}

/** What was found so far; older hits come as one nears the end. */
function Hits() {
  const core = useCore();
  const found = useDesk((desk) => desk.search);
  const { hits, state } = found;
  const asked = useDesk((desk) => desk.route.page === "search" && desk.route.query.trim() !== "");
  if (!asked) {
    return (
      <div className={s.void}>
        <p>{t("search.hint")}</p>
      </div>
    );
  }
  if (!hits) return state === "failed" ? <HitsEnd /> : <Skeleton />;
  if (!hits.length) {
    return (
      <div className={s.void}>
        <b>{t("search.nothing")}</b>
        <p>{t("search.hint")}</p>
      </div>
    );
  }
  const snippets = Object.fromEntries(hits.map((hit) => [hit.conversation_id, hit.snippet]));
  const ids = hits.map((hit) => hit.conversation_id);
  // Where asking failed it is asked again by the reader alone: else a server that is down would be asked for ever.
  const nearEnd = () => state === "here" && void olderHits(core);
  return (
    <>
      <VirtualRows ids={ids} snippets={snippets} nearEnd={nearEnd} />
      {hasOlder(found) && <HitsEnd />}
    </>
  );
}

/** Below the last hit: that there is more, and the way to it for those who neither scroll nor use keys. */
function HitsEnd() {
  const core = useCore();
  const { state } = useDesk((desk) => desk.search);
  const words = { asking: "search.asking", failed: "search.failed", here: "search.more" } as const;
  return (
    <div className={s.end}>
      <span className="muted" role="status">
        {t(words[state])}
      </span>
      <button type="button" className="btn sm" disabled={state === "asking"} onClick={() => void olderHits(core)}>
        {t(state === "failed" ? "net.try" : "search.older")}
      </button>
    </div>
  );
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
  const shown = useDesk(currentView);
  const view = useSelect((state) => state.views[shown]);
  const phone = usePhone();
  const height = phone ? 84 : compact ? 54 : 76;
  const { from, to, reveal } = useInView(scroller, ids.length, height);
  const at = cursor ? ids.indexOf(cursor) : -1;
  useLayoutEffect(() => {
    if (at >= 0) reveal(at);
  }, [reveal, at]);
  useEffect(() => {
    if (to >= ids.length - nearOf(ids.length)) nearEnd?.();
  }, [to, ids.length, nearEnd]);
  return (
    <div
      ref={scroller}
      className={s.rows}
      role="listbox"
      tabIndex={0}
      aria-label={view ? viewName(view) : t("pane.list")}
      aria-multiselectable={selecting || undefined}
      aria-activedescendant={at >= 0 && cursor ? rowDomId(cursor) : undefined}
      data-pane-focus
      data-keys
    >
      <div style={{ height: ids.length * height, position: "relative" }}>
        {ids.slice(from, to).map((id, nth) => (
          <div key={id} className={s.slot} style={{ top: (from + nth) * height, height }}>
            <Row
              id={id}
              index={from + nth}
              total={ids.length}
              gone={gone?.has(id) ?? false}
              snippet={snippets?.[id]}
              compact={compact && !phone}
              phone={phone}
            />
          </div>
        ))}
      </div>
    </div>
  );
}
