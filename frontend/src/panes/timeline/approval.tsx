import { useState } from "react";
import { approve, pendingIn, sendBack } from "../../commands/approvals";
import { takeBack } from "../../commands/reply";
import type { MessageShape } from "../../protocol/types.generated";
import { can } from "../../store/select";
import { EMPTY_TIMELINE } from "../../store/state";
import { t } from "../../text/i18n";
import { Confirm } from "../../ui/confirm";
import { Icon } from "../../ui/icon";
import { useCore, useSelect } from "../../ui/use-core";
import s from "./timeline.module.css";

/** What the server says of an answer that waits for somebody's yes. */
export const APPROVAL = "approval";

/** An answer that waits for a yes: its author can take it back, a supervisor lets it go, changes it, or sends it back. */
export function ApprovalFoot({ message }: { message: MessageShape }) {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const own = useSelect((state) => state.me?.agent.id === message.author.id);
  const pending = useSelect((state) => pendingIn(state.timelines[message.conversation_id] ?? EMPTY_TIMELINE).length);
  const [doing, setDoing] = useState<"change" | "back" | "anyway" | null>(null);
  const yes = () => (pending > 1 ? setDoing("anyway") : void approve(core, message));
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
          </button>
          <button type="button" className="btn sm" onClick={() => setDoing("change")}>
            {t("approval.change")}
          </button>
          <button type="button" className="btn sm" onClick={() => setDoing("back")}>
            {t("approval.back")}
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

interface AskingProps {
  message: MessageShape;
  what: "change" | "back" | "anyway";
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
