/** Things of the settings that have an order and a switch: asked for, moved, switched, listed. */

import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { Core } from "../core";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore, useSelect } from "../ui/use-core";
import type { EditedSection } from "./editor";
import s from "./ordered.module.css";
import { useAsk } from "./page";
import p from "./settings.module.css";
import { moved, useOrder } from "./use-order";

interface Thing {
  id: string;
  name: string;
  active: boolean;
  version: number;
}

/** A number that is another one as soon as somebody changed a setting of this kind. */
export const useChanged = (kind: "rule" | "survey" | "checklist"): number | undefined =>
  useSelect(({ settings }) => settings[kind] ?? settings.all);

interface Kept<T> {
  /** Where the API has them, as in "/rules". */
  path: string;
  /** Tells the server of another order. Must not be made anew with each drawing. */
  keep: (core: Core, order: readonly T[]) => Promise<unknown>;
  /** When this changes, somebody changed one: all are asked for again. */
  changed?: unknown;
}

/** The things in their order; null until they are here. */
export function useOrdered<T extends Thing>({ path, keep, changed }: Kept<T>) {
  const core = useCore();
  const [items, setItems] = useState<readonly T[] | null>(null);
  const [lost, setLost] = useState<string | null>(null);
  const [says, setSays] = useState("");
  const { ask, busy, wrong } = useAsk();
  const look = useCallback(async () => {
    try {
      setItems((await core.api.get<{ items: T[] }>(path)).items);
      setLost(null);
    } catch (error) {
      setLost(reason(error));
    }
  }, [core, path]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever changed one, the list is asked for again
  useEffect(() => void look(), [look, changed]);
  const move = async (from: number, to: number) => {
    const order = items && moved(items, from, to);
    if (!order) return;
    setItems(order);
    setSays(t("targets.movedTo", { name: order[to]?.name ?? "", n: to + 1 }));
    await ask(() => keep(core, order));
    // Also where it was refused: what is shown is then what there is.
    await look();
  };
  const turn = async (one: T) => {
    await ask(() => core.api.patch(`${path}/${one.id}`, { active: !one.active }, { etag: one.version }));
    await look();
  };
  return { items, wrong: lost ?? wrong, says, busy, move, turn };
}

/** For `useOrdered`: things whose place is one of their fields. */
export const byPlace =
  (path: string) =>
  async (core: Core, order: readonly (Thing & { place: number })[]): Promise<void> => {
    for (const [at, one] of order.entries()) {
      if (one.place !== at + 1) await core.api.patch(`${path}/${one.id}`, { place: at + 1 }, { etag: one.version });
    }
  };

type Order = ReturnType<typeof useOrder>;

/** Drags a thing to another place, or moves it with the arrow keys. */
export function Handle({ name, at, order, bare }: { name: string; at: number; order: Order; bare?: boolean }) {
  return (
    <button
      type="button"
      className={s.handle}
      aria-label={t("targets.move", { name, n: at + 1 })}
      title={t("targets.moveHint")}
      {...order.handle(at)}
    >
      <Icon name="sort" size="s" />
      {!bare && at + 1}
    </button>
  );
}

export function Add({ section, label }: { section: EditedSection; label: string }) {
  return (
    <Link className="btn primary" to={{ page: "settings", section, item: "new" }}>
      <Icon name="plus" size="s" />
      {label}
    </Link>
  );
}

interface ListProps<T> {
  items: readonly T[];
  section: EditedSection;
  may: boolean;
  busy: boolean;
  move: (from: number, to: number) => void;
  turn: (one: T) => void;
  /** On the switch, and what it is called for one. */
  active: string;
  activeFor: (one: T) => string;
  /** Below the name. */
  says: (one: T) => React.ReactNode;
  /** Before the switch. */
  beside?: (one: T) => React.ReactNode;
}

/** A list whose things are dragged, or moved with the arrow keys on their handles, and switched on and off. */
export function OrderedList<T extends Thing>(props: ListProps<T>) {
  const { items, section, may, busy, move, turn, active, activeFor, says, beside } = props;
  const order = useOrder({ busy, move });
  return (
    <ol className={`${p.panel} ${s.list}`}>
      {items.map((one, at) => (
        <li
          key={one.id}
          className={[s.one, one.active ? "" : s.off, order.isTarget(at) ? s.target : ""].join(" ")}
          {...order.place(at)}
        >
          {may && <Handle name={one.name} at={at} order={order} />}
          <div className={s.says}>
            <Link className="strong" to={{ page: "settings", section, item: one.id }}>
              <bdi>{one.name}</bdi>
            </Link>
            {says(one)}
          </div>
          {beside?.(one)}
          <label className={s.switch}>
            <input
              type="checkbox"
              aria-label={activeFor(one)}
              disabled={!may || busy}
              checked={one.active}
              onChange={() => turn(one)}
            />
            {active}
          </label>
        </li>
      ))}
    </ol>
  );
}
