import { useState } from "react";
import { mayChange, removeView } from "../commands/views";
import { fieldLabel, sortLabel, valueLabel } from "../panes/conversations/filter-words";
import { ViewDialog } from "../panes/overlays/view-dialog";
import { arrange } from "../panes/start/own";
import { viewName } from "../panes/views/rail";
import type { ViewShape } from "../protocol/types.generated";
import { FILTER_FIELDS, type FilterField } from "../store/filter";
import { inOwnOrder } from "../store/select";
import type { State } from "../store/state";
import { t } from "../text/i18n";
import { Link } from "../ui/link";
import { useCore, useDesk, useSelect } from "../ui/use-core";
import { Handle } from "./ordered";
import s from "./ordered.module.css";
import { Page } from "./page";
import p from "./settings.module.css";
import { moved, useOrder } from "./use-order";

/** The saved views one sees: in which order, what each shows and to whom; renamed, shared and removed by those who may. */
export function ViewsPage() {
  const core = useCore();
  const own = useDesk((desk) => desk.own.views);
  const views = useSelect((state) => state.views);
  const known = useSelect((state) => state.viewOrder);
  const items = inOwnOrder(
    known.flatMap((key) => views[key] ?? []),
    own,
  );
  const [changing, setChanging] = useState<ViewShape | null>(null);
  const [says, setSays] = useState("");
  const move = (from: number, to: number) => {
    const order = moved(items, from, to);
    if (!order) return;
    setSays(t("targets.movedTo", { name: order[to]?.name ?? "", n: to + 1 }));
    void arrange(core, { views: order.map((one) => one.key) });
  };
  const order = useOrder({ busy: false, move });
  return (
    <Page title={t("rail.saved")} detail={t("views.hint")}>
      <span className="sr" role="status">
        {says}
      </span>
      {items.length === 0 ? (
        <p className="muted">{t("views.none")}</p>
      ) : (
        <ol className={`${p.panel} ${s.list}`}>
          {items.map((view, at) => (
            <li key={view.key} className={`${s.one} ${order.isTarget(at) ? s.target : ""}`} {...order.place(at)}>
              <Handle name={view.name} at={at} order={order} />
              <View view={view} change={() => setChanging(view)} />
            </li>
          ))}
        </ol>
      )}
      {changing && <ViewDialog view={changing} close={() => setChanging(null)} />}
    </Page>
  );
}

function View({ view, change }: { view: ViewShape; change: () => void }) {
  const core = useCore();
  const may = useSelect((state) => mayChange(state, view));
  const shows = useSelect((state) => tested(view, state));
  const who = useSelect((state) => seenBy(view, state));
  return (
    <>
      <div className={s.says}>
        <Link className="strong" to={{ page: "desk", view: view.key, conversation: null }}>
          <bdi>{view.name}</bdi>
        </Link>
        <span className="small muted" dir="auto">
          {shows}
        </span>
      </div>
      <span className="chip">{who}</span>
      {may && (
        <span className="flex">
          <button
            type="button"
            className="btn ghost sm"
            aria-label={`${t("cmd.editView")} ${view.name}`}
            onClick={change}
          >
            {t("cmd.editView")}
          </button>
          <button
            type="button"
            className="btn ghost sm danger-quiet"
            aria-label={`${t("remove")} ${view.name}`}
            onClick={() => void removeView(core, view)}
          >
            {t("remove")}
          </button>
        </span>
      )}
    </>
  );
}

const isField = (name: string): name is FilterField => (FILTER_FIELDS as readonly string[]).includes(name);

/** What a view asks of conversations, and their order: "Tag: parcels · Waits longest". */
function tested(view: ViewShape, state: State): string {
  const said = Object.entries(view.filter).map(([name, value]) => {
    if (name === "view") return viewName(state.views[value] ?? { key: value, name: value });
    return isField(name) ? `${fieldLabel(name)}: ${valueLabel(name, value, state)}` : `${t("search")}: ${value}`;
  });
  return [...said, sortLabel(view.sort)].join(" · ");
}

function seenBy(view: ViewShape, state: State): string {
  if (view.scope === "team") return state.teams[view.team_id ?? ""]?.name ?? t("views.team");
  return t(view.scope === "mine" ? "views.mine" : "views.all");
}
