import { useState } from "react";
import { t } from "../../text/i18n";
import { writtenDay } from "../../text/time";
import { Dialog } from "../../ui/dialog";
import d from "../../ui/dialog.module.css";
import { Icon } from "../../ui/icon";
import type { Ask } from "./ask";
import s from "./reports.module.css";

export interface Chosen {
  id: string;
  label: string;
  drop: () => void;
}

interface Props {
  ask: Ask;
  /** What it is narrowed to, each with its way back. */
  chosen: readonly Chosen[];
  children: React.ReactNode;
}

/** On a phone: the period and what is chosen in one line, all that can be chosen behind one button. */
export function FoldedFilters({ ask, chosen, children }: Props) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <section className={s.folded} aria-label={t("reports.filters")}>
      <button type="button" className="btn" aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(true)}>
        <Icon name="filter" size="s" />
        {t("reports.filtersChosen", { n: chosen.length })}
      </button>
      <span className="chip">
        <Icon name="cal" size="xs" />
        {daysOf(ask)}
      </span>
      {chosen.map((one) => (
        <span key={one.id} className="chip">
          <bdi className="clip">{one.label}</bdi>
          <button type="button" className={s.drop} aria-label={t("cond.drop", { value: one.label })} onClick={one.drop}>
            <Icon name="x" size="xs" />
          </button>
        </span>
      ))}
      {open && (
        <Dialog label={t("reports.filters")} close={close}>
          <form
            className={`${d.box} ${s.stacked}`}
            onSubmit={(event) => {
              event.preventDefault();
              close();
            }}
          >
            <h2>{t("reports.filters")}</h2>
            {children}
            <button type="submit" className="btn primary">
              {t("cond.show")}
            </button>
          </form>
        </Dialog>
      )}
    </section>
  );
}

/** The days of the address as people write them, whatever the zone of the machine. */
function daysOf({ from, to }: Ask): string {
  return `${writtenDay(new Date(from))} – ${writtenDay(new Date(to))}`;
}
