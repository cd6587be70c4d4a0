import { useState } from "react";
import { reason } from "../../commands/triage";
import { changeView, saveView, type ViewWords } from "../../commands/views";
import type { ViewShape } from "../../protocol/types.generated";
import { can } from "../../store/select";
import { t } from "../../text/i18n";
import { Confirm } from "../../ui/confirm";
import { Icon } from "../../ui/icon";
import { useCore, useSelect } from "../../ui/use-core";

const SCOPES = ["mine", "team", "all"] as const;

/** Keeps what is on screen under a name, or renames and shares a view that was kept. */
export function ViewDialog({ view, close }: { view?: ViewShape; close: () => void }) {
  const core = useCore();
  const teams = useSelect((state) => state.teams);
  const shares = useSelect((state) => can(state, "settings"));
  const [name, setName] = useState(view?.name ?? "");
  const [scope, setScope] = useState<ViewWords["scope"]>(view && view.scope !== "fixed" ? view.scope : "mine");
  const [team, setTeam] = useState(view?.team_id ?? Object.keys(teams)[0] ?? "");
  const [wrong, setWrong] = useState<string | null>(null);
  const save = async () => {
    const words: ViewWords = { name: name.trim(), scope, team_id: scope === "team" ? team : null };
    try {
      await (view ? changeView(core, view, { ...words }) : saveView(core, words));
      close();
    } catch (error) {
      setWrong(reason(error));
    }
  };
  return (
    <Confirm
      title={view ? t("cmd.editView") : t("cmd.saveView")}
      text={view ? undefined : t("views.saveText")}
      action={t("save")}
      safe
      cancel={close}
      confirm={() => void save()}
    >
      {wrong && (
        <div className="banner bad small" role="alert">
          <Icon name="warn" size="s" />
          {wrong}
        </div>
      )}
      <div className="field">
        <label htmlFor="view-name">{t("views.name")}</label>
        <input
          id="view-name"
          className="input"
          dir="auto"
          required
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <fieldset className="field">
        <legend className="label">{t("views.who")}</legend>
        <div className="flex wrap" style={{ gap: "6px 16px", marginTop: 5 }}>
          {SCOPES.map((one) => (
            <label key={one} className="flex" style={{ fontWeight: "var(--weight-regular)" }}>
              <input
                type="radio"
                name="view-scope"
                checked={scope === one}
                disabled={one !== "mine" && (!shares || (one === "team" && Object.keys(teams).length === 0))}
                onChange={() => setScope(one)}
              />
              {t(`views.${one}`)}
            </label>
          ))}
        </div>
        {!shares && <span className="hint">{t("views.onlyMine")}</span>}
      </fieldset>
      {scope === "team" && (
        <div className="field">
          <label htmlFor="view-team">{t("filter.team")}</label>
          <select id="view-team" className="input" value={team} onChange={(event) => setTeam(event.target.value)}>
            {Object.values(teams).map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </div>
      )}
    </Confirm>
  );
}
