/** Connecting a channel by what was entered: made once, however often its network refuses it. */

import type { Core } from "../core";
import { ApiError, newKey } from "../http/api";
import type { ChannelShape } from "../protocol/types.generated";

/** A channel just made. `secrets`: what the set-up made up itself, told this once. */
export type Made = ChannelShape & { secrets?: Record<string, string> };

interface Entered {
  network: string;
  name: string;
  settings: Record<string, string>;
}

/** One form's tries. A channel whose network refuses it is there all the same, so the next try changes that one. */
export class Connecting {
  private tried: { id: string; settings: Record<string, string> } | null = null;

  constructor(private readonly core: Core) {}

  /** Rejects with what the server or the network had against it. */
  async connect(entered: Entered): Promise<Made> {
    const { tried } = this;
    const there = tried && (await this.newest((one) => one.id === tried.id));
    if (there && tried) {
      this.tried = { id: there.id, settings: { ...tried.settings, ...entered.settings } };
      const settings = { ...emptied(tried.settings), ...entered.settings };
      return this.core.api.patch<Made>(
        `/channels/${there.id}`,
        { name: entered.name, settings },
        { etag: there.version },
      );
    }
    const known = new Set(Object.keys(this.core.state().channels));
    try {
      return await this.core.api.post<Made>("/channels", entered, { key: newKey() });
    } catch (error) {
      if (error instanceof ApiError && error.code === "setup_refused") {
        const { network, name, settings } = entered;
        const made = await this.newest((one) => !known.has(one.id) && one.network === network && one.name === name);
        this.tried = made ? { id: made.id, settings } : null;
      }
      throw error;
    }
  }

  private async newest(like: (channel: ChannelShape) => boolean): Promise<ChannelShape | undefined> {
    const { items } = await this.core.api.get<{ items: ChannelShape[] }>("/channels");
    return items.filter(like).sort((a, b) => Number(b.id) - Number(a.id))[0];
  }
}

/** What was entered before and is not now is taken away. */
const emptied = (settings: Record<string, string>): Record<string, null> =>
  Object.fromEntries(Object.keys(settings).map((name) => [name, null]));
