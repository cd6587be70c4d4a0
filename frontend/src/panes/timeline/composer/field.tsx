import { type KeyboardEvent, useState } from "react";
import { run } from "../../../commands/registry";
import type { ConversationShape } from "../../../protocol/types.generated";
import { useCore } from "../../../ui/use-core";
import type { Target } from "./audience";
import s from "./composer.module.css";
import { putIn, type Query, queryAt } from "./suggest";
import { Suggestions } from "./suggestions";

interface Props {
  area: React.RefObject<HTMLTextAreaElement | null>;
  row: ConversationShape;
  name: string;
  text: string;
  change: (text: string) => void;
  query: Query | null;
  setQuery: (query: Query | null) => void;
  signs: readonly ("/" | "@")[];
  placeholder: string;
  limit: number | null;
  unit: string;
  target: Target | undefined;
  addFiles: (files: FileList) => void;
}

/** Where one writes, with what `/` and `@` offer. Its methods work at the caret. */
export function Field(props: Props) {
  const { area, row, name, text, change, query, setQuery, signs, placeholder, limit, unit, target, addFiles } = props;
  const core = useCore();
  const look = () => setQuery(queryAt(area.current?.value ?? "", area.current?.selectionStart ?? 0, signs));
  const pick = (words: string) => {
    if (!query) return;
    const done = putIn(text, query, area.current?.selectionStart ?? text.length, words);
    change(done.text);
    setQuery(null);
    caretTo(area, done.caret);
  };
  return (
    <>
      {query && (
        <Suggestions
          query={query}
          row={row}
          pick={pick}
          close={() => setQuery(null)}
          area={area}
          limit={limit}
          unit={unit}
          target={target}
        />
      )}
      <textarea
        ref={area}
        className={s.text}
        data-composer
        data-pane-focus
        dir="auto"
        rows={2}
        aria-label={name}
        aria-describedby="composer-counter"
        placeholder={placeholder}
        value={text}
        onChange={(event) => {
          change(event.target.value);
          look();
        }}
        onClick={look}
        onPaste={(event) => {
          if (!event.clipboardData.files.length) return;
          event.preventDefault();
          addFiles(event.clipboardData.files);
        }}
        onKeyDown={(event: KeyboardEvent) => {
          // Nothing is typed that could be undone: it is the answer that just went.
          if (event.key === "z" && (event.ctrlKey || event.metaKey) && text === "") {
            event.preventDefault();
            run(core, "undo");
          }
          // Escape first closes what is open here, then leaves the field (registry).
          if (event.key !== "Escape" || !query) return;
          event.preventDefault();
          setQuery(null);
        }}
        onBlur={() => setTimeout(() => setQuery(null), 150)}
      />
    </>
  );
}

export function caretTo(area: React.RefObject<HTMLTextAreaElement | null>, caret: number): void {
  requestAnimationFrame(() => {
    area.current?.focus();
    area.current?.setSelectionRange(caret, caret);
  });
}

/** Puts words in at the caret, a space before them where one is missing (`apart`); `/` opens what it offers. */
export function useInsert(
  area: React.RefObject<HTMLTextAreaElement | null>,
  text: string,
  change: (text: string) => void,
  signs: readonly ("/" | "@")[],
) {
  const [query, setQuery] = useState<Query | null>(null);
  const insert = (words: string, apart = true) => {
    const caret = area.current?.selectionStart ?? text.length;
    const gap = apart && caret > 0 && !/\s$/.test(text.slice(0, caret)) ? " " : "";
    const next = text.slice(0, caret) + gap + words + text.slice(caret);
    const at = caret + gap.length + words.length;
    change(next);
    setQuery(queryAt(next, at, signs));
    caretTo(area, at);
  };
  return { query, setQuery, insert };
}
