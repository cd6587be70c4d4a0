import { useMemo } from "react";
import { draftText } from "../../../commands/reply";
import type { ConversationShape } from "../../../protocol/types.generated";
import { can, capability } from "../../../store/select";
import { draftKey, EMPTY_TIMELINE } from "../../../store/state";
import { t } from "../../../text/i18n";
import { useCore, useDesk, useSelect } from "../../../ui/use-core";
import { modeOfDraft, TO_PRIVATE, targetFor, targetsOf } from "./audience";
import { Clash } from "./clash";
import s from "./composer.module.css";
import { SharedDrafts } from "./shared-drafts";
import { Writer } from "./writer";

const NOTE = "note";

/** Chooses whom one writes to; the writing itself is in Writer, one for answers and one for notes. */
export function Composer({ row }: { row: ConversationShape }) {
  const core = useCore();
  const timeline = useSelect((state) => state.timelines[row.id] ?? EMPTY_TIMELINE);
  const channels = useSelect((state) => state.channels);
  const chosen = useDesk((desk) => desk.mode[row.id]);
  const kept = useSelect((state) => state.drafts[draftKey(row.id, "reply")]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the copy of this browser changes with it
  const mode = useMemo(() => chosen ?? modeOfDraft(draftText(core, row.id, "reply")), [core, chosen, kept, row.id]);
  const answers = useSelect((state) => can(state, "reply"));
  const answered = useDesk((desk) => desk.replyTo[row.id]);
  const collision = useDesk((desk) => desk.collision[row.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: capabilities come with the channels
  const targets = useMemo(() => {
    // Who reads and comments alone writes notes.
    if (!answers) return [];
    const { messages } = timeline;
    const takes = (thread: ConversationShape["threads"][number]) => capability(core.state(), thread);
    return targetsOf(row, Object.values(messages), takes, answered ? messages[answered] : undefined);
  }, [core, row, timeline.messages, channels, answered, answers]);
  const note = mode === NOTE || targets.length === 0;
  const target = note ? undefined : targetFor(targets, mode);
  /** Whether a private answer could go to somebody else than the one it was begun for. */
  const unsure =
    target?.audience === "private" &&
    (target.privateReply || mode === TO_PRIVATE) &&
    row.participants_count > 1 &&
    !timeline.messages[answered ?? ""];
  const choose = (next: string) =>
    core.desk.update((desk) => ({ ...desk, mode: { ...desk.mode, [row.id]: next } }), true);
  const name = note ? t("note.label") : target?.audience === "public" ? t("lane.public") : t("audience.private");
  return (
    <div className={s.composer}>
      {collision && !note && <Clash row={row} collision={collision} toNote={() => choose(NOTE)} />}
      <SharedDrafts row={row} mode={note ? "note" : "reply"} />
      <Writer
        key={note ? NOTE : "reply"}
        row={row}
        targets={targets}
        target={target}
        unsure={unsure}
        choose={choose}
        name={name}
      />
    </div>
  );
}
