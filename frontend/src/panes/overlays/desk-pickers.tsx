import { useEffect, useRef, useState } from "react";
import { LINK_KINDS, type LinkKind, link, split } from "../../commands/marks";
import { openConversation } from "../../commands/navigate";
import { fillField, usePeopleSettings } from "../../commands/people-settings";
import { claim, closeAll, toggleTag } from "../../commands/triage";
import type { ConversationShape } from "../../protocol/types.generated";
import { emptyFields, missingToClose } from "../../store/closing";
import { row as shownRow } from "../../store/select";
import { EMPTY_TIMELINE } from "../../store/state";
import { t } from "../../text/i18n";
import { type Choice, Chooser } from "../../ui/chooser";
import { Confirm } from "../../ui/confirm";
import { Dialog } from "../../ui/dialog";
import d from "../../ui/dialog.module.css";
import { NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { kindLabel, tagColour } from "../../ui/marks";
import { useCore, useDesk, useSelect } from "../../ui/use-core";
import s from "./desk.module.css";

/** Conversations to choose another one from: of the same person first, then any known here, then what is found. */
export function useOthers(id: string, run: (row: ConversationShape) => void) {
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
      run: () => run(row),
    }));
  const ask = (text: string) => {
    if (text.trim().length < 2) return;
    core.api
      .get<{ items: { conversation: ConversationShape }[] }>("/search", { q: text, limit: "20" })
      .then((page) => setFound(page.items.map((item) => item.conversation)))
      .catch(() => {});
  };
  return { choices, ask };
}

/** Which conversation, then what this one is to it. */
export function LinkPicker({ id, close }: { id: string; close: () => void }) {
  const core = useCore();
  const [other, setOther] = useState<ConversationShape | null>(null);
  const chosen = useRef(false);
  const { choices, ask } = useOthers(id, (row) => {
    chosen.current = true;
    setOther(row);
  });
  if (!other) {
    // The list closes before the choice runs: only a list left without one closes the whole.
    const leave = () => queueMicrotask(() => !chosen.current && close());
    return <Chooser label={t("cmd.link")} placeholder={t("link.ask")} choices={choices} asked={ask} close={leave} />;
  }
  const kinds: Choice[] = LINK_KINDS.map((kind: LinkKind) => ({
    id: kind,
    label: t(`link.${kind}`, { number: `#${other.number}` }),
    icon: "link",
    run: () => void link(core, id, other.id, kind),
  }));
  return <Chooser key="kind" label={t("link.kind")} choices={kinds} close={close} />;
}

/** Threads to be split off: all but one may go. `first`: the one that was asked for. */
export function SplitPicker({ id, first, close }: { id: string; first?: string; close: () => void }) {
  const core = useCore();
  const row = useSelect((state) => shownRow(state, id));
  const timeline = useSelect((state) => state.timelines[id] ?? EMPTY_TIMELINE);
  const channels = useSelect((state) => state.channels);
  const [picked, setPicked] = useState<ReadonlySet<string>>(() => new Set(first ? [first] : []));
  if (!row) return null;
  const toggle = (thread: string) => {
    const next = new Set(picked);
    if (!next.delete(thread)) next.add(thread);
    setPicked(next);
  };
  const newest = (thread: string) =>
    Object.values(timeline.messages)
      .filter((message) => message.thread_id === thread)
      .sort((a, b) => b.position - a.position)[0];
  const whole = picked.size === 0 || picked.size === row.threads.length;
  const done = () => {
    if (whole) return;
    close();
    void split(core, id, [...picked]);
  };
  return (
    <Confirm title={t("cmd.split")} text={t("split.text")} action={t("split.do")} safe cancel={close} confirm={done}>
      <div className={s.threads}>
        {row.threads.map((thread) => {
          const last = newest(thread.id);
          return (
            <label key={thread.id}>
              <input type="checkbox" checked={picked.has(thread.id)} onChange={() => toggle(thread.id)} />
              <NetworkBadge network={thread.network} channelId={thread.channel_id} />
              <span className="nowrap">
                {kindLabel(thread.kind)} <span className="muted">{channels[thread.channel_id]?.name}</span>
              </span>
              <span className="clip muted small grow" dir="auto">
                {last ? `${last.author.name}: ${last.text}` : thread.title}
              </span>
            </label>
          );
        })}
      </div>
      {picked.size === row.threads.length && <p className="small muted">{t("split.leaveOne")}</p>}
    </Confirm>
  );
}

/** What the desk asks for before it is closed: chosen here, then it closes. */
export function ClosingPicker({ close }: { close: () => void }) {
  const core = useCore();
  const ids = useDesk((desk) => desk.closing);
  const tags = useSelect((state) => state.tags);
  const rules = useSelect((state) => state.deskRules?.closing);
  const [id] = ids;
  const missing = useSelect((state) => JSON.stringify(missingToClose(state, shownRow(state, id ?? null))));
  const lacks = JSON.parse(missing) as string[];
  const chosen = useRef(false);
  useEffect(() => {
    if (!id || lacks.length) return;
    core.show({ picker: null, closing: [] });
    closeAll(core, ids);
  }, [lacks.length, core, id, ids]);
  if (!rules || !id || !lacks.length) return null;
  const fields = lacks.length === 1 && lacks[0] === "field";
  if (fields) return <FieldAsked id={id} close={close} />;
  if (lacks.includes("assignee")) {
    const take: Choice = { id: "me", label: t("cmd.claim"), icon: "user", run: () => void claim(core, ids) };
    return <Chooser label={t("closing.assignee")} choices={[take]} close={() => {}} foot={<Leave close={close} />} />;
  }
  const wanted = rules.tag_ids.length ? rules.tag_ids : Object.keys(tags);
  const choices: Choice[] = wanted.flatMap((tag) => {
    const found = tags[tag];
    if (!found) return [];
    const lead = (
      <span key={tag} style={{ width: 9, height: 9, borderRadius: 9, background: tagColour(found.colour) }} />
    );
    const run = () => {
      chosen.current = true;
      void toggleTag(core, ids, tag);
    };
    return [{ id: tag, label: found.name, lead, run }];
  });
  // The list closes before its choice runs: only one left without a choice gives up.
  const leave = () => queueMicrotask(() => !chosen.current && close());
  return <Chooser label={t("closing.tag")} placeholder={t("closing.tag")} choices={choices} close={leave} />;
}

/** The first own field that is empty: chosen from its list, or written. The next one follows by itself. */
function FieldAsked({ id, close }: { id: string; close: () => void }) {
  const core = useCore();
  const key = useSelect((state) => emptyFields(state, shownRow(state, id))[0]);
  const { fields } = usePeopleSettings();
  const field = fields.find((one) => one.subject === "conversation" && one.key === key);
  const [text, setText] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: each field begins empty
  useEffect(() => setText(""), [key]);
  const chosen = useRef(false);
  if (!field) return null;
  const ask = t("closing.field", { field: field.name });
  const fill = (value: string) => void fillField(core, id, field.key, value);
  if (field.kind === "choice" || field.kind === "yes_no") {
    const options: [string, string][] =
      field.kind === "choice"
        ? field.choices.map((one) => [one, one])
        : [
            ["yes", t("person.yes")],
            ["no", t("person.no")],
          ];
    const choices = options.map(([value, label]): Choice => {
      const run = () => {
        chosen.current = true;
        fill(value);
      };
      return { id: value, label, icon: "note", run };
    });
    // The list closes before its choice runs: only one left without a choice gives up.
    const leave = () =>
      queueMicrotask(() => {
        if (!chosen.current) close();
        chosen.current = false;
      });
    return <Chooser key={key} label={ask} placeholder={ask} choices={choices} close={leave} />;
  }
  const type = field.kind === "date" || field.kind === "number" ? field.kind : "text";
  return (
    <Confirm key={key} title={ask} action={t("save")} safe cancel={close} confirm={() => text.trim() && fill(text)}>
      <input
        className="input"
        type={type}
        step="any"
        required
        dir="auto"
        aria-label={field.name}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </Confirm>
  );
}

function Leave({ close }: { close: () => void }) {
  return (
    <button type="button" className="btn ghost sm" onClick={close}>
      {t("cancel")}
    </button>
  );
}

/** What became of each conversation of the last bulk change. */
export function BulkResults({ close }: { close: () => void }) {
  const core = useCore();
  const bulk = useDesk((desk) => desk.bulk);
  const rows = useSelect((state) => state.rows);
  if (!bulk) return null;
  const sorted = [...bulk.results].sort((a, b) => Number(a.ok) - Number(b.ok));
  return (
    <Dialog label={bulk.done} close={close}>
      <div className={`${d.box} ${s.wide}`}>
        <h2>{bulk.done}</h2>
        <ul className={s.people}>
          {sorted.map((one) => (
            <li key={one.id} className={one.ok ? "" : s.left}>
              <button
                type="button"
                className="btn ghost sm clip"
                onClick={() => {
                  close();
                  openConversation(core, one.id);
                }}
              >
                <Icon name={one.ok ? "check" : "xcircle"} size="s" />
                {rows[one.id] ? `#${rows[one.id]?.number} ${rows[one.id]?.contact.name}` : one.id}
              </button>
              <span className={`small ${s.said}`}>{one.ok ? t("bulk.ok") : (one.detail ?? one.code)}</span>
            </li>
          ))}
        </ul>
        <div className={d.buttons}>
          <button type="button" className="btn primary" autoFocus onClick={close}>
            {t("close")}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
