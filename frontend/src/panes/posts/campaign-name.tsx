import { useEffect } from "react";
import { loadCampaigns } from "../../commands/posts";
import { Icon } from "../../ui/icon";
import { useCore, useSelect } from "../../ui/use-core";

/** The campaign something belongs to, once its name is known. */
export function CampaignName({ id }: { id: string }) {
  const core = useCore();
  const name = useSelect((state) => state.campaigns[id]?.name);
  useEffect(() => {
    if (name === undefined) void loadCampaigns(core);
  }, [core, name]);
  if (!name) return null;
  return (
    <span className="chip">
      <Icon name="flag" size="xs" />
      <bdi>{name}</bdi>
    </span>
  );
}
