/** Names of networks: most are proper names and stay, some are words and are translated. */

import { type Key, t } from "./i18n";

const WORDS: Readonly<Record<string, Key>> = {
  custom: "network.custom",
  email: "network.email",
  webchat: "network.webchat",
};

interface Named {
  network: string;
  /** As its manifest says it, in English. */
  network_name: string;
}

/** The network of a channel in the language of the interface; undefined where there is no channel. */
export function networkName(channel: Named): string;
export function networkName(channel: Named | undefined): string | undefined;
export function networkName(channel: Named | undefined): string | undefined {
  if (!channel) return undefined;
  const words = WORDS[channel.network];
  return words ? t(words) : channel.network_name;
}
