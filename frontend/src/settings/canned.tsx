import { useState } from "react";
import type { CannedShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { LANGUAGES, t } from "../text/i18n";
import { useSelect } from "../ui/use-core";
import { Collection, Field, FormDrawer } from "./collection";
import { Places } from "./places";
import s from "./settings.module.css";
import { useKept } from "./use-kept";
import { Variants } from "./variants";

const BLANK = {
  shortcut: "",
  name: "",
  text: "",
  language: null as string | null,
  ends_wait: true,
  variants: [] as CannedShape["variants"],
};

export function CannedPage() {
  const canned = useSelect((state) => state.canned);
  const may = useSelect((state) => can(state, "settings"));
  const all = Object.values(canned).sort((a, b) => a.shortcut.localeCompare(b.shortcut));
  return (
    <Collection
      title={t("settings.canned")}
      detail={t("canned.count", { n: all.length })}
      items={all}
      may={may}
      add={t("canned.add")}
      empty={t("canned.none")}
      columns={[
        {
          label: t("canned.shortcut"),
          className: "mono nowrap",
          cell: (one) => <span style={{ color: "var(--accent-text)" }}>/{one.shortcut}</span>,
        },
        { label: t("canned.name"), className: "strong", cell: (one) => one.name },
        {
          label: t("canned.text"),
          className: `muted ${s.cellWords}`,
          cell: (one) => (
            <div className="clip" dir="auto">
              {one.text}
            </div>
          ),
        },
        {
          label: t("canned.language"),
          cell: (one) => (
            <span className="flex">
              {one.language && <span className="chip">{one.language.toUpperCase()}</span>}
              {one.variants.length > 0 && (
                <span className="tiny muted nowrap">{t("variants.count", { n: one.variants.length })}</span>
              )}
            </span>
          ),
        },
      ]}
      editor={(one, close) => <Editor key={one?.id ?? "new"} canned={one} close={close} />}
    />
  );
}

function Editor({ canned, close }: { canned: CannedShape | null; close: () => void }) {
  const { busy, wrong, save, remove } = useKept<CannedShape>({
    path: "/canned-replies",
    one: canned,
    shelf: "canned",
    close,
  });
  const [draft, setDraft] = useState<typeof BLANK>(canned ?? BLANK);
  const set = (change: Partial<typeof BLANK>) => setDraft({ ...draft, ...change });
  const put = () => {
    const { shortcut, name, text, language, ends_wait, variants } = draft;
    return save({ shortcut, name, text, language, ends_wait, variants });
  };
  return (
    <FormDrawer
      title={canned?.name ?? t("canned.add")}
      wrong={wrong}
      busy={busy}
      close={close}
      save={() => void put()}
      remove={canned ? { label: t("remove"), run: () => void remove() } : undefined}
    >
      <div className={s.two}>
        <Field label={t("canned.shortcut")}>
          {(id) => (
            <input
              id={id}
              className="input mono"
              required
              pattern="[\p{L}\p{N}_\-]+"
              value={draft.shortcut}
              onChange={(event) => set({ shortcut: event.target.value })}
            />
          )}
        </Field>
        <Field label={t("canned.language")}>
          {(id) => (
            <select
              id={id}
              className="input"
              value={draft.language ?? ""}
              onChange={(event) => set({ language: event.target.value || null })}
            >
              <option value="">{t("canned.any")}</option>
              {Object.entries(LANGUAGES).map(([code, name]) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <Field label={t("canned.name")}>
        {(id) => (
          <input
            id={id}
            className="input"
            required
            value={draft.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label={t("canned.text")}>
        {(id) => (
          <textarea
            id={id}
            className="input"
            rows={8}
            required
            dir="auto"
            value={draft.text}
            onChange={(event) => set({ text: event.target.value })}
          />
        )}
      </Field>
      <Places />
      <Variants variants={draft.variants} change={(variants) => set({ variants })} />
      <label className="flex">
        <input
          type="checkbox"
          checked={draft.ends_wait}
          onChange={(event) => set({ ends_wait: event.target.checked })}
        />
        {t("canned.endsWait")}
      </label>
    </FormDrawer>
  );
}
