import { useEffect, useState } from "react";
import type { AbilityShape, AgentShape } from "../protocol/types.generated";
import { type Key, languageName, t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useCore } from "../ui/use-core";
import { Field, FormDrawer } from "./collection";
import { useAsk } from "./page";

const OFFERED = ["en", "el", "de", "fi", "hy", "id", "fr", "es", "it", "pt", "nl", "pl", "tr", "ru", "uk", "ar", "sq", "bg", "ro", "sv", "zh"]; // biome-ignore format: one line
const LEVELS = [1, 2, 3] as const;

interface Draft {
  languages: Record<string, number>;
  skills: string;
  capacity: string;
}

/** What a colleague is good at, read when its drawer opens. `save` is true when the server agreed. */
export function useAbilities(agentId: string | null, ask: ReturnType<typeof useAsk>["ask"]) {
  const core = useCore();
  const [version, setVersion] = useState<number | null>(null);
  const [draft, setDraft] = useState<Draft>({ languages: {}, skills: "", capacity: "" });
  const [changed, setChanged] = useState(false);
  const take = (found: AbilityShape) => {
    setVersion(found.version);
    const capacity = found.capacity === null ? "" : String(found.capacity);
    setDraft({ languages: found.languages, skills: found.skills.join(", "), capacity });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once for each colleague
  useEffect(() => {
    if (agentId)
      void ask(() => core.api.get<AbilityShape>(`/agents/${agentId}/skills`)).then((one) => one && take(one));
  }, [agentId]);
  const save = async (): Promise<boolean> => {
    if (!agentId || !changed || version === null) return true;
    const body = {
      languages: draft.languages,
      skills: draft.skills
        .split(",")
        .map((one) => one.trim())
        .filter(Boolean),
      capacity: draft.capacity === "" ? null : Number(draft.capacity),
    };
    const put = () => core.api.put<AbilityShape>(`/agents/${agentId}/skills`, body, { etag: version });
    const kept = await ask(put);
    if (!kept) return false;
    core.store.update((state) => {
      const known = state.agents[agentId];
      if (!known) return state;
      const capacity = kept.capacity ?? state.attendance?.capacity ?? known.capacity;
      const next = { ...known, languages: kept.languages, skills: kept.skills, capacity };
      return { ...state, agents: { ...state.agents, [agentId]: next } };
    });
    return true;
  };
  const set = (change: Partial<Draft>) => {
    setChanged(true);
    setDraft({ ...draft, ...change });
  };
  return { draft, set, save, ready: version !== null, house: core.state().attendance?.capacity ?? 0 };
}

type Able = ReturnType<typeof useAbilities>;

/** Languages with how well, skills, and how much at once. */
export function Abilities({ able }: { able: Able }) {
  const { draft, set, ready, house } = able;
  if (!ready) return null;
  return (
    <>
      <Languages able={able} />
      <Field label={t("ability.skills")} hint={t("ability.skillsHint")} optional>
        {(id) => (
          <input
            id={id}
            className="input"
            dir="auto"
            value={draft.skills}
            onChange={(event) => set({ skills: event.target.value })}
          />
        )}
      </Field>
      <Field label={t("ability.capacity")} hint={t("ability.capacityHint")} optional>
        {(id) => (
          <input
            id={id}
            className="input"
            type="number"
            min={0}
            max={1000}
            placeholder={String(house)}
            value={draft.capacity}
            onChange={(event) => set({ capacity: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

function Languages({ able: { draft, set } }: { able: Able }) {
  const spoken = Object.entries(draft.languages);
  const others = OFFERED.filter((code) => !(code in draft.languages));
  const put = (code: string, level: number | null) => {
    const { [code]: _gone, ...rest } = draft.languages;
    set({ languages: level === null ? rest : { ...draft.languages, [code]: level } });
  };
  return (
    <fieldset className="field">
      <legend className="label">{t("ability.languages")}</legend>
      {spoken.map(([code, level]) => (
        <div key={code} className="flex">
          <span className="grow clip">{languageName(code)}</span>
          <select
            className="input"
            style={{ inlineSize: "auto" }}
            aria-label={t("ability.levelOf", { language: languageName(code) })}
            value={level}
            onChange={(event) => put(code, Number(event.target.value))}
          >
            {LEVELS.map((one) => (
              <option key={one} value={one}>
                {t(`ability.level.${one}` as Key)}
              </option>
            ))}
          </select>
          <button
            type="button"
            className="btn ghost sm icon-only"
            aria-label={t("ability.without", { language: languageName(code) })}
            onClick={() => put(code, null)}
          >
            <Icon name="x" size="s" />
          </button>
        </div>
      ))}
      <select
        className="input"
        aria-label={t("ability.addLanguage")}
        value=""
        onChange={(event) => event.target.value && put(event.target.value, 2)}
      >
        <option value="">{t("ability.addLanguage")}</option>
        {others.map((code) => (
          <option key={code} value={code}>
            {languageName(code)}
          </option>
        ))}
      </select>
    </fieldset>
  );
}

/** For supervisors, who say what people are good at but not who they are. */
export function AbilityDrawer({ agent, close }: { agent: AgentShape; close: () => void }) {
  const { ask, busy, wrong } = useAsk();
  const able = useAbilities(agent.id, ask);
  const save = async () => {
    if (await able.save()) close();
  };
  return (
    <FormDrawer title={agent.name} wrong={wrong} busy={busy} close={close} save={() => void save()}>
      <Abilities able={able} />
    </FormDrawer>
  );
}
