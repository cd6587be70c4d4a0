import { useEffect, useRef } from "react";
import { approve, pendingIn } from "../../commands/approvals";
import { onSignal } from "../../commands/registry";
import { takeBack } from "../../commands/reply";
import { reason } from "../../commands/triage";
import type { MessageShape } from "../../protocol/types.generated";
import { can } from "../../store/select";
import { EMPTY_TIMELINE } from "../../store/state";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { Keys } from "../../ui/keys";
import { useCore, useSelect } from "../../ui/use-core";
import s from "./timeline.module.css";

/**
 * An answer that waits for a yes: its author can take it back, a supervisor lets it go, changes it, or sends it back.
 * Where several wait, the keys mean the one that was written first.
 */
export function ApprovalFoot({ message }: { message: MessageShape }) {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const own = useSelect((state) => state.me?.agent.id === message.author.id);
  const timeline = useSelect((state) => state.timelines[message.conversation_id] ?? EMPTY_TIMELINE);
  const waiting = pendingIn(timeline);
  const pending = waiting.length;
  const first = waiting[0]?.id === message.id;
  // What is asked floats above: it outlives this foot, which goes when a colleague decides.
  const ask = (what: "change" | "back" | "anyway") =>
    core.show({ picker: `approval:${what}:${message.conversation_id}:${message.id}` });
  const yes = () => {
    if (pending > 1) return ask("anyway");
    approve(core, message).catch((error) => core.toast(reason(error), "bad"));
  };
  useAsked(may && first, {
    "approval-yes": yes,
    "approval-change": () => ask("change"),
    "approval-back": () => ask("back"),
  });
  return (
    <div className={s.foot}>
      <span className="flex">
        <Icon name="checks" size="s" />
        {t("delivery.approval")}
      </span>
      {may && (
        <>
          <button type="button" className="btn sm primary" onClick={yes}>
            {t("approval.approve")}
            {first && <Keys command="approve" />}
          </button>
          <button type="button" className="btn sm" onClick={() => ask("change")}>
            {t("approval.change")}
            {first && <Keys command="approve-changed" />}
          </button>
          <button type="button" className="btn sm" onClick={() => ask("back")}>
            {t("approval.back")}
            {first && <Keys command="send-back" />}
          </button>
        </>
      )}
      {own && (
        <button
          type="button"
          className="btn ghost sm"
          onClick={() => void takeBack(core, message).catch(() => core.toast(t("undo.tooLate"), "bad"))}
        >
          {t("message.takeBack")}
        </button>
      )}
    </div>
  );
}

/** What the keys of these commands do here. */
function useAsked(here: boolean, does: Record<string, () => void>) {
  const latest = useRef(does);
  latest.current = does;
  useEffect(
    () => (here ? onSignal((what) => typeof what === "string" && latest.current[what]?.()) : undefined),
    [here],
  );
}
