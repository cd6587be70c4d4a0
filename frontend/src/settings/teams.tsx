import { useState } from "react";
import { newKey } from "../http/api";
import type { TeamShape } from "../protocol/types.generated";
import { without } from "../store/apply";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useCore, useSelect } from "../ui/use-core";
import { useAsk, Wrong } from "./page";
import s from "./settings.module.css";
import { TeamRouting } from "./team-routing";

/** Stands for the conversations of no team. */
const NO_TEAM = { id: "0", name: "" };

/** Below the people: the teams they share work in. */
export function Teams({ admin }: { admin: boolean }) {
  const core = useCore();
  const teams = useSelect((state) => state.teams);
  const { ask, wrong } = useAsk();
  const [name, setName] = useState("");
  const [routing, setRouting] = useState<{ id: string; name: string } | null>(null);
  const add = async () => {
    const made = await ask(() => core.api.post<TeamShape>("/teams", { name: name.trim() }, { key: newKey() }));
    if (!made) return;
    core.store.update((state) => ({ ...state, teams: { ...state.teams, [made.id]: made } }));
    setName("");
  };
  const remove = (team: TeamShape) =>
    ask(async () => {
      await core.api.delete(`/teams/${team.id}`);
      core.store.update((state) => ({ ...state, teams: without(state.teams, team.id) }));
    });
  return (
    <div className={s.panel}>
      <div className={s.block}>
        <h2>{t("agents.teams")}</h2>
        <Wrong text={wrong} />
        {Object.values(teams).map((team) => (
          <div key={team.id} className="flex">
            <Icon name="users" size="s" />
            <span className="strong">{team.name}</span>
            <span className="muted small">{t("agents.count", { n: team.agent_ids.length })}</span>
            <span className="grow" />
            <button type="button" className="btn ghost sm" onClick={() => setRouting(team)}>
              {t("routing.title")}
            </button>
            {admin && (
              <button type="button" className="btn ghost sm danger-quiet" onClick={() => void remove(team)}>
                {t("remove")}
              </button>
            )}
          </div>
        ))}
        <div className="flex">
          <Icon name="user" size="s" />
          <span className="strong">{t("team.none")}</span>
          <span className="grow" />
          <button type="button" className="btn ghost sm" onClick={() => setRouting(NO_TEAM)}>
            {t("routing.title")}
          </button>
        </div>
        {routing && <TeamRouting key={routing.id} team={routing} close={() => setRouting(null)} />}
        {admin && (
          <form
            className="flex"
            onSubmit={(event) => {
              event.preventDefault();
              void add();
            }}
          >
            <input
              className="input"
              style={{ maxWidth: 240 }}
              aria-label={t("agents.teamName")}
              placeholder={t("agents.teamName")}
              required
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <button type="submit" className="btn">
              {t("agents.addTeam")}
            </button>
          </form>
        )}
      </div>
    </div>
  );
}
