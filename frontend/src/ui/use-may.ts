import { mayRun } from "../commands/registry";
import { useSelect } from "./use-core";

/** Whether the person may run a command at all, by its name: what would be refused is not shown. */
export function useMay(): (id: string) => boolean {
  const permissions = useSelect((state) => state.me);
  return (id) => mayRun({ me: permissions }, id);
}
