/**
 * Words that no first screen says. They come with the page that says them, in the language of the interface; `t` knows
 * them from then on, and follows when another language is chosen.
 */

import { bringWords, type Language, PSEUDO } from "./i18n";

type Words = Readonly<Record<string, string>>;
type Loaders = Record<Exclude<Language, typeof PSEUDO>, () => Promise<{ words: Words }>>;

/** What loads the words of a page. Its promise resolves when they are there; asked again it costs nothing. */
export function wordsOf(loaders: Loaders): () => Promise<void> {
  const load = async (language: Language) => {
    if (language !== PSEUDO) return (await loaders[language]()).words;
    const [{ words }, { mirrored }] = await Promise.all([loaders.en(), import("./pseudo")]);
    return mirrored(words);
  };
  return () => bringWords(load);
}
