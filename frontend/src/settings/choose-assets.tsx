import { useEffect, useState } from "react";
import { newKey } from "../http/api";
import type { ChannelShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { NetworkBadge } from "../ui/face";
import { Icon } from "../ui/icon";
import { useCore } from "../ui/use-core";
import { FormDrawer } from "./collection";
import { useAsk } from "./page";
import s from "./settings.module.css";

/** A page, number or location that a sign-in reaches. */
interface Asset {
  network: string;
  asset_id: string;
  name: string;
  detail: string;
  channel_id: string | null;
}

interface Added {
  network: string;
  asset_id: string;
  channel: ChannelShape | null;
  problem: string;
}

const keyOf = (asset: { network: string; asset_id: string }) => `${asset.network} ${asset.asset_id}`;

/** After the sign-in: which of what it reaches are to become channels. */
export function ChooseAssets({ connection, close }: { connection: string; close: () => void }) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [assets, setAssets] = useState<readonly Asset[] | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for once, when it is opened
  useEffect(() => {
    void ask(() => core.api.get<{ items: Asset[] }>(`/connections/${connection}/assets`)).then((answer) => {
      if (!answer) return;
      setAssets(answer.items);
      setChosen(new Set(answer.items.filter((asset) => !asset.channel_id).map(keyOf)));
    });
  }, [core, connection]);
  const toggle = (key: string) => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    setChosen(next);
  };
  const save = async () => {
    const wanted = (assets ?? []).filter((asset) => chosen.has(keyOf(asset)));
    const body = { assets: wanted.map(({ network, asset_id }) => ({ network, asset_id })) };
    const answer = await ask(() =>
      core.api.post<{ items: Added[] }>(`/connections/${connection}/channels`, body, { key: newKey() }),
    );
    if (!answer) return;
    const made = answer.items.flatMap((one) => (one.channel ? [[one.channel.id, one.channel] as const] : []));
    core.store.update((state) => ({ ...state, channels: { ...state.channels, ...Object.fromEntries(made) } }));
    const failed = answer.items.filter((one) => one.problem);
    setProblems(Object.fromEntries(failed.map((one) => [keyOf(one), one.problem])));
    if (failed.length) return;
    core.toast(t("assets.added", { n: made.length }));
    close();
  };
  return (
    <FormDrawer
      title={t("assets.title")}
      wrong={wrong}
      busy={busy}
      close={close}
      clean={chosen.size === 0}
      action={t("assets.add", { n: chosen.size })}
      save={() => void save()}
    >
      <p className="muted">{t("assets.text")}</p>
      {!assets && busy && <p role="status">{t("search.asking")}</p>}
      {assets?.length === 0 && (
        <div className="banner warn small">
          <Icon name="warn" size="s" />
          {t("assets.none")}
        </div>
      )}
      <ul className={s.remedies}>
        {assets?.map((asset) => {
          const key = keyOf(asset);
          return (
            <li key={key}>
              <label className="flex" style={{ gap: 9 }}>
                <input
                  type="checkbox"
                  disabled={asset.channel_id !== null}
                  checked={asset.channel_id !== null || chosen.has(key)}
                  onChange={() => toggle(key)}
                />
                <NetworkBadge network={asset.network} />
                <span className="grow">
                  <span className="strong clip" style={{ display: "block" }}>
                    {asset.name || asset.asset_id}
                  </span>
                  <span className="tiny muted">{asset.detail}</span>
                </span>
                {asset.channel_id && <span className="chip ok">{t("assets.there")}</span>}
              </label>
              {problems[key] && <p className="hint bad">{problems[key]}</p>}
            </li>
          );
        })}
      </ul>
    </FormDrawer>
  );
}
