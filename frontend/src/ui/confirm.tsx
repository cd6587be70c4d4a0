import { useEffect, useRef } from "react";
import { t } from "../text/i18n";
import { Dialog } from "./dialog";
import s from "./dialog.module.css";

interface Props {
  title: string;
  text?: string;
  action: string;
  /** Nothing is lost by it: the button is not red. */
  safe?: boolean;
  /** It cannot be done now. */
  off?: boolean;
  confirm: () => void;
  cancel: () => void;
  children?: React.ReactNode;
}

/** Only for what cannot be undone, or needs a few words. The focus begins on the safe choice. */
export function Confirm({ title, text, action, safe, off, confirm, cancel, children }: Props) {
  const no = useRef<HTMLButtonElement>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const field = form.current?.querySelector<HTMLElement>("input, textarea, select");
    (field ?? no.current)?.focus();
  }, []);
  return (
    <Dialog label={title} close={cancel} alert={!safe}>
      <form
        ref={form}
        className={s.box}
        onSubmit={(event) => {
          event.preventDefault();
          confirm();
        }}
        onKeyDown={(event) => {
          // In a field of several lines Enter makes a line; with Ctrl or Cmd it is done, as in the composer.
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
        }}
      >
        <h2>{title}</h2>
        {text && <p className="muted">{text}</p>}
        {children}
        <div className={s.buttons}>
          <button ref={no} type="button" className="btn" onClick={cancel}>
            {t("cancel")}
          </button>
          <button type="submit" disabled={off} className={`btn ${safe ? "primary" : "danger"}`}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
