import { useEffect, useId, useState } from "react";
import type { ChainShape } from "../protocol/types.generated";
import { type Key, t } from "../text/i18n";
import { useCore } from "../ui/use-core";
import s from "./chains.module.css";
import type { TargetDraft } from "./target-draft";

type Chosen = Pick<TargetDraft, "chain_id" | "chain_on">;

/** Which escalation chain begins, and when. Without any chain there is nothing to choose. */
export function TargetChain({ draft, set }: { draft: Chosen; set: (change: Partial<Chosen>) => void }) {
  const core = useCore();
  const id = useId();
  const [chains, setChains] = useState<readonly ChainShape[]>([]);
  useEffect(() => {
    core.api
      .get<{ items: ChainShape[] }>("/escalation-chains")
      .then((answer) => setChains(answer.items ?? []))
      .catch(() => {});
  }, [core]);
  if (!chains.length) return null;
  return (
    <div className={s.choice}>
      <label htmlFor={id}>{t("targets.chain")}</label>
      <select
        id={id}
        className="input"
        value={draft.chain_id ?? ""}
        onChange={(event) => set({ chain_id: event.target.value || null })}
      >
        <option value="">{t("targets.chainNone")}</option>
        {chains.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
      {draft.chain_id && (
        <select
          className="input"
          aria-label={t("targets.chainWhen")}
          value={draft.chain_on}
          onChange={(event) => set({ chain_on: event.target.value as Chosen["chain_on"] })}
        >
          {(["warning", "breach"] as const).map((one) => (
            <option key={one} value={one}>
              {t(`targets.chainOn.${one}` as Key)}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
