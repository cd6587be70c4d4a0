import { use, useEffect, useRef, useState } from "react";
import { copyText } from "../../commands/copy";
import { allowed, likeOf, moderate, react, type Word } from "../../commands/moderate";
import { answerItem } from "../../commands/reply";
import { dismissWait } from "../../commands/triage";
import type { MessageShape, ThreadShape } from "../../protocol/types.generated";
import { can as may } from "../../store/select";
import { t } from "../../text/i18n";
import { Confirm } from "../../ui/confirm";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import { Menu, type MenuItem } from "../../ui/menu";
import { Reason } from "../../ui/reason";
import { useCore, useSelect } from "../../ui/use-core";
import { ReadOnly } from "./read-only";
import s from "./timeline.module.css";

const EMOJI = ["👍", "❤️", "🙏", "😂", "😮", "😢"];

interface Props {
  message: MessageShape;
  thread: ThreadShape | null;
  /** The wait this item opened, while it runs. */
  wait: string | null;
}

/** What one can do with this item; the manifest decides, so nothing is offered that would be refused. */
export function MessageTools({ message, thread, wait }: Props) {
  const core = useCore();
  const words = useSelect((state) => [...allowed(state, message)].sort().join(" "));
  const [asking, setAsking] = useState<Word | null>(null);
  const answers = useSelect((state) => may(state, "reply"));
  const triages = useSelect((state) => may(state, "triage"));
  // The network knows a thread only whole: it is the least that can go on by itself.
  const splits = useSelect(
    (state) =>
      thread !== null && may(state, "triage") && (state.rows[message.conversation_id]?.threads.length ?? 0) > 1,
  );
  const can = new Set(words.split(" "));
  const isIn = message.direction === "in";
  const done = message.delivery === null || ["accepted", "delivered", "read"].includes(message.delivery.state);
  if (use(ReadOnly) || message.deleted_at) return null;
  const comment = thread?.audience === "public";
  const hidden = message.hidden_at !== null;
  const flip: Word = hidden ? "unhide" : "hide";
  const privately = isIn && answers && comment && can.has("private_reply");
  const split = splits && thread ? thread.id : null;
  const items = moreItems({ message, can, isIn, done, wait: triages ? wait : null, split, flip, ask: setAsking, core });
  return (
    <Toolbar>
      {isIn && answers && (
        <Tool icon="reply" label={t("message.answer")} run={() => answerItem(core, message, false)} />
      )}
      {privately && <Tool icon="lock" label={t("message.answerPrivate")} run={() => answerItem(core, message, true)} />}
      {isIn && can.has("react") && <ReactTool message={message} thread={thread} />}
      {isIn && can.has(flip) && (
        <Tool
          icon={hidden ? "eye" : "hide"}
          label={`${t(hidden ? "message.unhide" : "message.hide")}  H`}
          run={() => void moderate(core, message, flip)}
        />
      )}
      <Menu label={t("message.more")} items={items}>
        <Icon name="more" size="s" />
      </Menu>
      {asking && <Ask word={asking} message={message} close={() => setAsking(null)} />}
    </Toolbar>
  );
}

/** One tab stop for each item, after the ARIA toolbar pattern: Tab comes to its first button, arrows go on. */
function Toolbar({ children }: { children: React.ReactNode }) {
  const bar = useRef<HTMLDivElement>(null);
  const buttons = () => [...(bar.current?.querySelectorAll<HTMLButtonElement>(":scope > button") ?? [])];
  useEffect(() => {
    buttons().forEach((button, i) => {
      button.tabIndex = i === 0 ? 0 : -1;
    });
  });
  const press = (event: React.KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    if (!by || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    all[(at + by + all.length) % all.length]?.focus();
  };
  return (
    <div ref={bar} className={s.tools} role="toolbar" aria-label={t("message.tools")} onKeyDown={press}>
      {children}
    </div>
  );
}

interface More {
  message: MessageShape;
  can: ReadonlySet<string>;
  isIn: boolean;
  done: boolean;
  wait: string | null;
  /** The thread that can be split off. */
  split: string | null;
  flip: Word;
  ask: (word: Word) => void;
  core: ReturnType<typeof useCore>;
}

function moreItems({ message, can, isIn, done, wait, split, flip, ask, core }: More): MenuItem[] {
  const items: (MenuItem | false | null)[] = [
    wait !== null && {
      id: "dismiss",
      label: t("cmd.dismiss"),
      icon: "dismiss",
      run: () => void dismissWait(core, message.conversation_id, wait),
    },
    isIn &&
      can.has(flip) && {
        id: "reason",
        label: t(flip === "hide" ? "message.hideWhy" : "message.unhideWhy"),
        icon: flip === "hide" ? "hide" : "eye",
        run: () => ask(flip),
      },
    !isIn &&
      done &&
      can.has("edit") && {
        id: "edit",
        label: t("message.edit"),
        icon: "note",
        run: () => core.show({ picker: `edit:${message.conversation_id}:${message.id}` }),
      },
    {
      id: "copy",
      label: t("message.copy"),
      icon: "copy",
      run: () => void copyText(message.text),
    },
    split !== null && {
      id: "split",
      label: t("cmd.split"),
      icon: "split",
      run: () => core.show({ picker: `split:${split}` }),
    },
    isIn &&
      can.has("delete_comment") && {
        id: "delete",
        label: t("message.deleteAsk"),
        icon: "trash",
        danger: true,
        run: () => ask("delete"),
      },
    !isIn &&
      done &&
      can.has("delete_sent") && {
        id: "delete-sent",
        label: t("message.deleteSent"),
        icon: "trash",
        danger: true,
        run: () => ask("delete_sent"),
      },
    isIn &&
      can.has("ban") && { id: "ban", label: t("message.banAsk"), icon: "shield", danger: true, run: () => ask("ban") },
  ];
  return items.filter((item): item is MenuItem => Boolean(item));
}

function Tool({ icon, label, run }: { icon: IconName; label: string; run: () => void }) {
  return (
    <button type="button" className="btn ghost sm icon-only" title={label} aria-label={label} onClick={run}>
      <Icon name={icon} size="s" />
    </button>
  );
}

/** One emoji is a like; where the network has several, they unfold. */
function ReactTool({ message, thread }: { message: MessageShape; thread: ThreadShape | null }) {
  const core = useCore();
  const [open, setOpen] = useState(false);
  const known = useSelect((state) => (thread ? state.channels[thread.channel_id]?.reactions_out : undefined));
  const like = useSelect((state) => likeOf(state, message));
  const mine = message.reactions.find((reaction) => reaction.mine)?.emoji;
  const choose = (emoji: string) => {
    setOpen(false);
    void react(core, message, emoji);
  };
  if (known?.length === 1) {
    return (
      <button
        type="button"
        className="btn ghost sm icon-only"
        title={`${t("message.like")}  L`}
        aria-label={t("message.like")}
        aria-pressed={mine !== undefined}
        onClick={() => choose(like)}
      >
        <Icon name="heart" size="s" />
      </button>
    );
  }
  return (
    <>
      {open &&
        (known?.length ? known.slice(0, 8) : EMOJI).map((emoji) => (
          <button
            key={emoji}
            type="button"
            className="btn ghost sm icon-only"
            aria-label={t("message.reactWith", { emoji })}
            aria-pressed={emoji === mine}
            onClick={() => choose(emoji)}
          >
            {emoji}
          </button>
        ))}
      <button
        type="button"
        className="btn ghost sm icon-only"
        title={t("message.react")}
        aria-label={t("message.react")}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="heart" size="s" />
      </button>
    </>
  );
}

/** Asked before what cannot come back, and where a reason is to be left for colleagues. */
function Ask({ word, message, close }: { word: Word; message: MessageShape; close: () => void }) {
  const core = useCore();
  const [why, setWhy] = useState("");
  const safe = word === "hide" || word === "unhide";
  const title = t(`confirm.${word}`, { name: message.author.name });
  return (
    <Confirm
      title={title}
      text={safe ? t("confirm.canUndo") : t(word === "ban" ? "confirm.banText" : "confirm.deleteText")}
      action={t(`moderate.${word}`)}
      safe={safe}
      cancel={close}
      confirm={() => {
        close();
        void moderate(core, message, word, why.trim());
      }}
    >
      <Reason id="moderate-why" value={why} change={setWhy} maxLength={500} />
    </Confirm>
  );
}
