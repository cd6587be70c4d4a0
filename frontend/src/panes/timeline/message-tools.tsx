import { useState } from "react";
import { signal } from "../../commands/registry";
import { tryAct } from "../../commands/reply";
import type { MessageShape, ThreadShape } from "../../protocol/types.generated";
import { capability } from "../../store/select";
import { t } from "../../text/i18n";
import { Confirm } from "../../ui/confirm";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import { useCore, useSelect } from "../../ui/use-core";
import s from "./timeline.module.css";

const EMOJI = ["👍", "❤️", "🙏", "😂", "😮", "😢"];

/** What the network lets one do with this item; the manifest decides, so nothing is offered that would be refused. */
export function MessageTools({ message, thread }: { message: MessageShape; thread: ThreadShape | null }) {
  const core = useCore();
  const can = useSelect((state) => (thread ? capability(state, thread) : undefined));
  const allowed = useSelect((state) => (thread ? state.channels[thread.channel_id]?.reactions_out : undefined));
  const [asking, setAsking] = useState<"delete" | "ban" | null>(null);
  const [emoji, setEmoji] = useState(false);
  const actions = new Set(can?.actions ?? []);
  const isIn = message.direction === "in";
  const done = message.delivery === null || ["accepted", "delivered", "read"].includes(message.delivery.state);
  if (message.deleted_at) return null;
  const act = (action: string, more = {}) => tryAct(core, message.id, { action, ...more });
  const answerThis = () => {
    core.desk.update(
      (desk) => ({
        ...desk,
        replyTo: { ...desk.replyTo, [message.conversation_id]: message.id },
        mode: message.thread_id ? { ...desk.mode, [message.conversation_id]: message.thread_id } : desk.mode,
      }),
      true,
    );
    signal("focus-reply");
  };
  const mine = message.reactions.find((reaction) => reaction.mine)?.emoji;
  const react = (choice: string) => {
    act("react", { emoji: choice === mine ? "" : choice });
    setEmoji(false);
  };
  return (
    <div className={s.tools} role="toolbar" aria-label={t("message.tools")}>
      {emoji &&
        (allowed?.length ? allowed.slice(0, 8) : EMOJI).map((choice) => (
          <button
            key={choice}
            type="button"
            className="btn ghost sm icon-only"
            aria-pressed={choice === mine}
            onClick={() => react(choice)}
          >
            {choice}
          </button>
        ))}
      {isIn && <Tool icon="reply" label={t("message.answer")} run={answerThis} />}
      {isIn && actions.has("react") && <Tool icon="heart" label={t("message.react")} run={() => setEmoji(!emoji)} />}
      {isIn && actions.has("hide") && !message.hidden_at && (
        <Tool icon="hide" label={t("message.hide")} run={() => act("hide")} />
      )}
      {isIn && actions.has("unhide") && message.hidden_at && (
        <Tool icon="eye" label={t("message.unhide")} run={() => act("unhide")} />
      )}
      {isIn && actions.has("delete_comment") && (
        <Tool icon="trash" label={t("message.delete")} run={() => setAsking("delete")} />
      )}
      {isIn && actions.has("ban") && <Tool icon="shield" label={t("message.ban")} run={() => setAsking("ban")} />}
      {!isIn && done && actions.has("edit") && <EditTool message={message} act={act} />}
      {!isIn && done && actions.has("delete_sent") && (
        <Tool icon="trash" label={t("message.deleteSent")} run={() => setAsking("delete")} />
      )}
      <Tool icon="copy" label={t("message.copy")} run={() => void navigator.clipboard?.writeText(message.text)} />
      {asking && (
        <Confirm
          title={asking === "ban" ? t("confirm.ban", { name: message.author.name }) : t("confirm.delete")}
          text={asking === "ban" ? t("confirm.banText") : t("confirm.deleteText")}
          action={asking === "ban" ? t("message.ban") : t("message.delete")}
          cancel={() => setAsking(null)}
          confirm={() => {
            act(asking === "ban" ? "ban" : isIn ? "delete" : "delete_sent");
            setAsking(null);
          }}
        />
      )}
    </div>
  );
}

function Tool({ icon, label, run }: { icon: IconName; label: string; run: () => void }) {
  return (
    <button type="button" className="btn ghost sm icon-only" title={label} aria-label={label} onClick={run}>
      <Icon name={icon} size="s" />
    </button>
  );
}

function EditTool({ message, act }: { message: MessageShape; act: (action: string, more: { text: string }) => void }) {
  const [text, setText] = useState<string | null>(null);
  return (
    <>
      <Tool icon="note" label={t("message.edit")} run={() => setText(message.text)} />
      {text !== null && (
        <Confirm
          title={t("message.edit")}
          action={t("save")}
          safe
          cancel={() => setText(null)}
          confirm={() => {
            act("edit", { text });
            setText(null);
          }}
        >
          <textarea
            className="input"
            rows={5}
            aria-label={t("message.edit")}
            dir="auto"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Confirm>
      )}
    </>
  );
}
