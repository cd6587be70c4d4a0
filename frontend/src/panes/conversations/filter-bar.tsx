import { narrow } from "../../commands/navigate";
import { run } from "../../commands/registry";
import { mayChange, updateView } from "../../commands/views";
import { FILTER_FIELDS, type Filter, isEmpty, NO_FILTER, type Sort, withCondition } from "../../store/filter";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { useCore, useDesk, useSelect } from "../../ui/use-core";
import { fieldLabel, sortLabel, valueLabel } from "./filter-words";
import s from "./list.module.css";

/** What narrows the list now, each condition taken away by one press; and the way to keep it as a view. */
export function FilterBar({ view }: { view: string }) {
  const filter = useDesk((desk) => ("filter" in desk.route ? desk.route.filter : undefined)) ?? NO_FILTER;
  const sort = useDesk((desk) => (desk.route.page === "desk" ? (desk.route.sort ?? null) : null));
  if (isEmpty(filter) && !sort) return null;
  return <Conditions view={view} filter={filter} sort={sort} />;
}

function Conditions({ view, filter, sort }: { view: string; filter: Filter; sort: Sort | null }) {
  const core = useCore();
  const state = useSelect((all) => all);
  const saved = state.views[view];
  const searching = useDesk((desk) => desk.route.page === "search");
  const fields = FILTER_FIELDS.filter((field) => filter[field] !== undefined);
  return (
    <div className={s.filters} role="toolbar" aria-label={t("filter.label")}>
      {fields.map((field) => {
        const value = valueLabel(field, filter[field] ?? "", state);
        if (field === "condition") return <Built key={field} value={value} />;
        return (
          <button
            key={field}
            type="button"
            className={s.condition}
            title={t("filter.drop", { field: fieldLabel(field), value })}
            aria-label={t("filter.drop", { field: fieldLabel(field), value })}
            onClick={() => narrow(core, withCondition(filter, field, null), sort)}
          >
            {fieldLabel(field)} <b className="clip">{value}</b>
            <Icon name="x" size="xs" />
          </button>
        );
      })}
      {sort && (
        <button
          type="button"
          className={s.condition}
          title={t("filter.drop", { field: t("sort.label"), value: sortLabel(sort) })}
          onClick={() => narrow(core, filter, null)}
        >
          <Icon name="sort" size="xs" />
          <b>{sortLabel(sort)}</b>
          <Icon name="x" size="xs" />
        </button>
      )}
      {!searching && saved && mayChange(state, saved) && (
        <button type="button" className="btn ghost sm" onClick={() => void updateView(core, saved)}>
          {t("views.update")}
        </button>
      )}
      {!searching && (
        <button type="button" className="btn ghost sm" onClick={() => run(core, "save-view")}>
          {t("views.save")}
        </button>
      )}
    </div>
  );
}

/** A built condition is more than a press takes away: it opens to be changed. */
function Built({ value }: { value: string }) {
  const core = useCore();
  return (
    <button type="button" className={s.condition} title={t("cond.title")} onClick={() => run(core, "condition")}>
      <Icon name="filter" size="xs" />
      <b className="clip">{value}</b>
    </button>
  );
}
