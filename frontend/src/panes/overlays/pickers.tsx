import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { COMMANDS, isFor } from "../../commands/registry";
import { assign, escalate, merge, setPriority, setSubject, setTeam, snooze, toggleTag } from "../../commands/triage";
import type { ChainShape, ConversationShape } from "../../protocol/types.generated";
import { currentView, openId, type Picker, targets } from "../../store/desk";
import type { FilterField } from "../../store/filter";
import { row as shownRow } from "../../store/select";
import { currentLanguage, type Key, t } from "../../text/i18n";
import { ruleWords } from "../../text/rules/load";
import { parseSnooze, type Snooze } from "../../text/snooze";
import { instant } from "../../text/time";
import { type Choice, Chooser } from "../../ui/chooser";
import { Confirm } from "../../ui/confirm";
import { AgentFace } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Keys } from "../../ui/keys";
import { Load } from "../../ui/load";
import { tagColour } from "../../ui/marks";
import { useCore, useSelect } from "../../ui/use-core";
import { Approving } from "./approving";
import { AvailabilityPicker } from "./availability-picker";
import { BulkReply } from "./bulk-reply";
import { BulkResults, ClosingPicker, LinkPicker, SplitPicker, useOthers } from "./desk-pickers";
import { EditMessage } from "./edit-message";
import { FilterPicker, SortPicker, ValuePicker } from "./filter-picker";
import { MacroDialog, MacroPicker } from "./macro-picker";
import { RoutingPicker } from "./routing-picker";
import { SendLater } from "./send-later";
import { Templates } from "./templates";
import { TranscriptPicker } from "./transcript";
import { ViewDialog } from "./view-dialog";

const ConditionBuilder = lazy(
  // What it asks of surveys is said as rules say it.
  async () => (await Promise.all([import("./condition-builder"), ruleWords()]))[0],
);

/** The list that a key asks for. It acts on what was ticked or open when it was opened. */
export function Pickers({ picker }: { picker: Picker }) {
  const core = useCore();
  const ids = useRef(targets(core.desk.get())).current;
  const close = () => core.show({ picker: null });
  if (picker.startsWith("filter:")) {
    return <ValuePicker field={picker.slice("filter:".length) as FilterField} close={close} />;
  }
  if (picker.startsWith("macro:")) {
    return <MacroDialog ids={ids} id={picker.slice("macro:".length)} close={close} />;
  }
  if (picker.startsWith("split:")) {
    return <SplitPicker id={ids[0] ?? ""} first={picker.slice("split:".length)} close={close} />;
  }
  if (picker.startsWith("approval:")) {
    return <Approving asked={picker.slice("approval:".length)} close={close} />;
  }
  if (picker.startsWith("edit:")) {
    const [, conversation = "", id = ""] = picker.split(":");
    return <EditMessage conversation={conversation} id={id} close={close} />;
  }
  switch (picker) {
    case "assign":
      return <AssignPicker ids={ids} close={close} />;
    case "handover":
      return <Handover ids={ids} close={close} />;
    case "team":
      return <TeamPicker ids={ids} close={close} />;
    case "tag":
      return <TagPicker ids={ids} close={close} />;
    case "priority":
      return <PriorityPicker ids={ids} close={close} />;
    case "snooze":
      return <SnoozePicker ids={ids} close={close} />;
    case "escalate":
      return <EscalatePicker id={ids[0] ?? ""} close={close} />;
    case "merge":
      return <MergePicker id={ids[0] ?? ""} close={close} />;
    case "filter":
      return <FilterPicker close={close} />;
    case "sort":
      return <SortPicker close={close} />;
    case "condition":
      return (
        <Suspense>
          <ConditionBuilder close={close} />
        </Suspense>
      );
    case "save-view":
      return <ViewDialog close={close} />;
    case "edit-view":
      return <ViewDialog view={core.state().views[currentView(core.desk.get())]} close={close} />;
    case "availability":
      return <AvailabilityPicker close={close} />;
    case "send-later":
      return <SendLater close={close} />;
    case "templates":
      return <Templates close={close} />;
    case "macro":
      return <MacroPicker close={close} />;
    case "link":
      return <LinkPicker id={ids[0] ?? ""} close={close} />;
    case "split":
      return <SplitPicker id={ids[0] ?? ""} close={close} />;
    case "bulk-reply":
      return <BulkReply ids={ids} close={close} />;
    case "bulk-results":
      return <BulkResults close={close} />;
    case "closing":
      return <ClosingPicker close={close} />;
    case "transcript":
      return <TranscriptPicker id={ids[0] ?? ""} close={close} />;
    case "routing":
      return <RoutingPicker id={ids[0] ?? ""} close={close} />;
    case "subject":
      return <SubjectPicker id={ids[0] ?? ""} close={close} />;
    default:
      return <MorePicker close={close} />;
  }
}

interface Props {
  ids: readonly string[];
  close: () => void;
}

function useAgentChoices(run: (id: string) => void): Choice[] {
  const agents = useSelect((state) => state.agents);
  const me = useSelect((state) => state.me?.agent.id);
  return Object.values(agents)
    .filter((agent) => agent.active && agent.role !== "observer")
    .sort((a, b) => Number(b.id === me) - Number(a.id === me) || a.name.localeCompare(b.name))
    .map((agent) => ({
      id: agent.id,
      label: agent.name,
      lead: <AgentFace id={agent.id} state />,
      detail: (
        <>
          <Load id={agent.id} />
          {agent.id === me && <Keys command="claim" />}
        </>
      ),
      also: agent.email,
      run: () => run(agent.id),
    }));
}

function AssignPicker({ ids, close }: Props) {
  const core = useCore();
  const people = useAgentChoices((id) => assign(core, ids, id));
  const nobody: Choice = { id: "nobody", label: t("assign.nobody"), icon: "x", run: () => assign(core, ids, null) };
  const who: Choice = {
    id: "who",
    label: t("cmd.routing"),
    icon: "unknown",
    // The list closes itself before: what it asks for then stays open.
    run: () => core.show({ picker: "routing" }),
  };
  const choices = [...people, nobody, ...(ids.length === 1 ? [who] : [])];
  return <Chooser label={t("cmd.assign")} choices={choices} close={close} />;
}

/** Assigning with a few words for the one who takes over. */
function Handover({ ids, close }: Props) {
  const core = useCore();
  const [to, setTo] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const chosen = useRef(false);
  const people = useAgentChoices((id) => {
    chosen.current = true;
    setTo(id);
  });
  const name = useSelect((state) => (to ? (state.agents[to]?.name ?? "") : ""));
  // The list closes before the choice runs: only a list left without one closes the whole.
  if (to === null) {
    const leave = () => queueMicrotask(() => !chosen.current && close());
    return <Chooser label={t("cmd.handover")} choices={people} close={leave} />;
  }
  const done = () => {
    close();
    assign(core, ids, to, note);
  };
  return (
    <Confirm title={t("handover.to", { name })} action={t("handover.do")} safe cancel={close} confirm={done}>
      <textarea
        className="input"
        rows={4}
        dir="auto"
        aria-label={t("handover.note")}
        placeholder={t("handover.note")}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
    </Confirm>
  );
}

function TeamPicker({ ids, close }: Props) {
  const core = useCore();
  const teams = useSelect((state) => state.teams);
  const choices: Choice[] = Object.values(teams).map((team) => ({
    id: team.id,
    label: team.name,
    icon: "users",
    run: () => setTeam(core, ids, team.id),
  }));
  choices.push({ id: "none", label: t("team.none"), icon: "x", run: () => setTeam(core, ids, null) });
  return <Chooser label={t("cmd.team")} choices={choices} close={close} />;
}

function TagPicker({ ids, close }: Props) {
  const core = useCore();
  const tags = useSelect((state) => state.tags);
  const rows = ids.map((id) => shownRow(core.state(), id)).filter((row): row is ConversationShape => row !== undefined);
  const has = (id: string) => rows.every((row) => row.tags.includes(id));
  const choices: Choice[] = Object.values(tags)
    .sort((a, b) => Number(has(b.id)) - Number(has(a.id)) || a.name.localeCompare(b.name))
    .map((tag) => ({
      id: tag.id,
      label: tag.name,
      lead: (
        <span style={{ width: 10, height: 10, borderRadius: 3, background: tagColour(tag.colour), flex: "none" }} />
      ),
      detail: has(tag.id) ? <Icon name="check" size="s" label={t("tag.on")} /> : undefined,
      run: () => void toggleTag(core, ids, tag.id),
    }));
  return <Chooser label={t("cmd.tag")} choices={choices} close={close} />;
}

const PRIORITIES: readonly [ConversationShape["priority"], Key][] = [
  ["urgent", "priority.urgent"],
  ["high", "priority.high"],
  ["normal", "priority.normal"],
  ["low", "priority.low"],
];

function PriorityPicker({ ids, close }: Props) {
  const core = useCore();
  const choices: Choice[] = PRIORITIES.map(([value, label]) => ({
    id: value,
    label: t(label),
    icon: "bolt",
    run: () => setPriority(core, ids, value),
  }));
  return <Chooser label={t("cmd.priority")} choices={choices} close={close} />;
}

const SUGGESTED: readonly [string, Key][] = [
  ["1h", "snooze.hour"],
  ["3h", "snooze.three"],
  ["tomorrow 9", "snooze.tomorrow"],
  ["mon 9", "snooze.monday"],
  ["until reply", "snooze.reply"],
];

function SnoozePicker({ ids, close }: Props) {
  const core = useCore();
  const when = (choice: Snooze) => ("until" in choice ? instant(choice.until) : t("snooze.reply"));
  const choices: Choice[] = SUGGESTED.flatMap(([text, label]) => {
    const choice = parseSnooze(text, Date.now());
    return choice
      ? [
          {
            id: text,
            label: t(label),
            icon: "moon" as const,
            detail: "until" in choice ? instant(choice.until) : undefined,
            run: () => snooze(core, ids, choice),
          },
        ]
      : [];
  });
  const typed = (text: string): Choice[] => {
    const choice = parseSnooze(text, Date.now(), currentLanguage());
    return choice
      ? [
          {
            id: "typed",
            label: t("snooze.until", { time: when(choice) }),
            icon: "moon",
            run: () => snooze(core, ids, choice),
          },
        ]
      : [];
  };
  return (
    <Chooser label={t("cmd.snooze")} placeholder={t("snooze.ask")} choices={choices} typed={typed} close={close} />
  );
}

function EscalatePicker({ id, close }: { id: string; close: () => void }) {
  const core = useCore();
  const [why, setWhy] = useState("");
  const [to, setTo] = useState("");
  const agents = useSelect((state) => state.agents);
  const teams = useSelect((state) => state.teams);
  const [chains, setChains] = useState<readonly ChainShape[]>([]);
  useEffect(() => {
    core.api
      .get<{ items: ChainShape[] }>("/escalation-chains")
      .then((answer) => setChains(answer.items.filter((one) => one.active)))
      .catch(() => {});
  }, [core]);
  const done = () => {
    close();
    const [kind, target] = to.split(":");
    if (kind === "chain") return void escalate(core, id, why, { chain_id: target });
    void escalate(
      core,
      id,
      why,
      kind === "agent" ? { to_agent_id: target } : kind === "team" ? { to_team_id: target } : {},
    );
  };
  return (
    <Confirm title={t("cmd.escalate")} action={t("cmd.escalate")} safe cancel={close} confirm={done}>
      <div className="field">
        <label htmlFor="why">{t("escalate.why")}</label>
        <textarea
          id="why"
          className="input"
          rows={3}
          required
          dir="auto"
          value={why}
          onChange={(event) => setWhy(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor="to">{t("escalate.to")}</label>
        <select id="to" className="input" value={to} onChange={(event) => setTo(event.target.value)}>
          <option value="">{chains.length ? t("escalate.usual") : t("escalate.anyone")}</option>
          {chains.map((one) => (
            <option key={one.id} value={`chain:${one.id}`}>
              {t("escalate.chain", { name: one.name })}
            </option>
          ))}
          {Object.values(teams).map((team) => (
            <option key={team.id} value={`team:${team.id}`}>
              {team.name}
            </option>
          ))}
          {Object.values(agents)
            .filter((agent) => agent.active && agent.role !== "agent")
            .map((agent) => (
              <option key={agent.id} value={`agent:${agent.id}`}>
                {agent.name}
              </option>
            ))}
        </select>
      </div>
    </Confirm>
  );
}

/** Into another conversation of the same person first, then any that is known here. */
function MergePicker({ id, close }: { id: string; close: () => void }) {
  const core = useCore();
  const { choices, ask } = useOthers(id, (row) => void merge(core, id, row.id));
  return <Chooser label={t("cmd.merge")} placeholder={t("merge.ask")} choices={choices} asked={ask} close={close} />;
}

function SubjectPicker({ id, close }: { id: string; close: () => void }) {
  const core = useCore();
  const [subject, setSubjectText] = useState(() => shownRow(core.state(), id)?.subject ?? "");
  const done = () => {
    close();
    setSubject(core, id, subject);
  };
  return (
    <Confirm title={t("cmd.subject")} action={t("save")} safe cancel={close} confirm={done}>
      <input
        className="input"
        aria-label={t("cmd.subject")}
        dir="auto"
        value={subject}
        onChange={(event) => setSubjectText(event.target.value)}
      />
    </Confirm>
  );
}

/** The menu behind the three dots: everything for this conversation. */
function MorePicker({ close }: { close: () => void }) {
  const core = useCore();
  const open = openId(core.desk.get());
  const choices: Choice[] = COMMANDS.filter((command) => command.group === "conversation" && isFor(core, command)).map(
    (command) => ({
      id: command.id,
      label: t(command.label),
      icon: command.icon,
      detail: <Keys command={command.id} />,
      run: () => command.run(core),
    }),
  );
  return <Chooser key={open} label={t("more")} choices={choices} close={close} />;
}
