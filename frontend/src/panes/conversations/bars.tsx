import { showNew } from "../../commands/navigate";
import { run } from "../../commands/registry";
import { hasOlder } from "../../commands/search";
import { mayChange, removeView } from "../../commands/views";
import type { ViewShape } from "../../protocol/types.generated";
import type { Search } from "../../store/desk";
import { sortOf } from "../../store/lists";
import { freshIds, goneIds } from "../../store/select";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import { Keys, titleOf } from "../../ui/keys";
import { Link } from "../../ui/link";
import { Menu } from "../../ui/menu";
import { useCore, useDesk, useMedia, usePhone, useSelect } from "../../ui/use-core";
import { useMay } from "../../ui/use-may";
import { LiveChip } from "../views/live-chip";
import { countText, SearchField, viewName } from "../views/rail";
import s from "./list.module.css";

/** The list's head: what is shown, how many, and what one can do to the list. */
export function ListBar({ view, name }: { view: string; name: string }) {
  const core = useCore();
  const may = useMay();
  const shape = useSelect((state) => state.views[view]);
  const stale = useDesk((desk) => desk.sync.phase !== "live");
  const medium = useMedia("(min-width: 1024px)");
  const phone = usePhone();
  const count = shape?.count ?? null;
  const narrowed = name !== view;
  const shown = useSelect((state) => state.lists[name]?.ids.length ?? 0);
  const further = useSelect((state) => Boolean(state.lists[name]?.cursor));
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
          <Icon name="menu" />
        </button>
      )}
      <h1 className="clip">{shape ? viewName(shape) : view}</h1>
      <span className={`${stale ? "faint" : "muted"} num nowrap`}>
        {narrowed
          ? t(further ? "list.shownMore" : "list.shown", { n: shown })
          : count === null
            ? ""
            : stale
              ? t("list.about", { n: count })
              : waits
                ? t("list.waiting", { n: count })
                : countText(count)}
      </span>
      <span className="grow" />
      {phone && <LiveChip />}
      {shape && <ViewMenu view={shape} />}
      <Tool command="filter" icon="filter" on={narrowed} />
      <Tool command="sort" icon="sort" />
      {may("start") && (
        <button
          type="button"
          className="btn ghost sm icon-only"
          aria-label={t("cmd.start")}
          title={`${t("cmd.start")}  Shift N`}
          onClick={() => core.show({ sheet: "start" })}
        >
          <Icon name="plus" />
        </button>
      )}
    </div>
  );
}

export function PhoneChips({ view }: { view: string }) {
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

export function SearchBar() {
  const found = useDesk((desk) => desk.search);
  const core = useCore();
  const medium = useMedia("(min-width: 1024px)");
  return (
    <div className={s.bar}>
      {!medium && <SearchField />}
      <h1 className={medium ? undefined : "sr"}>{t("search.results")}</h1>
      <span className="muted num nowrap" role="status">
        {foundText(found)}
      </span>
      <span className="grow" />
      <Tool command="filter" icon="filter" />
      <button
        type="button"
        className="btn ghost sm"
        onClick={() => core.go({ page: "desk", view: "waiting", conversation: null })}
      >
        <Icon name="x" />
        <span className="sr">{t("close")}</span>
        {medium && <kbd>Esc</kbd>}
      </button>
    </div>
  );
}

/** How many conversations are shown, and whether they are all there are. */
function foundText(found: Search): string {
  if (!found.query) return "";
  if (!found.hits) return found.state === "failed" ? "" : t("search.asking");
  return t(hasOlder(found) ? "search.foundMore" : "search.found", { n: found.hits.length });
}

/** New rows wait here: the bar has its own place and covers nothing. */
export function NewBar({ name }: { name: string }) {
  const core = useCore();
  const ids = useSelect((state) => freshIds(state, name));
  const sort = useSelect((state) => sortOf(name, state));
  const left = useSelect((state) => goneIds(state, name).size);
  if (!ids.length && !left) return null;
  const words = ids.length
    ? t(sort === "waiting" ? "list.newWaiting" : "list.new", { n: ids.length })
    : t("list.gone", { n: left });
  return (
    <button type="button" className={s.newBar} onClick={() => showNew(core)}>
      <Icon name="aup" size="xs" />
      <span role="status">{words}</span>
      <Keys command="show-new" />
    </button>
  );
}

function Tool({ command, icon, on }: { command: string; icon: IconName; on?: boolean }) {
  const core = useCore();
  return (
    <button
      type="button"
      className="btn ghost sm icon-only"
      style={on ? { color: "var(--accent-text)" } : undefined}
      title={titleOf(command)}
      aria-label={titleOf(command)}
      onClick={() => run(core, command)}
    >
      <Icon name={icon} />
    </button>
  );
}

/** What can be done to a saved view by those who may. */
function ViewMenu({ view }: { view: ViewShape }) {
  const core = useCore();
  const may = useSelect((state) => mayChange(state, view));
  if (!may) return null;
  return (
    <Menu
      label={t("views.menu", { name: view.name })}
      items={[
        { id: "edit", label: t("cmd.editView"), icon: "note", run: () => run(core, "edit-view") },
        { id: "remove", label: t("views.remove"), icon: "trash", danger: true, run: () => void removeView(core, view) },
      ]}
    >
      <Icon name="more" />
    </Menu>
  );
}
