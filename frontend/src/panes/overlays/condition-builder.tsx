import { useEffect, useMemo, useState } from "react";
import { narrow } from "../../commands/navigate";
import { usePeopleSettings } from "../../commands/people-settings";
import { reason } from "../../commands/triage";
import { changeView, mayChange, presentFilter } from "../../commands/views";
import { newTest, readCondition, writeCondition } from "../../store/condition";
import { currentView } from "../../store/desk";
import { NO_FILTER, withCondition } from "../../store/filter";
import { t } from "../../text/i18n";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { useCore, useDesk, useSelect } from "../../ui/use-core";
import s from "./condition-builder.module.css";
import { builderFields } from "./condition-fields";
import { ConditionTree } from "./condition-tree";
import { surveyFields, useSurveyNames } from "./survey-fields";

const ASK_AFTER_MS = 350;

/** Conditions inside conditions: built row by row, counted while it is built, shown, or kept as a view. */
export default function ConditionBuilder({ close }: { close: () => void }) {
  const core = useCore();
  const state = useSelect((all) => all);
  const route = useDesk((desk) => desk.route);
  const view = useSelect((all) => all.views[currentView(core.desk.get())]);
  const own = usePeopleSettings().fields;
  const surveys = useSurveyNames();
  const fields = useMemo(() => [...builderFields(state, own), ...surveyFields(surveys)], [state, own, surveys]);
  const filter = ("filter" in route && route.filter) || NO_FILTER;
  const sort = (route.page === "desk" && route.sort) || null;
  const saved = view?.group === "saved" && mayChange(state, view) ? view : null;
  const [tree, setTree] = useState(() => {
    const found = readCondition(filter.condition ?? saved?.filter.condition);
    return found.nodes.length ? found : { ...found, nodes: [newTest("status", "any_of", ["open"])] };
  });
  const text = writeCondition(tree);
  const count = useCount(text);
  const apply = () => {
    narrow(core, withCondition(filter, "condition", text || null), sort);
    close();
  };
  const keep = () => {
    apply();
    core.show({ picker: "save-view" });
  };
  const update = async () => {
    if (!saved) return;
    const { condition: _before, ...rest } = saved.filter;
    try {
      await changeView(core, saved, { filter: text ? { ...rest, condition: text } : rest });
      narrow(core, withCondition(filter, "condition", null), sort);
      close();
    } catch (error) {
      core.toast(reason(error), "bad");
    }
  };
  return (
    <Dialog label={t("cond.title")} close={close} className={s.dialog}>
      <header className={s.head}>
        <h2 className="grow">{t("cond.title")}</h2>
        <button type="button" className="btn ghost sm icon-only" aria-label={t("close")} onClick={close}>
          <Icon name="x" size="s" />
        </button>
      </header>
      <div className={s.body}>
        <ConditionTree tree={tree} fields={fields} change={setTree} />
      </div>
      <footer className={s.foot}>
        <Found count={count} />
        <span className="grow" />
        {saved ? (
          <button type="button" className="btn primary" onClick={() => void update()}>
            {t("cond.keepIn", { name: saved.name })}
          </button>
        ) : (
          <>
            <button type="button" className="btn" disabled={!text} onClick={keep}>
              {t("views.save")}
            </button>
            <button type="button" className="btn primary" onClick={apply}>
              {t("cond.show")}
            </button>
          </>
        )}
      </footer>
    </Dialog>
  );
}

type Count = { n: number | null } | { wrong: string } | null;

function useCount(text: string): Count {
  const core = useCore();
  const [count, setCount] = useState<Count>(null);
  useEffect(() => {
    let current = true;
    const timer = window.setTimeout(() => {
      const { condition: _before, ...present } = presentFilter(core).filter;
      core.api
        .post<{ count: number | null }>("/views/count", { filter: text ? { ...present, condition: text } : present })
        .then((found) => current && setCount({ n: found.count }))
        .catch((error) => current && setCount({ wrong: reason(error) }));
    }, ASK_AFTER_MS);
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
  }, [core, text]);
  return count;
}

function Found({ count }: { count: Count }) {
  if (count && "wrong" in count) return <span className={s.wrong}>{count.wrong}</span>;
  return (
    <span className="muted num" role="status">
      {count === null ? "…" : count.n === null ? t("cond.many") : t("person.conversations", { n: count.n })}
    </span>
  );
}
