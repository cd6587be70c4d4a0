/** Our own letter marks and hues for networks, by the name the code uses; never a logo. */

import type { IconName } from "./icon-paths";

interface Mark {
  token: string;
  mark: string;
  icon?: IconName;
}

const MARKS: Record<string, Mark> = {
  whatsapp: { token: "whatsapp", mark: "Wa" },
  telegram: { token: "telegram", mark: "Te" },
  facebook: { token: "facebook", mark: "Fb" },
  facebook_page: { token: "facebook", mark: "Fb" },
  messenger: { token: "messenger", mark: "Ms" },
  instagram: { token: "instagram", mark: "Ig" },
  x: { token: "x", mark: "X" },
  mastodon: { token: "mastodon", mark: "Ma" },
  bluesky: { token: "bluesky", mark: "Bs" },
  youtube: { token: "youtube", mark: "Yt" },
  tiktok: { token: "tiktok", mark: "Tt" },
  linkedin: { token: "linkedin", mark: "Li" },
  google_business: { token: "google", mark: "Gb" },
  google_play: { token: "play", mark: "Gp" },
  app_store: { token: "appstore", mark: "As" },
  trustpilot: { token: "trustpilot", mark: "Tp" },
  email: { token: "mail", mark: "@", icon: "mail" },
  mail: { token: "mail", mark: "@", icon: "mail" },
  webchat: { token: "chat", mark: "Wc", icon: "chat" },
  sms: { token: "sms", mark: "Sm", icon: "phone" },
  line: { token: "line", mark: "Ln" },
  viber: { token: "viber", mark: "Vb" },
  discord: { token: "discord", mark: "Dc" },
  reddit: { token: "reddit", mark: "Rd" },
};

/** Mark and colour; for a network we have no token for, what its manifest says, else two letters on grey. */
export function markOf(
  network: string,
  channel?: { mark: string; colour: string },
): { mark: string; colour: string; icon?: IconName } {
  const own = MARKS[network];
  if (own) return { mark: own.mark, colour: `var(--net-${own.token})`, icon: own.icon };
  const letters = network.slice(0, 1).toUpperCase() + network.slice(1, 2);
  return { mark: channel?.mark || letters, colour: channel?.colour || "var(--net-mail)" };
}
