import { useState } from "react";
import type { AttendanceShape } from "../protocol/types.generated";
import { type Key, t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useCore, useSelect } from "../ui/use-core";
import { Field } from "./collection";
import { useAsk, Wrong } from "./page";
import s from "./settings.module.css";

const KINDS = ["direct", "chat", "comment", "mention", "review", "mail", "group"] as const;

/** What holds for everybody: how much one takes, what a conversation weighs, when one is away and why. */
export function House() {
  const found = useSelect((state) => state.attendance);
  return found && <Form key={found.version} found={found} />;
}

function Form({ found }: { found: AttendanceShape }) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [draft, setDraft] = useState({
    capacity: String(found.capacity),
    minutes: String(Math.round(found.away_seconds / 60)),
    weights: found.weights,
    reasons: found.reasons.map((one) => ({ id: one.id as string | null, name: one.name })),
  });
  const [clean, setClean] = useState(true);
  const set = (change: Partial<typeof draft>) => {
    setClean(false);
    setDraft({ ...draft, ...change });
  };
  const save = async () => {
    const body = {
      capacity: Number(draft.capacity),
      away_seconds: Number(draft.minutes) * 60,
      weights: draft.weights,
      reasons: draft.reasons.filter((one) => one.name.trim()).map(({ id, name }) => (id ? { id, name } : { name })),
    };
    const kept = await ask(() => core.api.patch<AttendanceShape>("/attendance", body, { etag: found.version }));
    if (kept) core.store.update((state) => ({ ...state, attendance: kept }));
    if (kept) core.toast(t("house.saved"));
  };
  return (
    <form
      className={s.panel}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={s.block}>
        <h2>{t("house.title")}</h2>
        <Wrong text={wrong} />
        <div className={s.two}>
          <Field label={t("house.capacity")}>
            {(id) => (
              <input
                id={id}
                className="input"
                type="number"
                min={1}
                max={1000}
                required
                value={draft.capacity}
                onChange={(event) => set({ capacity: event.target.value })}
              />
            )}
          </Field>
          <Field label={t("house.away")}>
            {(id) => (
              <input
                id={id}
                className="input"
                type="number"
                min={1}
                max={1440}
                required
                value={draft.minutes}
                onChange={(event) => set({ minutes: event.target.value })}
              />
            )}
          </Field>
        </div>
        <fieldset className="field">
          <legend className="label">{t("house.weights")}</legend>
          <span className="hint">{t("house.weightsHint")}</span>
          <div className="flex wrap">
            {KINDS.map((kind) => (
              <label key={kind} className="flex small">
                {t(`kind.${kind}` as Key)}
                <input
                  className="input num"
                  style={{ inlineSize: 64 }}
                  type="number"
                  min={1}
                  max={100}
                  required
                  value={draft.weights[kind] ?? 1}
                  onChange={(event) => set({ weights: { ...draft.weights, [kind]: Number(event.target.value) } })}
                />
              </label>
            ))}
          </div>
        </fieldset>
        <Reasons reasons={draft.reasons} change={(reasons) => set({ reasons })} />
        <div className="flex">
          <button type="submit" className="btn primary" disabled={busy || clean}>
            {t("save")}
          </button>
        </div>
      </div>
    </form>
  );
}

interface Reason {
  id: string | null;
  name: string;
}

function Reasons({ reasons, change }: { reasons: readonly Reason[]; change: (reasons: Reason[]) => void }) {
  const put = (at: number, name: string) => change(reasons.map((one, i) => (i === at ? { ...one, name } : one)));
  return (
    <fieldset className="field">
      <legend className="label">{t("house.reasons")}</legend>
      {reasons.map((reason, at) => (
        <div key={reason.id ?? `new-${at}`} className="flex">
          <input
            className="input grow"
            dir="auto"
            maxLength={60}
            aria-label={t("house.reason")}
            value={reason.name}
            onChange={(event) => put(at, event.target.value)}
          />
          <button
            type="button"
            className="btn ghost sm icon-only"
            aria-label={t("house.without", { name: reason.name })}
            onClick={() => change(reasons.filter((_, i) => i !== at))}
          >
            <Icon name="x" size="s" />
          </button>
        </div>
      ))}
      <button type="button" className="btn sm" onClick={() => change([...reasons, { id: null, name: "" }])}>
        <Icon name="plus" size="s" />
        {t("house.addReason")}
      </button>
    </fieldset>
  );
}
