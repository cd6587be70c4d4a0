import { t } from "../text/i18n";
import s from "./load.module.css";
import { useSelect } from "./use-core";

/** What somebody has on his hands of what he takes: a number and a short bar. */
export function Load({ id }: { id: string }) {
  const load = useSelect((state) => state.loads[id] ?? 0);
  const capacity = useSelect((state) => state.agents[id]?.capacity ?? 0);
  return <LoadBar load={load} capacity={capacity} />;
}

export function LoadBar({ load, capacity }: { load: number; capacity: number }) {
  const part = capacity > 0 ? Math.min(1, load / capacity) : load > 0 ? 1 : 0;
  const said = t("load.of", { load, capacity });
  return (
    <span className={s.load} role="img" aria-label={said} title={said}>
      <span className="num tiny">
        {load}/{capacity}
      </span>
      <span className={s.bar}>
        <span className={part >= 1 ? s.full : undefined} style={{ inlineSize: `${part * 100}%` }} />
      </span>
    </span>
  );
}
