import { useEffect, useRef, useState } from "react";
import {
  type BulkAnswer,
  type BulkWords,
  previewReplies,
  type Recipient,
  SLICE,
  takeBackMany,
} from "../../commands/bulk";
import { pushUndo, reason } from "../../commands/triage";
import { newKey } from "../../http/api";
import { t } from "../../text/i18n";
import { Dialog } from "../../ui/dialog";
import d from "../../ui/dialog.module.css";
import { Icon } from "../../ui/icon";
import { useCore, useSelect } from "../../ui/use-core";
import s from "./desk.module.css";

interface Props {
  ids: readonly string[];
  close: () => void;
}

/** One prepared answer to many: chosen, read as each would read it, sent in slices, and stopped if need be. */
export function BulkReply({ ids, close }: Props) {
  const canned = useSelect((state) => state.canned);
  const [choice, setChoice] = useState("");
  const [own, setOwn] = useState("");
  const words: BulkWords | null = choice ? { canned_id: choice } : own.trim() ? { text: own } : null;
  const { people, wrong, asking } = usePreview(ids, words);
  const sending = useSending(words, close);
  const going = people?.filter((one) => one.ok) ?? [];
  return (
    <Dialog label={t("cmd.bulkReply")} close={sending.running ? () => {} : close}>
      <form
        className={`${d.box} ${s.wide}`}
        onSubmit={(event) => {
          event.preventDefault();
          if (going.length && !sending.running) void sending.send(going.map((one) => one.id));
        }}
      >
        <h2>{t("cmd.bulkReply")}</h2>
        <div className="field">
          <label htmlFor="bulk-canned">{t("canned")}</label>
          <select
            id="bulk-canned"
            className="input"
            disabled={sending.running}
            value={choice}
            onChange={(event) => setChoice(event.target.value)}
          >
            <option value="">{t("bulkReply.own")}</option>
            {Object.values(canned)
              .sort((a, b) => a.name.localeCompare(b.name))
              .map((one) => (
                <option key={one.id} value={one.id}>
                  /{one.shortcut} {one.name}
                </option>
              ))}
          </select>
        </div>
        {!choice && (
          <textarea
            className="input"
            rows={3}
            dir="auto"
            aria-label={t("bulkReply.own")}
            placeholder={t("bulkReply.hint")}
            disabled={sending.running}
            value={own}
            onChange={(event) => setOwn(event.target.value)}
          />
        )}
        {wrong && (
          <div className="banner bad small" role="alert">
            {wrong}
          </div>
        )}
        {people && <People people={people} />}
        {sending.running && (
          <label className="small" role="status">
            {t("bulkReply.sent", { n: sending.done, of: sending.of })}
            <progress className={s.progress} value={sending.done} max={sending.of} />
          </label>
        )}
        <div className={d.buttons}>
          <button type="button" className="btn" onClick={sending.running ? sending.stop : close}>
            {sending.running ? t("bulkReply.stop") : t("cancel")}
          </button>
          <button
            type="submit"
            className="btn primary"
            disabled={!going.length || sending.running || asking || people === null}
          >
            {t("bulkReply.send", { n: going.length })}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function People({ people }: { people: readonly Recipient[] }) {
  const left = people.filter((one) => !one.ok).length;
  return (
    <>
      <p className="small muted" role="status">
        {t("bulkReply.who", { n: people.length - left, left })}
      </p>
      <ul className={s.people}>
        {people.map((one) => (
          <li key={one.id} className={one.ok ? "" : s.left}>
            <span className="flex clip">
              <Icon name={one.ok ? (one.audience === "public" ? "globe" : "lock") : "xcircle"} size="s" />
              <b>{one.name || t("person.nameless")}</b> {one.number !== null && `#${one.number}`}
            </span>
            <span className={`small ${s.said}`} dir="auto">
              {one.ok ? one.text : t("bulkReply.leftOut", { why: one.detail ?? one.code ?? "" })}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

const PAUSE_MS = 500;

function usePreview(ids: readonly string[], words: BulkWords | null) {
  const core = useCore();
  const [people, setPeople] = useState<Recipient[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const asked = words === null ? "" : JSON.stringify(words);
  useEffect(() => {
    setWrong(null);
    if (!asked) return setPeople(null);
    let current = true;
    setAsking(true);
    const timer = setTimeout(() => {
      previewReplies(core, ids, JSON.parse(asked) as BulkWords)
        .then((found) => current && setPeople(found))
        .catch((error) => current && setWrong(reason(error)))
        .finally(() => current && setAsking(false));
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [core, ids, asked]);
  return { people, wrong, asking };
}

/** Slice after slice, until all are sent or somebody stops it; one undo takes back what has not left. */
function useSending(words: BulkWords | null, close: () => void) {
  const core = useCore();
  const [running, setRunning] = useState(false);
  const [done, setDone] = useState(0);
  const [of, setOf] = useState(0);
  const stopped = useRef(false);
  const send = async (ids: readonly string[]) => {
    stopped.current = false;
    setRunning(true);
    setDone(0);
    setOf(ids.length);
    const results: BulkAnswer["results"] = [];
    const kept: string[] = [];
    try {
      for (let at = 0; at < ids.length && !stopped.current; at += SLICE) {
        const body = { ids: ids.slice(at, at + SLICE), ...words };
        const answer = await core.api.post<BulkAnswer>("/conversations/bulk-replies", body, { key: newKey() });
        results.push(...answer.results);
        if (answer.bulk_id) kept.push(answer.bulk_id);
        setDone(results.length);
      }
    } catch (error) {
      core.toast(reason(error), "bad");
    }
    setRunning(false);
    finish(results, kept, ids.length);
  };
  const finish = (results: BulkAnswer["results"], kept: string[], all: number) => {
    const sent = results.filter((one) => one.ok).length;
    const text = sent < all ? t("bulkReply.stopped", { n: sent, of: all }) : t("bulkReply.done", { n: sent });
    core.show({ bulk: { done: text, results }, selected: new Set(), selecting: false });
    core.toast(text, sent < all ? "bad" : "done", {
      label: t("bulk.each"),
      run: () => core.show({ picker: "bulk-results" }),
    });
    const run = async () => {
      for (const id of kept) await takeBackMany(core, id);
    };
    if (kept.length) pushUndo(core, { text, until: Date.now() + HOLD_MS, seconds: HOLD_MS / 1000, run });
    close();
  };
  return { running, done, of, send, stop: () => (stopped.current = true) };
}

/** As long as the server holds them. */
const HOLD_MS = 30_000;
