import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { copyText } from "../commands/copy";
import { reason } from "../commands/triage";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useCore } from "../ui/use-core";
import s from "./settings.module.css";

/** Head and body of a settings page; the one main action stands in the head. */
export function Page({
  title,
  detail,
  action,
  children,
}: {
  title: string;
  detail?: string;
  action?: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <>
      <div className={s.bar}>
        <h1>{title}</h1>
        <span className="muted small clip">{detail}</span>
        <span className="grow" />
        {action}
      </div>
      <div className={s.body}>{children}</div>
    </>
  );
}

/** Set-up beside the list: the focus goes there and back again. Escape and the cross close it. */
export function Drawer({
  title,
  lead,
  close,
  foot,
  children,
}: {
  title: string;
  lead?: React.ReactNode;
  close: () => void;
  foot?: React.ReactNode;
  children: React.ReactNode;
}) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === "Escape") close();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [close]);
  const drawer = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const opened = drawer.current;
    if (!opened?.contains(before)) opened?.focus();
    return () => {
      const lost = opened?.contains(document.activeElement) || document.activeElement === document.body;
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <aside ref={drawer} className={s.drawer} aria-label={title} tabIndex={-1}>
      <div className={s.drawerHead}>
        {lead}
        <h2 className="grow">{title}</h2>
        <button type="button" className="btn ghost sm icon-only" aria-label={t("close")} onClick={close}>
          <Icon name="x" />
        </button>
      </div>
      <div className={s.drawerBody}>{children}</div>
      {foot && <div className={s.drawerFoot}>{foot}</div>}
    </aside>
  );
}

/** Runs a request and says what went wrong, in the form where it was asked; `say` has better words for some errors. */
export function useAsk() {
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const ask = async <T,>(
    request: () => Promise<T>,
    say?: (error: unknown) => string | null,
  ): Promise<T | undefined> => {
    setBusy(true);
    setWrong(null);
    try {
      return await request();
    } catch (error) {
      setWrong(say?.(error) ?? reason(error));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { ask, busy, wrong };
}

export function Wrong({ text }: { text: string | null }) {
  if (!text) return null;
  return (
    <div className="banner bad small" role="alert">
      <Icon name="warn" size="s" />
      {text}
    </div>
  );
}

/** `whole`: all of it is to be read, not only copied. */
export function CopyLine({ text, label, whole }: { text: string; label: string; whole?: boolean }) {
  const core = useCore();
  const copy = () => void copyText(text).then((copied) => copied && core.toast(t("copied")));
  return (
    <div className="field">
      <span className="label">{label}</span>
      <div className={s.copy}>
        <span className={whole ? `mono grow ${s.whole}` : "mono clip grow"}>{text}</span>
        <button type="button" className="btn ghost sm icon-only" aria-label={t("message.copy")} onClick={copy}>
          <Icon name="copy" size="s" />
        </button>
      </div>
    </div>
  );
}
