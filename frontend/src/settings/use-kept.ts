import { newKey } from "../http/api";
import { without } from "../store/apply";
import type { State } from "../store/state";
import { useCore } from "../ui/use-core";
import { useAsk } from "./page";

interface Thing {
  id: string;
  version: number;
}

/** Parts of the state that hold such things by id. */
type Shelf = "campaigns" | "canned" | "macros" | "notices";

interface Kept<S extends Thing> {
  /** Where the API has them, as in "/notices". */
  path: string;
  /** The one that is changed; null where one is made. */
  one: S | null;
  /** Where the desk shows them from at once; absent: the page fetches them anew by the event. */
  shelf?: Shelf;
  close: () => void;
}

/** One thing of a settings page: made, changed or removed by its form, which closes when that is done. */
export function useKept<S extends Thing>({ path, one, shelf, close }: Kept<S>) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const show = (change: (things: Record<string, Thing>) => Record<string, Thing>) => {
    if (shelf) core.store.update((state) => ({ ...state, [shelf]: change(state[shelf]) }) as State);
  };
  const save = (body: object) =>
    ask(async () => {
      const saved = one
        ? await core.api.patch<S>(`${path}/${one.id}`, body, { etag: one.version })
        : await core.api.post<S>(path, body, { key: newKey() });
      show((things) => ({ ...things, [saved.id]: saved }));
      close();
    });
  const remove = () =>
    ask(async () => {
      if (!one) return;
      await core.api.delete(`${path}/${one.id}`);
      show((things) => without(things, one.id));
      close();
    });
  return { busy, wrong, save, remove };
}
