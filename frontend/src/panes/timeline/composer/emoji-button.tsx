import { lazy, Suspense, useState } from "react";
import { t } from "../../../text/i18n";
import { Icon } from "../../../ui/icon";
import s from "./composer.module.css";

const EmojiPicker = lazy(() => import("./emoji-picker"));

export function EmojiButton({ pick }: { pick: (emoji: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <span className={s.emojiAnchor}>
      <button
        type="button"
        className="btn ghost sm icon-only"
        title={t("emoji")}
        aria-label={t("emoji")}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="emoji" />
      </button>
      {open && (
        <Suspense>
          <EmojiPicker
            pick={(emoji) => {
              setOpen(false);
              pick(emoji);
            }}
            close={() => setOpen(false)}
          />
        </Suspense>
      )}
    </span>
  );
}
