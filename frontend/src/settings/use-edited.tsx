import { useState } from "react";
import { ApiError, newKey } from "../http/api";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useCore } from "../ui/use-core";
import { changes, joined } from "./conflict";
import { useAsk } from "./page";

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
 * is fetched and my changes are laid on it, to be looked at and saved again.
 */
export function useEdited<S extends { id: string; version: number }, D extends object>(asked: Asked<S, D>) {
  const { path, saved, draftOf, blank } = asked;
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [base, setBase] = useState<{ draft: D; version: number | undefined }>(() => ({
    draft: saved ? draftOf(saved) : blank,
    version: saved?.version,
  }));
  const [draft, setDraft] = useState<D>(base.draft);
  const [conflict, setConflict] = useState<(keyof D)[] | null>(null);
  const changed = changes(base.draft, draft);
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
  const save = async (more: object = {}): Promise<S | undefined> => {
    setConflict(null);
    const next = await ask(() => put(more));
    if (next) {
      setBase({ draft: draftOf(next), version: next.version });
      setDraft(draftOf(next));
    }
    return next;
  };
  return {
    draft,
    set: (change: Partial<D>) => setDraft((before) => ({ ...before, ...change })),
    save,
    busy,
    wrong: conflict ? null : wrong,
    conflict,
    clean: saved !== null && Object.keys(changed).length === 0,
    version: base.version,
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
