import { useEffect, useRef, useState } from "react";
import { ApiError, newKey } from "../http/api";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useCore } from "../ui/use-core";
import { changes, joined } from "./conflict";
import { useAsk } from "./page";
import { keyOf, type Left, useLeft } from "./use-left";

interface Asked<S, D> {
  /** The collection's address, such as "/calendars". */
  path: string;
  /** What is there now; null: a new one. */
  saved: S | null;
  /** What can be changed of it. */
  draftOf: (saved: S) => D;
  /** What a new one begins with. */
  blank: D;
}

/**
 * A settings object being edited. Saving sends only what was changed; where somebody else was faster (412), the newest
 * is fetched and my changes are laid on it, to be looked at and saved again. Who leaves the page without saving, by a
 * link or the browser's back, is told so, and finds what he changed when he comes back.
 */
export function useEdited<S extends { id: string; version: number }, D extends object>(asked: Asked<S, D>) {
  const { path, saved, draftOf, blank } = asked;
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [key] = useState(() => keyOf(core, `${path} ${saved?.id ?? JSON.stringify(blank)}`));
  const [base, setBase] = useState<Left<D>["base"]>(() => ({
    draft: saved ? draftOf(saved) : blank,
    version: saved?.version,
  }));
  const [found] = useState(() => {
    const left = core.unsaved.get(key) as Left<D> | undefined;
    return left ? joined(left.base.draft, left.draft, base.draft) : null;
  });
  const [restored, setRestored] = useState(found !== null);
  const [draft, setDraft] = useState<D>(found?.draft ?? base.draft);
  const [conflict, setConflict] = useState<(keyof D)[] | null>(found?.both.length ? found.both : null);
  const [discards, setDiscards] = useState(0);
  const changed = changes(base.draft, draft);
  const dirty = Object.keys(changed).length > 0;
  const forget = useLeft<D>(key, dirty ? { base, draft } : null);
  const put = async (more: object): Promise<S> => {
    if (!saved) return core.api.post<S>(path, { ...draft, ...more }, { key: newKey() });
    const address = `${path}/${saved.id}`;
    try {
      return await core.api.patch<S>(address, { ...changed, ...more }, { etag: base.version });
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) {
        const newest = await core.api.get<S>(address);
        const next = joined(base.draft, draft, draftOf(newest));
        setBase({ draft: draftOf(newest), version: newest.version });
        setDraft(next.draft);
        setConflict(next.both);
      }
      throw error;
    }
  };
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  const save = async (more: object = {}): Promise<S | undefined> => {
    setConflict(null);
    const next = await ask(() => put(more));
    if (!next) return undefined;
    forget();
    if (!shown.current) {
      // Saving took longer than he stayed: said where he is now, and he stays there.
      core.toast(t("edit.saved"));
      return undefined;
    }
    setBase({ draft: draftOf(next), version: next.version });
    setDraft(draftOf(next));
    setRestored(false);
    return next;
  };
  const discard = () => {
    forget();
    setDraft(base.draft);
    setRestored(false);
    setConflict(null);
    setDiscards((before) => before + 1);
  };
  return {
    draft,
    set: (change: Partial<D>) => setDraft((before) => ({ ...before, ...change })),
    save,
    busy,
    wrong: conflict ? null : wrong,
    conflict,
    clean: saved !== null && !dirty,
    version: base.version,
    /** Another one each time the draft is replaced as a whole: parts with a state of their own begin anew. */
    turn: `${base.version}.${discards}`,
    /** Whether these are changes that were left behind before. */
    restored: restored && dirty,
    discard,
    forget,
  };
}

/** Somebody else was faster: what happened to my edits, and what we both changed. */
export function Conflict({ both, names }: { both: readonly string[] | null; names: Readonly<Record<string, string>> }) {
  if (!both) return null;
  return (
    <div className="banner warn small" role="alert">
      <Icon name="merge" />
      <span>
        {t("edit.conflict")}{" "}
        {both.length > 0 && t("edit.both", { fields: both.map((one) => names[one] ?? one).join(", ") })}
      </span>
    </div>
  );
}
