import { useEffect } from "react";
import { loadShared, takeOver } from "../../../commands/drafts";
import { signal } from "../../../commands/registry";
import { reason } from "../../../commands/triage";
import type { ConversationShape, SharedDraftShape } from "../../../protocol/types.generated";
import { t } from "../../../text/i18n";
import { clock } from "../../../text/time";
import { AgentFace } from "../../../ui/face";
import { useCore, useDesk, useSelect } from "../../../ui/use-core";
import { useSettled } from "../../../ui/use-settled";
import s from "./composer.module.css";

/** What colleagues have begun to write here and share: who wrote it, and the way to go on with it. */
export function SharedDrafts({ row, mode }: { row: ConversationShape; mode: "reply" | "note" }) {
  const core = useCore();
  // Whoever comes back is not told again what colleagues wrote, or took back, while he was away.
  const live = useDesk((desk) => desk.sync.phase === "live");
  const all = useSelect((state) => state.sharedDrafts);
  const settled = useSettled(row.id);
  useEffect(() => {
    if (live && settled) loadShared(core, row.id).catch(() => {});
  }, [core, row.id, live, settled]);
  return Object.values(all)
    .filter((draft) => draft.conversation_id === row.id && draft.mode === mode)
    .map((draft) => <Shared key={draft.agent_id} draft={draft} />);
}

function Shared({ draft }: { draft: SharedDraftShape }) {
  const core = useCore();
  const name = useSelect((state) => state.agents[draft.agent_id]?.name ?? t("somebody"));
  const answered = useSelect(
    ({ timelines }) => timelines[draft.conversation_id]?.messages[draft.in_reply_to ?? ""]?.author.name,
  );
  const goOn = () =>
    takeOver(core, draft)
      .then(() => signal("words-back"))
      .catch((error) => core.toast(reason(error), "bad"));
  return (
    <aside className={s.sharedDraft} aria-label={t("draft.sharedBy", { name, time: clock(draft.at) })}>
      <AgentFace id={draft.agent_id} />
      <span className={s.sharedWords}>
        <b className="small">{t("draft.sharedBy", { name, time: clock(draft.at) })}</b>
        {answered && <span className="small muted">{t("draft.answers", { name: answered })}</span>}
        <span dir="auto">{draft.text}</span>
      </span>
      <button type="button" className="btn sm nowrap" onClick={() => void goOn()}>
        {t("draft.takeOver")}
      </button>
    </aside>
  );
}
