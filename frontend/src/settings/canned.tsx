import { useState } from "react";
import { newKey } from "../http/api";
import type { CannedShape } from "../protocol/types.generated";
import { without } from "../store/apply";
import { can } from "../store/select";
import { LANGUAGES, t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useCore, useSelect } from "../ui/use-core";
import { Drawer, Page, useAsk, Wrong } from "./page";
import s from "./settings.module.css";

const BLANK = {
  id: "",
  shortcut: "",
  name: "",
  text: "",
  language: null,
  ends_wait: true,
  version: 0,
} satisfies CannedShape;

export function CannedPage() {
  const canned = useSelect((state) => state.canned);
  const may = useSelect((state) => can(state, "settings"));
  const [open, setOpen] = useState<CannedShape | null>(null);
  const all = Object.values(canned).sort((a, b) => a.shortcut.localeCompare(b.shortcut));
  return (
    <>
      <Page
        title={t("settings.canned")}
        detail={t("canned.count", { n: all.length })}
        action={
          may && (
            <button type="button" className="btn primary" onClick={() => setOpen(BLANK)}>
              <Icon name="plus" size="s" />
              {t("canned.add")}
            </button>
          )
        }
      >
        <div className={s.panel}>
          <table>
            <thead>
              <tr>
                <th>{t("canned.shortcut")}</th>
                <th>{t("canned.name")}</th>
                <th>{t("canned.text")}</th>
                <th>{t("canned.language")}</th>
                <th>
                  <span className="sr">{t("more")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {all.map((one) => (
                <tr key={one.id}>
                  <td className="mono nowrap" style={{ color: "var(--accent-text)" }}>
                    /{one.shortcut}
                  </td>
                  <td className="strong">{one.name}</td>
                  <td className="muted" style={{ maxWidth: 360 }} dir="auto">
                    <div className="clip">{one.text}</div>
                  </td>
                  <td>{one.language && <span className="chip">{one.language.toUpperCase()}</span>}</td>
                  <td className={s.end}>
                    {may && (
                      <button type="button" className="btn ghost sm" onClick={() => setOpen(one)}>
                        {t("open")}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Page>
      {open && <Editor key={open.id} canned={open} close={() => setOpen(null)} />}
    </>
  );
}

function Editor({ canned, close }: { canned: CannedShape; close: () => void }) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [draft, setDraft] = useState(canned);
  const set = (change: Partial<CannedShape>) => setDraft({ ...draft, ...change });
  const save = async () => {
    const { id, version, ...body } = draft;
    const saved = await ask(() =>
      id
        ? core.api.patch<CannedShape>(`/canned-replies/${id}`, body, { etag: version })
        : core.api.post<CannedShape>("/canned-replies", body, { key: newKey() }),
    );
    if (!saved) return;
    core.store.update((state) => ({ ...state, canned: { ...state.canned, [saved.id]: saved } }));
    close();
  };
  const remove = () =>
    ask(async () => {
      await core.api.delete(`/canned-replies/${canned.id}`);
      core.store.update((state) => ({ ...state, canned: without(state.canned, canned.id) }));
      close();
    });
  return (
    <Drawer
      title={canned.id ? canned.name : t("canned.add")}
      close={close}
      foot={
        <>
          {canned.id && (
            <button type="button" className="btn danger-quiet" disabled={busy} onClick={() => void remove()}>
              {t("remove")}
            </button>
          )}
          <span className="grow" />
          <button type="submit" form="canned" className="btn primary" disabled={busy}>
            {t("save")}
          </button>
        </>
      }
    >
      <form
        id="canned"
        style={{ display: "grid", gap: 14 }}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Wrong text={wrong} />
        <div className={s.two}>
          <div className="field">
            <label htmlFor="canned-shortcut">{t("canned.shortcut")}</label>
            <input
              id="canned-shortcut"
              className="input mono"
              required
              pattern="[\p{L}\p{N}_\-]+"
              value={draft.shortcut}
              onChange={(event) => set({ shortcut: event.target.value })}
            />
          </div>
          <div className="field">
            <label htmlFor="canned-language">{t("canned.language")}</label>
            <select
              id="canned-language"
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
          </div>
        </div>
        <div className="field">
          <label htmlFor="canned-name">{t("canned.name")}</label>
          <input
            id="canned-name"
            className="input"
            required
            value={draft.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        </div>
        <div className="field">
          <label htmlFor="canned-text">{t("canned.text")}</label>
          <textarea
            id="canned-text"
            className="input"
            rows={8}
            required
            dir="auto"
            value={draft.text}
            onChange={(event) => set({ text: event.target.value })}
          />
          <span className="hint">{t("canned.hint")}</span>
        </div>
        <label className="flex">
          <input
            type="checkbox"
            checked={draft.ends_wait}
            onChange={(event) => set({ ends_wait: event.target.checked })}
          />
          {t("canned.endsWait")}
        </label>
      </form>
    </Drawer>
  );
}
