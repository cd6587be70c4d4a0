/** How the app looks and listens on this machine: kept here, not on the server. */

export interface Look {
  theme: "system" | "light" | "dark" | "contrast";
  compact: boolean;
  shortcuts: boolean;
  language: string | null;
}

const KEY = "inbox.look";
const START: Look = { theme: "system", compact: false, shortcuts: true, language: null };

export function readLook(): Look {
  try {
    return { ...START, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Look>) };
  } catch {
    return START;
  }
}

export function writeLook(look: Look): void {
  localStorage.setItem(KEY, JSON.stringify(look));
  applyLook(look);
}

const dark = () => window.matchMedia("(prefers-color-scheme: dark)");
const contrast = () => window.matchMedia("(prefers-contrast: more)");
let listening = false;

/** Sets theme and density on the root element, and follows the system while the choice is "system". */
export function applyLook(look: Look): void {
  const system = contrast().matches ? "contrast" : dark().matches ? "dark" : "light";
  document.documentElement.dataset.theme = look.theme === "system" ? system : look.theme;
  document.documentElement.dataset.density = look.compact ? "compact" : "comfortable";
  if (listening) return;
  listening = true;
  for (const media of [dark(), contrast()]) media.addEventListener("change", () => applyLook(readLook()));
}
