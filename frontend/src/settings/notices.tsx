import { useState } from "react";
import type { NoticeShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { instant } from "../text/time";
import { localInstant, wall } from "../text/zone";
import { kindLabel } from "../ui/marks";
import { useCore, useNow, useSelect } from "../ui/use-core";
import { Collection, Field, FormDrawer, NameField } from "./collection";
import s from "./settings.module.css";
import { useKept } from "./use-kept";

export function NoticesPage() {
  const notices = useSelect((state) => state.notices);
  const may = useSelect((state) => can(state, "settings"));
  const now = useNow(30_000);
  const over = (one: NoticeShape) => one.until !== null && Date.parse(one.until) <= now;
  const all = Object.values(notices).sort(
    (a, b) => Number(over(a)) - Number(over(b)) || a.title.localeCompare(b.title),
  );
  return (
    <Collection
      title={t("settings.notices")}
      detail={t("notices.hint")}
      items={all}
      may={may}
      add={t("notices.add")}
      empty={t("notices.none")}
      pale={over}
      columns={[
        { label: t("notices.title"), className: "strong", cell: (one) => one.title },
        {
          label: t("notices.text"),
          className: `muted ${s.cellWords}`,
          cell: (one) => (
            <div className="clip" dir="auto">
              {one.text}
            </div>
          ),
        },
        {
          label: t("notices.until"),
          className: "nowrap",
          cell: (one) => (one.until ? instant(one.until) : t("notices.forever")),
        },
      ]}
      editor={(one, close) => <Editor key={one?.id ?? "new"} notice={one} close={close} />}
    />
  );
}

type Draft = Pick<NoticeShape, "title" | "text" | "canned_id" | "filter" | "until">;
const BLANK: Draft = { title: "", text: "", canned_id: null, filter: {}, until: null };
const KINDS = ["direct", "group", "chat", "mail", "comment", "mention", "review"] as const;

function Editor({ notice, close }: { notice: NoticeShape | null; close: () => void }) {
  const { busy, wrong, save, remove } = useKept<NoticeShape>({
    path: "/notices",
    one: notice,
    shelf: "notices",
    close,
  });
  const [draft, setDraft] = useState<Draft>(notice ?? BLANK);
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const put = () => {
    const { title, text, canned_id, filter, until } = draft;
    return save({ title, text, canned_id, filter, until });
  };
  return (
    <FormDrawer
      title={notice?.title ?? t("notices.add")}
      wrong={wrong}
      busy={busy}
      close={close}
      save={() => void put()}
      remove={notice ? { label: t("remove"), run: () => void remove() } : undefined}
    >
      <NameField label={t("notices.title")} value={draft.title} change={(title) => set({ title })} />
      <Field label={t("notices.text")} optional>
        {(id) => (
          <textarea
            id={id}
            className="input"
            rows={3}
            dir="auto"
            value={draft.text}
            onChange={(event) => set({ text: event.target.value })}
          />
        )}
      </Field>
      <Use draft={draft} set={set} />
      <Conditions filter={draft.filter} change={(filter) => set({ filter })} />
    </FormDrawer>
  );
}

interface UseProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
}

/** The answer to use, and until when. */
function Use({ draft, set }: UseProps) {
  const canned = useSelect((state) => state.canned);
  return (
    <div className={s.two}>
      <Field label={t("notices.canned")} optional>
        {(id) => (
          <select
            id={id}
            className="input"
            value={draft.canned_id ?? ""}
            onChange={(event) => set({ canned_id: event.target.value || null })}
          >
            <option value="">{t("notices.noCanned")}</option>
            {Object.values(canned).map((one) => (
              <option key={one.id} value={one.id}>
                /{one.shortcut} {one.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t("notices.until")} optional>
        {(id) => (
          <input
            id={id}
            type="datetime-local"
            className="input"
            value={localOf(draft.until)}
            onChange={(event) =>
              set({ until: event.target.value ? new Date(localInstant(event.target.value)).toISOString() : null })
            }
          />
        )}
      </Field>
    </div>
  );
}

/** Which conversations it stands above; all where nothing is chosen. */
function Conditions({ filter, change }: { filter: Draft["filter"]; change: (filter: Draft["filter"]) => void }) {
  const { channels, tags, teams } = useCore().state();
  const put = (field: string, value: string) => {
    const { [field]: _before, ...rest } = filter;
    change(value ? { ...rest, [field]: value } : rest);
  };
  const fields: [string, string, (readonly [string, string])[]][] = [
    ["kind", t("filter.kind"), KINDS.map((kind) => [kind, kindLabel(kind)])],
    ["channel", t("filter.channel"), Object.values(channels).map((one) => [one.id, one.name])],
    ["tag", t("filter.tag"), Object.values(tags).map((one) => [one.id, one.name])],
    ["team", t("filter.team"), Object.values(teams).map((one) => [one.id, one.name])],
  ];
  return (
    <fieldset className="field">
      <legend className="label">{t("notices.where")}</legend>
      <div className={s.two}>
        {fields.map(([field, label, options]) => (
          <Field key={field} label={label}>
            {(id) => (
              <select
                id={id}
                className="input"
                value={filter[field] ?? ""}
                onChange={(event) => put(field, event.target.value)}
              >
                <option value="">{t("notices.any")}</option>
                {options.map(([value, name]) => (
                  <option key={value} value={value}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        ))}
      </div>
    </fieldset>
  );
}

/** An instant as the browser's own field takes it: local, to the minute. */
function localOf(at: string | null): string {
  if (!at) return "";
  return wall(Date.parse(at)).toISOString().slice(0, 16);
}
