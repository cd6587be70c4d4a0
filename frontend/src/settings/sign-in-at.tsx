import type { ChannelShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { networkName } from "../text/network-names";
import { Icon } from "../ui/icon";
import { useCore } from "../ui/use-core";
import type { Manifest } from "./manifests";
import { useAsk, Wrong } from "./page";

/** Where the network has a sign-in of its own: sends the admin there; he comes back to the list of channels. */
export function SignInAt({ channel, manifest }: { channel: ChannelShape; manifest: Manifest | undefined }) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  if (!manifest?.signs_in) return null;
  const again = channel.health === "needs_attention";
  const go = async () => {
    const { connection_id: connection } = channel;
    const path = connection ? `/connections/${connection}/authorise` : `/channels/${channel.id}/authorise`;
    const answer = await ask(() => core.api.post<{ url: string }>(path));
    if (answer) location.assign(answer.url);
  };
  return (
    <div className="field">
      <Wrong text={wrong} />
      <button type="button" className={again ? "btn primary" : "btn"} disabled={busy} onClick={() => void go()}>
        <Icon name="key" size="s" />
        {t(again ? "channels.signInAgain" : "channels.signIn", { network: networkName(channel) })}
      </button>
      <span className="hint">{t("channels.signInHint", { network: networkName(channel) })}</span>
    </div>
  );
}
