import { useState } from "react";
import { newKey } from "../http/api";
import type { TagShape } from "../protocol/types.generated";
import { without } from "../store/apply";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { Confirm } from "../ui/confirm";
import { TAG_COLOURS, Tag, tagColour } from "../ui/marks";
import { useCore, useSelect } from "../ui/use-core";
import { Page, useAsk, Wrong } from "./page";
import s from "./settings.module.css";

export function TagsPage() {
  const core = useCore();
  const tags = useSelect((state) => state.tags);
  const may = useSelect((state) => can(state, "settings"));
  const { ask, wrong } = useAsk();
  const [name, setName] = useState("");
  const [colour, setColour] = useState("petrol");
  const [removing, setRemoving] = useState<TagShape | null>(null);
  const put = (tag: TagShape | undefined) =>
    tag && core.store.update((state) => ({ ...state, tags: { ...state.tags, [tag.id]: tag } }));
  const add = async () => {
    const made = await ask(() => core.api.post<TagShape>("/tags", { name: name.trim(), colour }, { key: newKey() }));
    put(made);
    if (made) setName("");
  };
  const recolour = (tag: TagShape, next: string) =>
    ask(() => core.api.patch<TagShape>(`/tags/${tag.id}`, { colour: next })).then(put);
  const remove = async (tag: TagShape) => {
    setRemoving(null);
    await ask(async () => {
      await core.api.delete(`/tags/${tag.id}`);
      core.store.update((state) => ({ ...state, tags: without(state.tags, tag.id) }));
    });
  };
  const all = Object.values(tags).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <Page title={t("settings.tags")} detail={t("tags.count", { n: all.length })}>
      <Wrong text={wrong} />
      {may && (
        <div className={s.panel}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void add();
            }}
          >
            <div className="flex wrap" style={{ gap: 10 }}>
              <input
                className="input"
                style={{ width: 220 }}
                aria-label={t("tags.name")}
                placeholder={t("tags.name")}
                required
                maxLength={40}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
              <Swatches value={colour} change={setColour} />
              <button type="submit" className="btn primary">
                {t("tags.add")}
              </button>
            </div>
          </form>
        </div>
      )}
      <div className={s.panel}>
        <table className={s.cards}>
          <tbody>
            {all.map((tag) => (
              <tr key={tag.id}>
                <td>
                  <Tag name={tag.name} colour={tag.colour} />
                </td>
                {may && (
                  <>
                    <td>
                      <Swatches value={tag.colour} change={(next) => void recolour(tag, next)} />
                    </td>
                    <td className={s.end}>
                      <button type="button" className="btn ghost sm danger-quiet" onClick={() => setRemoving(tag)}>
                        {t("remove")}
                      </button>
                    </td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {removing && (
        <Confirm
          title={t("tags.removeTitle", { name: removing.name })}
          text={t("tags.removeText")}
          action={t("remove")}
          cancel={() => setRemoving(null)}
          confirm={() => void remove(removing)}
        />
      )}
    </Page>
  );
}

function Swatches({ value, change }: { value: string; change: (colour: string) => void }) {
  return (
    <div className={s.swatches} role="radiogroup" aria-label={t("tags.colour")}>
      {TAG_COLOURS.map((colour) => (
        // biome-ignore lint/a11y/useSemanticElements: a swatch is a radio with a face of its own
        <button
          key={colour}
          type="button"
          role="radio"
          aria-checked={colour === value}
          aria-label={colour}
          style={{ background: tagColour(colour) }}
          onClick={() => change(colour)}
        />
      ))}
    </div>
  );
}
