import { useEffect } from "react";
import { dropDraft, saveDraft } from "../../../commands/drafts";
import { signal } from "../../../commands/registry";
import { draftText, gaveUp } from "../../../commands/reply";
import type { ConversationShape } from "../../../protocol/types.generated";
import { putMessage, without } from "../../../store/apply";
import type { Collision } from "../../../store/desk";
import { t } from "../../../text/i18n";
import { networkName } from "../../../text/network-names";
import { clock } from "../../../text/time";
import { AgentFace, Face } from "../../../ui/face";
import { Icon } from "../../../ui/icon";
import { useCore, useSelect } from "../../../ui/use-core";
import s from "./composer.module.css";

interface Props {
  row: ConversationShape;
  collision: Collision;
  toNote: () => void;
}

/** Something came between beginning to write and sending: it is shown, the words are kept, one key sends anyway. */
export function Clash({ row, collision, toNote }: Props) {
  const core = useCore();
  const network = useSelect((state) => networkName(state.channels[row.channel_id]) ?? row.network);
  useEffect(() => {
    core.store.update((state) => collision.items.reduce((next, item) => putMessage(next, item), state));
  }, [core, collision.items]);
  const done = () =>
    core.desk.update(
      (desk) => ({
        ...desk,
        collision: without(desk.collision, row.id),
        began: { ...desk.began, [row.id]: collision.position },
      }),
      true,
    );
  const asNote = async () => {
    await saveDraft(core, { id: row.id, mode: "note", thread: null, text: draftText(core, row.id, "reply").text });
    dropDraft(core, row.id, "reply");
    done();
    toNote();
  };
  return (
    <div className={s.clash} role="alert">
      <div className={s.clashHead}>
        <Icon name="warn" />
        <b>{t("collision.title", { n: collision.items.length })}</b>
        <span className="grow" />
        <span className="tiny muted">{t("collision.notSent")}</span>
      </div>
      {collision.items.slice(-3).map((item) => (
        <div key={item.id} className={s.clashItem}>
          {item.direction === "out" && item.author.id ? (
            <AgentFace id={item.author.id} size="md" />
          ) : (
            <Face
              id={item.author.id ?? ""}
              name={item.author.name}
              size="md"
              network={row.network}
              channelId={row.channel_id}
            />
          )}
          <div className="grow">
            <div className="flex small">
              <b className="strong">{item.author.name}</b>
              <span className="faint tiny num">{clock(item.occurred_at)}</span>
              {item.direction === "out" && <span className="tiny muted">{t("collision.answered")}</span>}
            </div>
            <div dir="auto" className="clip">
              {item.text || network}
            </div>
          </div>
        </div>
      ))}
      <div className={s.clashActs}>
        <button
          type="button"
          className="btn primary"
          onClick={() => {
            done();
            signal("focus-reply");
          }}
        >
          {t("collision.edit")}
        </button>
        <button type="button" className="btn" onClick={() => signal("send-anyway")}>
          {t("collision.send")}
        </button>
        <button type="button" className="btn ghost" onClick={() => void asNote()}>
          {t("collision.note")}
        </button>
        <span className="grow" />
        <button
          type="button"
          className="btn ghost danger-quiet"
          onClick={() => {
            dropDraft(core, row.id, "reply");
            gaveUp(core, row.id);
            signal("discard");
          }}
        >
          {t("discard")}
        </button>
      </div>
    </div>
  );
}
