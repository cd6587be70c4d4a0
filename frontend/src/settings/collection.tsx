import { useEffect, useRef, useState } from "react";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { Drawer, Page, Wrong } from "./page";
import s from "./settings.module.css";

export interface Column<T> {
  /** What the cells hold; also the key. */
  label: string;
  cell: (item: T) => React.ReactNode;
  className?: string;
}

interface Props<T> {
  title: string;
  detail?: string;
  items: readonly T[];
  columns: readonly Column<T>[];
  /** May make new ones. */
  may: boolean;
  /** May open one; as `may` where absent. */
  mayOpen?: boolean;
  add: string;
  /** What stands in place of an empty table. */
  empty: string;
  /** Shown paler: shut out, over. */
  pale?: (item: T) => boolean;
  above?: (open: (id: string) => void) => React.ReactNode;
  below?: React.ReactNode;
  /** The drawer for a new one is open from the beginning. */
  adding?: boolean;
  /** The drawer for one, or for a new one (null). */
  editor: (item: T | null, close: () => void) => React.ReactNode;
}

/** The shape of most settings pages: a table of things, one button that makes one, a drawer that changes one. */
export function Collection<T extends { id: string }>(props: Props<T>) {
  const { title, detail, items, columns, may, mayOpen = may, add, empty, pale, above, below, editor } = props;
  const [open, setOpen] = useState<string | null>(props.adding ? NEW : null);
  const close = () => setOpen(null);
  const item = items.find((one) => one.id === open);
  return (
    <>
      <Page
        title={title}
        detail={detail}
        action={
          may && (
            <button type="button" className="btn primary" onClick={() => setOpen(NEW)}>
              <Icon name="plus" size="s" />
              {add}
            </button>
          )
        }
      >
        {above?.(setOpen)}
        <div className={s.panel}>
          {items.length > 0 ? (
            <table className={s.cards}>
              <thead>
                <tr>
                  {columns.map((column) => (
                    <th key={column.label}>{column.label}</th>
                  ))}
                  <th>
                    <span className="sr">{t("more")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((one) => (
                  <tr key={one.id} className={pale?.(one) ? s.pale : undefined}>
                    {columns.map((column) => (
                      <td key={column.label} className={column.className} data-label={column.label}>
                        {column.cell(one)}
                      </td>
                    ))}
                    <td className={s.end}>
                      {mayOpen && (
                        <button type="button" className="btn ghost sm" onClick={() => setOpen(one.id)}>
                          {t("open")}
                        </button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : (
            <p className={`muted ${s.none}`}>{empty}</p>
          )}
        </div>
        {below}
      </Page>
      {open === NEW && editor(null, close)}
      {item && editor(item, close)}
    </>
  );
}

const NEW = "new";

interface FormProps {
  title: string;
  lead?: React.ReactNode;
  wrong: string | null;
  busy: boolean;
  close: () => void;
  save?: () => void;
  /** "Save" where absent. */
  action?: string;
  /** Nothing was changed. */
  clean?: boolean;
  /** Buttons at the foot's beginning and before the one that saves. */
  remove?: { label: string; run: () => void };
  more?: React.ReactNode;
  children: React.ReactNode;
}

/** A drawer that is a form: what went wrong above, the way out and the one that saves below. */
export function FormDrawer(props: FormProps) {
  const { title, lead, wrong, busy, close, save, action, clean, remove, more, children } = props;
  // A button that is off while it works loses the focus: where the answer keeps one here, it is given back.
  const asked = useRef<Element | null>(null);
  useEffect(() => {
    if (!busy && document.activeElement === document.body && asked.current instanceof HTMLElement)
      asked.current.focus();
    if (!busy) asked.current = null;
  }, [busy]);
  return (
    <Drawer
      title={title}
      lead={lead}
      close={close}
      foot={
        (save || remove || more) && (
          <>
            {remove && (
              <button type="button" className="btn danger-quiet" disabled={busy} onClick={remove.run}>
                {remove.label}
              </button>
            )}
            <span className="grow" />
            {more}
            {save && (
              <button type="submit" form="drawer" className="btn primary" disabled={busy || clean}>
                {action ?? t("save")}
              </button>
            )}
          </>
        )
      }
    >
      <form
        id="drawer"
        className={s.form}
        onSubmit={(event) => {
          event.preventDefault();
          asked.current = document.activeElement;
          save?.();
        }}
      >
        <Wrong text={wrong} />
        {children}
      </form>
    </Drawer>
  );
}

interface FieldProps {
  label: string;
  hint?: React.ReactNode;
  optional?: boolean;
  children: (id: string) => React.ReactNode;
}

/** A label, the control it names, and a hint below. */
export function Field({ label, hint, optional, children }: FieldProps) {
  const id = `f-${label.replaceAll(/\s+/g, "-")}`;
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {optional && <span className="muted"> {t("optional")}</span>}
      </label>
      {children(id)}
      {hint && <span className="hint">{hint}</span>}
    </div>
  );
}

interface NameProps {
  label: string;
  hint?: string;
  value: string;
  change: (value: string) => void;
}

/** What something is called, in whatever script. */
export function NameField({ label, hint, value, change }: NameProps) {
  return (
    <Field label={label} hint={hint}>
      {(id) => (
        <input
          id={id}
          className="input"
          required
          maxLength={200}
          dir="auto"
          value={value}
          onChange={(event) => change(event.target.value)}
        />
      )}
    </Field>
  );
}
