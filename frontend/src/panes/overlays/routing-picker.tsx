import { useEffect, useState } from "react";
import { assign, reason } from "../../commands/triage";
import type { RoutingShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { ruleWords } from "../../text/rules/load";
import { Dialog } from "../../ui/dialog";
import { AgentFace } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Load } from "../../ui/load";
import { useCore, useSelect } from "../../ui/use-core";
import s from "./routing-picker.module.css";

const CHOSEN: ReadonlySet<string> = new Set(["sticky", "turn", "least_loaded"]);

/** Whom the house would give a conversation to at this moment, and of everybody else in a word why not. */
export function RoutingPicker({ id, close }: { id: string; close: () => void }) {
  const core = useCore();
  const [routing, setRouting] = useState<RoutingShape | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    Promise.all([core.api.get<RoutingShape>(`/conversations/${id}/routing`), ruleWords()])
      .then(([found]) => setRouting(found))
      .catch((error) => setWrong(reason(error)));
  }, [core, id]);
  return (
    <Dialog label={t("cmd.routing")} close={close} className={s.dialog}>
      <header className={s.head}>
        <h2 className="grow">{t("cmd.routing")}</h2>
        <button type="button" className="btn ghost sm icon-only" aria-label={t("close")} onClick={close}>
          <Icon name="x" size="s" />
        </button>
      </header>
      {wrong && (
        <p className="banner bad small" role="alert">
          {wrong}
        </p>
      )}
      {routing && <Explained routing={routing} id={id} close={close} />}
    </Dialog>
  );
}

function Explained({ routing, id, close }: { routing: RoutingShape; id: string; close: () => void }) {
  const core = useCore();
  const agents = useSelect((state) => state.agents);
  const team = useSelect((state) => (routing.team_id ? state.teams[routing.team_id]?.name : undefined));
  const owner = useSelect((state) => state.rows[id]?.assignee_id);
  const chosen = routing.agent_id;
  const name = chosen ? (agents[chosen]?.name ?? t("somebody")) : "";
  const given = routing.mode === "round_robin" || routing.mode === "least_loaded";
  // Who would get it stands first, then who could.
  const why = [...routing.why].sort((a, b) => rank(a.word) - rank(b.word));
  return (
    <div className={s.body}>
      <p className="strong">{chosen ? t("rules.who.now", { name }) : t("rules.who.nobody")}</p>
      <p className="muted small">
        {[team ?? t("team.none"), t(`routing.mode.${routing.mode}`)].join(" · ")}
        {!given && <> · {t("rules.who.off")}</>}
      </p>
      {why.length === 0 && <p className="muted">{t("rules.who.none")}</p>}
      <ul className={s.people}>
        {why.map((one) => (
          <li key={one.agent_id} className={CHOSEN.has(one.word) ? s.chosen : undefined}>
            <AgentFace id={one.agent_id} state />
            <bdi className="clip">{agents[one.agent_id]?.name ?? t("somebody")}</bdi>
            <Load id={one.agent_id} />
            <span className="grow" />
            <span className="muted small">{t(`rules.why.${one.word}`)}</span>
          </li>
        ))}
      </ul>
      {chosen && chosen !== owner && (
        <button
          type="button"
          className="btn primary"
          onClick={() => {
            close();
            assign(core, [id], chosen);
          }}
        >
          {t("rules.who.give", { name })}
        </button>
      )}
    </div>
  );
}

const rank = (word: string): number => (CHOSEN.has(word) ? 0 : word === "later" ? 1 : 2);
