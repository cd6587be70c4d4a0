import { useEffect, useRef, useState } from "react";
import { approve, pendingIn, sendBack } from "../../commands/approvals";
import { onSignal } from "../../commands/registry";
import { takeBack } from "../../commands/reply";
import type { MessageShape } from "../../protocol/types.generated";
import { can } from "../../store/select";
import { EMPTY_TIMELINE } from "../../store/state";
import { t } from "../../text/i18n";
import { Confirm } from "../../ui/confirm";
import { Icon } from "../../ui/icon";
import { Keys } from "../../ui/keys";
import { useCore, useSelect } from "../../ui/use-core";
import s from "./timeline.module.css";

/** What the server says of an answer that waits for somebody's yes. */
export const APPROVAL = "approval";

type Doing = "change" | "back" | "anyway";

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
  const [doing, setDoing] = useState<Doing | null>(null);
  const yes = () => (pending > 1 ? setDoing("anyway") : void approve(core, message));
  useAsked(may && first, {
    "approval-yes": yes,
    "approval-change": () => setDoing("change"),
    "approval-back": () => setDoing("back"),
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
          <button type="button" className="btn sm" onClick={() => setDoing("change")}>
            {t("approval.change")}
            {first && <Keys command="approve-changed" />}
          </button>
          <button type="button" className="btn sm" onClick={() => setDoing("back")}>
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
      {doing && <Asking message={message} what={doing} pending={pending} close={() => setDoing(null)} />}
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

interface AskingProps {
  message: MessageShape;
  what: Doing;
  pending: number;
  close: () => void;
}

function Asking({ message, what, pending, close }: AskingProps) {
  const core = useCore();
  const [text, setText] = useState(what === "change" ? message.text : "");
  const done = () => {
    close();
    if (what === "back") void sendBack(core, message, text);
    else void approve(core, message, what === "change" ? text : null, pending > 1);
  };
  const titles = { change: "approval.change", back: "approval.back", anyway: "approval.anyway" } as const;
  const warning = what !== "back" && pending > 1 ? t("approval.two", { n: pending }) : undefined;
  return (
    <Confirm title={t(titles[what])} text={warning} action={t(titles[what])} safe cancel={close} confirm={done}>
      {what !== "anyway" && (
        <textarea
          className="input"
          rows={what === "change" ? 8 : 3}
          dir="auto"
          required={what === "change"}
          aria-label={t(what === "change" ? "approval.change" : "approval.why")}
          placeholder={what === "back" ? t("approval.why") : undefined}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
    </Confirm>
  );
}
