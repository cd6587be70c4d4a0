import { useMemo } from "react";
import { openView } from "../../commands/navigate";
import { COMMANDS, GROUPS, type Group, isFor } from "../../commands/registry";
import { assign, setTeam } from "../../commands/triage";
import { asLatin } from "../../keyboard/layouts";
import { targets } from "../../store/desk";
import { t } from "../../text/i18n";
import { type Choice, Chooser } from "../../ui/chooser";
import { AgentFace } from "../../ui/face";
import { Keys } from "../../ui/keys";
import { useCore, useSelect } from "../../ui/use-core";
import { viewName } from "../views/rail";

const groupName = (wanted: Group) => t(GROUPS.find(([group]) => group === wanted)?.[1] ?? "palette.app");

/** Every command that is for now, with its key; views, people and teams by name. */
export function Palette() {
  const core = useCore();
  const agents = useSelect((state) => state.agents);
  const teams = useSelect((state) => state.teams);
  const macros = useSelect((state) => state.macros);
  const views = useSelect((state) => state.views);
  const choices = useMemo(() => {
    const commands: Choice[] = COMMANDS.filter((command) => command.id !== "palette" && isFor(core, command)).map(
      (command) => ({
        id: command.id,
        label: t(command.label),
        group: groupName(command.group),
        icon: command.icon,
        detail: <Keys command={command.id} />,
        also: command.id,
        run: () => command.run(core),
      }),
    );
    const ids = targets(core.desk.get());
    const actions: Choice[] = ids.length
      ? Object.values(macros).map((macro) => ({
          id: `macro-${macro.id}`,
          label: macro.name,
          group: t("settings.macros"),
          icon: "bolt",
          also: macro.shortcut,
          run: () => core.show({ picker: `macro:${macro.id}` }),
        }))
      : [];
    const people: Choice[] = ids.length
      ? [
          ...Object.values(agents)
            .filter((agent) => agent.active)
            .map((agent) => ({
              id: `agent-${agent.id}`,
              label: t("palette.assignTo", { name: agent.name }),
              group: t("palette.people"),
              lead: <AgentFace id={agent.id} />,
              run: () => assign(core, ids, agent.id),
            })),
          ...Object.values(teams).map((team) => ({
            id: `team-${team.id}`,
            label: t("palette.assignTeam", { name: team.name }),
            group: t("palette.people"),
            icon: "users" as const,
            run: () => setTeam(core, ids, team.id),
          })),
        ]
      : [];
    const places: Choice[] = Object.values(views)
      .filter((view) => view.group === "saved" || view.group === "teams" || view.group === "channels")
      .map((view) => ({
        id: `view-${view.key}`,
        label: viewName(view),
        group: t("palette.go"),
        icon: "inbox",
        run: () => openView(core, view.key),
      }));
    return [...commands, ...actions, ...people, ...places];
  }, [core, agents, teams, views, macros]);
  const search = (text: string): Choice[] =>
    text.trim().length < 2
      ? []
      : [
          {
            id: "search-for",
            label: t("palette.searchFor", { text }),
            group: t("palette.search"),
            icon: "search",
            run: () => core.go({ page: "search", query: text, conversation: null }),
          },
        ];
  const foot = (
    <>
      <kbd>↑</kbd> <kbd>↓</kbd> {t("palette.choose")} <kbd>↵</kbd> {t("palette.run")}
      <span className="grow" />
      {t("palette.foot")} <Keys command="help" />
    </>
  );
  return (
    <Chooser
      label={t("cmd.palette")}
      placeholder={t("palette.ask")}
      choices={choices}
      typed={search}
      typedLast
      reread={asLatin}
      close={() => core.show({ sheet: null })}
      foot={foot}
    />
  );
}
