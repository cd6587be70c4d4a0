/** What all pages share on which one settings object is edited: the way back, the form with its buttons, the removal. */

import { useRef, useState } from "react";
import { t } from "../text/i18n";
import { Confirm } from "../ui/confirm";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore } from "../ui/use-core";
import { useAsk, Wrong } from "./page";
import s from "./settings.module.css";
import { Conflict } from "./use-edited";

export type EditedSection = "calendars" | "rules" | "surveys" | "targets";

export function Back({ to, label }: { to: EditedSection; label: string }) {
  return (
    <Link className="btn" to={{ page: "settings", section: to }}>
      <Icon name="left" size="s" />
      {label}
    </Link>
  );
}

interface FormProps {
  edited: {
    conflict: readonly string[] | null;
    wrong: string | null;
    busy: boolean;
    clean: boolean;
    restored: boolean;
    discard: () => void;
    forget: () => void;
  };
  /** What each field is called, for what two changed at once. */
  names: Readonly<Record<string, string>>;
  may: boolean;
  save: () => void;
  /** On the button that saves. */
  action: string;
  /** It says enough to be saved. */
  ready?: boolean;
  /** Beside the buttons: what saving means. */
  note: React.ReactNode;
  /** Absent where there is nothing to remove yet. */
  remove?: RemovalProps;
  children: React.ReactNode;
}

/** The form of one object; below it the buttons, for those who may. */
export function EditForm({ edited, names, may, save, action, ready = true, note, remove, children }: FormProps) {
  const [removing, setRemoving] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const discard = () => {
    // What was pressed goes with what it discards.
    form.current?.querySelector<HTMLElement>("input, textarea, select")?.focus();
    edited.discard();
  };
  return (
    <>
      <form
        ref={form}
        className={s.edit}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <fieldset className={s.edit} disabled={!may}>
          {edited.restored && <Restored discard={discard} />}
          <Conflict both={edited.conflict} names={names} />
          <Wrong text={edited.wrong} />
          {children}
          {may && (
            <div className={s.saves}>
              {remove && (
                <button type="button" className="btn danger-quiet" onClick={() => setRemoving(true)}>
                  {t("remove")}
                </button>
              )}
              <span className="grow" />
              {note}
              <button type="submit" className="btn primary" disabled={edited.busy || edited.clean || !ready}>
                {action}
              </button>
            </div>
          )}
        </fieldset>
      </form>
      {remove && removing && <Removal {...remove} done={edited.forget} cancel={() => setRemoving(false)} />}
    </>
  );
}

/** These are changes of before: said, since the page would look the same if they were saved. */
function Restored({ discard }: { discard: () => void }) {
  return (
    <div className="banner info small" role="status">
      <Icon name="history" />
      <span className="grow">{t("edit.restored")}</span>
      <button type="button" className="btn" onClick={discard}>
        {t("edit.discard")}
      </button>
    </div>
  );
}

interface RemovalProps {
  /** Where the API has it, as in "/rules/7". */
  path: string;
  version: number;
  section: EditedSection;
  title: string;
  text: string;
}

function Removal(props: RemovalProps & { done: () => void; cancel: () => void }) {
  const { path, version, section, title, text, done, cancel } = props;
  const core = useCore();
  const { ask, wrong } = useAsk();
  const remove = () =>
    ask(async () => {
      await core.api.delete(path, undefined, { etag: version });
      done();
      core.go({ page: "settings", section }, true);
    });
  return (
    <Confirm title={title} text={text} action={t("remove")} cancel={cancel} confirm={() => void remove()}>
      <Wrong text={wrong} />
    </Confirm>
  );
}
