/** What was meant when Latin words were typed with another layout switched on: "ασσι" is "assi". */

const ROWS: Record<string, string> = {
  greek: ";ςερτυθιοπ[]ασδφγηξκλ΄'ζχψωβνμ,./",
  russian: "йцукенгшщзхъфывапролджэячсмитьбю.",
  armenian: "քոեռտըւիօպխծասդֆգհյկլ;'զղցվբնմշղծ",
};
const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,./";

/** The same keys on a Latin layout; empty where nothing in it comes from a layout we know. */
export function asLatin(text: string): string {
  const folded = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  for (const row of Object.values(ROWS)) {
    const chars = [...row];
    if (![...folded].some((char) => chars.includes(char) && !/[\x20-\x7e]/.test(char))) continue;
    return [...folded]
      .map((char) => {
        const at = chars.indexOf(char);
        return at < 0 ? char : (LATIN[at] ?? char);
      })
      .join("");
  }
  return "";
}
