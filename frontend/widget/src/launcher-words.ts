/** The few words outside the frame, so that the loader stays small. */

interface LauncherWords {
  open: string;
  close: string;
  title: string;
}

const WORDS: Record<string, [string, string, string]> = {
  en: ["Open chat", "Close chat", "Chat"],
  el: ["Άνοιγμα συνομιλίας", "Κλείσιμο συνομιλίας", "Συνομιλία"],
  id: ["Buka obrolan", "Tutup obrolan", "Obrolan"],
  hy: ["Բացել զրույցը", "Փակել զրույցը", "Զրույց"],
  fi: ["Avaa chat", "Sulje chat", "Chat"],
  de: ["Chat öffnen", "Chat schließen", "Chat"],
};

export function launcherWords(language: string, offered: readonly string[] = Object.keys(WORDS)): LauncherWords {
  const wanted = [language, ...navigator.languages].map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  const chosen = wanted.find((one) => one in WORDS && offered.includes(one)) ?? offered[0] ?? "en";
  const [open, close, title] = WORDS[chosen] ?? (WORDS.en as [string, string, string]);
  return { open, close, title };
}
