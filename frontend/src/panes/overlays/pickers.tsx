import { useRef, useState } from "react";
import { COMMANDS, isFor } from "../../commands/registry";
import { assign, escalate, merge, setPriority, setSubject, setTeam, snooze, toggleTag } from "../../commands/triage";
import type { ConversationShape } from "../../protocol/types.generated";
import { openId, type Picker, targets } from "../../store/desk";
import type { FilterField } from "../../store/filter";
import { row as shownRow } from "../../store/select";
import { currentLanguage, type Key, t } from "../../text/i18n";
import { parseSnooze, type Snooze } from "../../text/snooze";
import { instant } from "../../text/time";
import { type Choice, Chooser } from "../../ui/chooser";
import { Confirm } from "../../ui/confirm";
import { AgentFace, NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Keys } from "../../ui/keys";
import { tagColour } from "../../ui/marks";
import { useCore, useSelect } from "../../ui/use-core";
import { FilterPicker, SortPicker, ValuePicker } from "./filter-picker";
import { SendLater } from "./send-later";
import { Templates } from "./templates";
import { ViewDialog } from "./view-dialog";

/** The list that a key asks for. It acts on what was ticked or open when it was opened. */
export function Pickers({ picker }: { picker: Picker }) {
  const core = useCore();
  const ids = useRef(targets(core.desk.get())).current;
  const close = () => core.show({ picker: null });
  if (picker.startsWith("filter:")) {
    return <ValuePicker field={picker.slice("filter:".length) as FilterField} close={close} />;
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
    case "save-view":
    case "edit-view":
      return <ViewDialog change={picker === "edit-view"} close={close} />;
    case "send-later":
      return <SendLater close={close} />;
    case "templates":
      return <Templates close={close} />;
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
      lead: <AgentFace id={agent.id} />,
      detail: agent.id === me ? <Keys command="claim" /> : undefined,
      also: agent.email,
      run: () => run(agent.id),
    }));
}

function AssignPicker({ ids, close }: Props) {
  const core = useCore();
  const people = useAgentChoices((id) => assign(core, ids, id));
  const nobody: Choice = { id: "nobody", label: t("assign.nobody"), icon: "x", run: () => assign(core, ids, null) };
  return <Chooser label={t("cmd.assign")} choices={[...people, nobody]} close={close} />;
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
  const done = () => {
    close();
    const [kind, target] = to.split(":");
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
          <option value="">{t("escalate.anyone")}</option>
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
  const rows = useSelect((state) => state.rows);
  const [found, setFound] = useState<readonly ConversationShape[]>([]);
  const contact = rows[id]?.contact.id;
  const all = new Map([...Object.values(rows), ...found].map((row) => [row.id, row]));
  const choices: Choice[] = [...all.values()]
    .filter((row) => row.id !== id && !row.merged_into)
    .sort(
      (a, b) =>
        Number(b.contact.id === contact) - Number(a.contact.id === contact) ||
        b.last_activity_at.localeCompare(a.last_activity_at),
    )
    .slice(0, 60)
    .map((row) => ({
      id: row.id,
      label: `#${row.number} ${row.contact.name}`,
      lead: <NetworkBadge network={row.network} channelId={row.channel_id} />,
      detail: (
        <span className="clip" style={{ maxWidth: 240 }}>
          {row.preview}
        </span>
      ),
      also: row.preview,
      run: () => void merge(core, id, row.id),
    }));
  const ask = (text: string) => {
    if (text.trim().length < 2) return;
    core.api
      .get<{ items: { conversation: ConversationShape }[] }>("/search", { q: text, limit: "20" })
      .then((page) => setFound(page.items.map((item) => item.conversation)))
      .catch(() => {});
  };
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
