import { useEffect, useRef } from "react";
import s from "./dialog.module.css";

interface Props {
  label: string;
  close: () => void;
  className?: string;
  alert?: boolean;
  children: React.ReactNode;
}

/** The browser's own modal dialog: it keeps the focus, gives it back, and Escape closes it. */
export function Dialog({ label, close, className, alert, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog || dialog.open) return;
    const before = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the dialog's own key
    <dialog
      ref={ref}
      className={`${s.dialog} ${className ?? ""}`}
      aria-label={label}
      role={alert ? "alertdialog" : undefined}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        event.stopPropagation();
        if (event.target === ref.current) close();
      }}
    >
      {children}
    </dialog>
  );
}
