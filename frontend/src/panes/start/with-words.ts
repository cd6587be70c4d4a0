/** The guides for newcomers, with the words they say: neither is of the first load. */
export async function firstSteps() {
  const { startWords } = await import("../../text/start/load");
  const [parts] = await Promise.all([import("./first-steps"), startWords()]);
  return parts;
}
