import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { ChainShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { type Key, t } from "../text/i18n";
import { useCore, useSelect } from "../ui/use-core";
import { ChainForm } from "./chain-form";
import { ChainLine } from "./chain-line";
import { Collection } from "./collection";
import { Page, Wrong } from "./page";

/** Who is asked in turn while something is escalated: all chains, each as its own time line. */
export function ChainsPage() {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const teams = useSelect((state) => state.teams);
  const [chains, setChains] = useState<readonly ChainShape[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const look = useCallback(
    () =>
      core.api
        .get<{ items: ChainShape[] }>("/escalation-chains")
        .then((answer) => setChains(answer.items))
        .catch((error) => setWrong(reason(error))),
    [core],
  );
  useEffect(() => void look(), [look]);
  if (!chains) {
    return (
      <Page title={t("settings.chains")} detail={t("chains.hint")}>
        <Wrong text={wrong} />
      </Page>
    );
  }
  const used = (one: ChainShape) =>
    [one.workspace ? t("chains.everywhere") : "", ...one.team_ids.map((id) => teams[id]?.name ?? "")]
      .filter(Boolean)
      .join(", ");
  return (
    <Collection
      title={t("settings.chains")}
      detail={t("chains.hint")}
      items={chains}
      may={may}
      add={t("chains.add")}
      empty={t("chains.none")}
      pale={(one) => !one.active}
      columns={[
        { label: t("chains.name"), className: "strong", cell: (one) => <bdi>{one.name}</bdi> },
        { label: t("chains.levels"), cell: (one) => <ChainLine chain={one} /> },
        { label: t("chains.until"), className: "muted", cell: (one) => t(`chains.until.${one.until}` as Key) },
        { label: t("chains.use"), className: "muted", cell: used },
      ]}
      editor={(one, close) => (
        <ChainForm
          key={one?.id ?? "new"}
          chain={one}
          close={close}
          changed={() => {
            close();
            void look();
          }}
        />
      )}
    />
  );
}
