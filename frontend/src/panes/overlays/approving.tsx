import { useState } from "react";
import { approve, pendingIn, sendBack, waits } from "../../commands/approvals";
import type { MessageShape } from "../../protocol/types.generated";
import { useAsk, Wrong } from "../../settings/page";
import { EMPTY_TIMELINE } from "../../store/state";
import { t } from "../../text/i18n";
import { Confirm } from "../../ui/confirm";
import { useCore, useSelect } from "../../ui/use-core";

type Doing = "change" | "back" | "anyway";
const TITLES = { change: "approval.change", back: "approval.back", anyway: "approval.anyway" } as const;

interface Props {
  /** What is asked, in which conversation, and of which answer: `change:7:42`. */
  asked: string;
  close: () => void;
}

/** Asked before an answer that waits for a yes goes in other words, goes back, or goes before others. */
export function Approving({ asked, close }: Props) {
  const [what, conversation, id] = asked.split(":") as [Doing, string, string];
  const timeline = useSelect((state) => state.timelines[conversation] ?? EMPTY_TIMELINE);
  const message = timeline.messages[id];
  if (!message) return null;
  return <Asking message={message} what={what} pending={pendingIn(timeline).length} close={close} />;
}

interface AskingProps {
  message: MessageShape;
  what: Doing;
  pending: number;
  close: () => void;
}

/** Its words stay until the server has said yes, and when a colleague was quicker. */
function Asking({ message, what, pending, close }: AskingProps) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [text, setText] = useState(what === "change" ? message.text : "");
  const decided = !waits(message) && !busy;
  const done = async () => {
    if (busy || decided) return;
    const carryOut = () =>
      what === "back"
        ? sendBack(core, message, text)
        : approve(core, message, what === "change" ? text : null, pending > 1);
    if (await ask(() => carryOut().then(() => true))) close();
  };
  const warning = what !== "back" && pending > 1 ? t("approval.two", { n: pending }) : undefined;
  return (
    <Confirm
      title={t(TITLES[what])}
      text={warning}
      action={t(TITLES[what])}
      safe
      off={busy || decided}
      cancel={close}
      confirm={() => void done()}
    >
      <Wrong text={decided ? t("approval.decided") : wrong} />
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
