/** Connecting a channel by what was entered: made once, however often its network refuses it. */

import type { Core } from "../core";
import { ApiError, newKey } from "../http/api";
import type { ChannelShape } from "../protocol/types.generated";

/** A channel just made. `secrets`: what the set-up made up itself, told this once. */
export type Made = ChannelShape & { secrets?: Record<string, string> };

/** What a refusal says beside its words: the channel that is there all the same, and the secrets made for it. */
interface Refusal {
  channel_id: string;
  secrets: Record<string, string>;
}

interface Entered {
  network: string;
  name: string;
  settings: Record<string, string>;
}

/** One form's tries. A channel whose network refuses it is there all the same, so the next try changes that one. */
export class Connecting {
  private tried: { id: string; settings: Record<string, string>; secrets: Record<string, string> } | null = null;

  constructor(private readonly core: Core) {}

  /** Rejects with what the server or the network had against it. */
  async connect(entered: Entered): Promise<Made> {
    const { tried } = this;
    const there = tried && (await this.found(tried.id));
    if (there && tried) {
      this.tried = { ...tried, settings: { ...tried.settings, ...entered.settings } };
      const settings = { ...emptied(tried.settings), ...entered.settings };
      const etag = there.version;
      const changed = await this.core.api.patch<ChannelShape>(
        `/channels/${there.id}`,
        { name: entered.name, settings },
        { etag },
      );
      return { ...changed, secrets: without(tried.secrets, settings) };
    }
    try {
      return await this.core.api.post<Made>("/channels", entered, { key: newKey() });
    } catch (error) {
      if (error instanceof ApiError && error.code === "setup_refused") {
        const { channel_id, secrets } = error.problem as unknown as Refusal;
        this.tried = { id: channel_id, settings: entered.settings, secrets };
      }
      throw error;
    }
  }

  /** Nothing where somebody has removed it meanwhile. */
  private async found(id: string): Promise<ChannelShape | undefined> {
    const { items } = await this.core.api.get<{ items: ChannelShape[] }>("/channels");
    return items.find((one) => one.id === id);
  }
}

/** What was entered before and is not now is taken away. */
const emptied = (settings: Record<string, string>): Record<string, null> =>
  Object.fromEntries(Object.keys(settings).map((name) => [name, null]));

/** Secrets that nobody has entered since. */
const without = (secrets: Record<string, string>, entered: object): Record<string, string> =>
  Object.fromEntries(Object.entries(secrets).filter(([name]) => !(name in entered)));
