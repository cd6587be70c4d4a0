import { t } from "../../../text/i18n";
import { Icon } from "../../../ui/icon";
import type { Target } from "./audience";
import s from "./composer.module.css";
import { EmojiButton } from "./emoji-button";
import { Counter } from "./parts";
import type { useFiles } from "./use-files";

interface Props {
  target: Target | undefined;
  files: ReturnType<typeof useFiles>;
  insert: (words: string, apart?: boolean) => void;
  /** Null: nothing can be given to choose from here. */
  offer: (() => void) | null;
  offered: boolean;
  length: number;
  limit: number | null;
  unit: string;
  /** Null: nothing is written. */
  draft: "saved" | "here" | null;
  /** Lets colleagues go on with the words. */
  share: React.ReactNode;
  children: React.ReactNode;
}

/** The row below the words: what can be put in, how much room is left, whether the draft is safe, and sending. */
export function Tools({ target, files, insert, offer, offered, length, limit, unit, draft, share, children }: Props) {
  const noFiles = target !== undefined && target.capability?.attachments.length === 0;
  return (
    <div className={s.bottom}>
      <button
        type="button"
        className="btn ghost sm icon-only"
        title={`${t("cmd.canned")}  /`}
        aria-label={t("cmd.canned")}
        onClick={() => insert("/")}
      >
        <Icon name="canned" />
      </button>
      <EmojiButton pick={(emoji) => insert(emoji, false)} />
      <button
        type="button"
        className="btn ghost sm icon-only"
        title={noFiles ? t("file.noneHere") : t("file.attach")}
        aria-label={t("file.attach")}
        disabled={noFiles}
        onClick={() => files.input.current?.click()}
      >
        <Icon name="attach" />
      </button>
      {offer && (
        <button type="button" className="btn ghost sm" title={t("cmd.options")} aria-expanded={offered} onClick={offer}>
          <Icon name="menu" />
          <span className={s.toolName}>{t("options")}</span>
        </button>
      )}
      <input
        ref={files.input}
        type="file"
        multiple
        hidden
        aria-hidden
        tabIndex={-1}
        onChange={(event) => {
          files.add(event.target.files ?? []);
          event.target.value = "";
        }}
      />
      <span id="composer-counter" className={`tiny muted num nowrap ${s.counter}`}>
        {limit !== null && target && <Counter length={length} limit={limit} unit={unit} />}
      </span>
      {draft && (
        <span className={`tiny faint nowrap ${s.draftState}`}>
          {draft === "saved" ? t("draft.saved") : t("draft.here")}
        </span>
      )}
      {draft && share}
      <span className="grow" />
      {children}
    </div>
  );
}
