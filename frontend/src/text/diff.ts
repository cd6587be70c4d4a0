/** Word by word, what was taken out and what was put in: for versions of a message or review. */

export interface Run {
  kind: "same" | "add" | "del";
  text: string;
}

const words = (text: string) => text.match(/\s+|[\p{L}\p{N}_'’]+|[^\s\p{L}\p{N}_]/gu) ?? [];

/** Longest common subsequence by words; beyond 1,000 words each the whole text counts as changed. */
export function diff(before: string, after: string): { before: Run[]; after: Run[] } {
  const a = words(before);
  const b = words(after);
  if (a.length > 1000 || b.length > 1000) {
    return { before: [{ kind: "del", text: before }], after: [{ kind: "add", text: after }] };
  }
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const left: Run[] = [];
  const right: Run[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add(left, "same", a[i] ?? "");
      add(right, "same", b[j] ?? "");
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      add(left, "del", a[i] ?? "");
      i += 1;
    } else {
      add(right, "add", b[j] ?? "");
      j += 1;
    }
  }
  return { before: closed(left), after: closed(right) };
}

/** Space between two changed words belongs to the change: one mark, not one for each word. */
function closed(runs: readonly Run[]): Run[] {
  const out: Run[] = [];
  runs.forEach((run, i) => {
    const before = out.at(-1);
    const after = runs[i + 1];
    const gap = run.kind === "same" && /^\s+$/.test(run.text) && before && before.kind !== "same";
    if (gap && after?.kind === before.kind) before.text += run.text;
    else if (before?.kind === run.kind) before.text += run.text;
    else out.push({ ...run });
  });
  return out;
}

function add(runs: Run[], kind: Run["kind"], text: string): void {
  const last = runs.at(-1);
  if (last?.kind === kind) last.text += text;
  else runs.push({ kind, text });
}
