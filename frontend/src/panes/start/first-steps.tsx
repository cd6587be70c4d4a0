import { useEffect } from "react";
import { can, isSandbox } from "../../store/select";
import { t } from "../../text/i18n";
import { Dialog } from "../../ui/dialog";
import d from "../../ui/dialog.module.css";
import { Icon } from "../../ui/icon";
import { capsOf } from "../../ui/keys";
import { useCore, useDesk, useSelect } from "../../ui/use-core";
import { Checklist } from "./checklist";
import { FIRST_RUN, Guide } from "./guide";
import { hideCard } from "./own";
import s from "./start.module.css";
import { STEPS } from "./steps";
import { CHECKLIST } from "./watch";

/** Which card is for this person now; null where none is, or where he has put it away. */
function useCard(): typeof CHECKLIST | typeof FIRST_RUN | null {
  const sandbox = useSelect(isSandbox);
  const ready = useSelect((state) => state.ready);
  const admin = useSelect((state) => can(state, "channels"));
  const empty = useSelect((state) => Object.keys(state.channels).length === 0);
  const own = useDesk((desk) => desk.own);
  const card = sandbox ? CHECKLIST : FIRST_RUN;
  if (!ready || !own.loaded || own.hidden.includes(card)) return null;
  // Whoever began with nothing is shown the way to its end; an installation that runs is left alone.
  return sandbox || (admin && (empty || own.done.includes(FIRST_RUN))) ? card : null;
}

/** The card for newcomers where nothing is open: in the sandbox what to try, in an empty installation what to set up. */
export function FirstSteps() {
  const core = useCore();
  const card = useCard();
  if (!card) return null;
  return (
    <section className={s.card} aria-label={t("cmd.firstSteps")}>
      {card === CHECKLIST ? <Checklist /> : <Guide />}
      <footer className={s.foot}>
        <span className="tiny muted grow">{t("first.back", { key: capsOf("help") })}</span>
        <button type="button" className="btn ghost sm" onClick={() => void hideCard(core, card, true)}>
          {t("first.dismiss")}
        </button>
      </footer>
    </section>
  );
}

/** On phones, where the list is all there is: one line above it, which opens the card. */
export function FirstStepsBar() {
  const core = useCore();
  const card = useCard();
  const done = useDesk((desk) => desk.own.done);
  if (!card) return null;
  const n = STEPS.filter((step) => done.includes(step)).length;
  return (
    <div className={s.bar}>
      <button type="button" className={s.barOpen} onClick={() => core.show({ sheet: "first-steps" })}>
        <Icon name="checks" size="s" />
        <span className="clip grow">{t(card === CHECKLIST ? "steps.title" : "cmd.firstSteps")}</span>
        {card === CHECKLIST && <span className="chip num">{t("steps.of", { n, all: STEPS.length })}</span>}
      </button>
      <button
        type="button"
        className="btn ghost sm icon-only"
        aria-label={t("first.dismiss")}
        onClick={() => void hideCard(core, card, true)}
      >
        <Icon name="x" size="s" />
      </button>
    </div>
  );
}

/** The same from the help and the palette, on phones, too; a card that was put away is taken out again by it. */
export function FirstStepsSheet() {
  const core = useCore();
  const sandbox = useSelect(isSandbox);
  const close = () => core.show({ sheet: null });
  useEffect(() => {
    const card = isSandbox(core.state()) ? CHECKLIST : FIRST_RUN;
    if (core.desk.get().own.hidden.includes(card)) void hideCard(core, card, false);
  }, [core]);
  return (
    <Dialog label={t("cmd.firstSteps")} close={close} className={d.sheet}>
      <div className={d.title}>
        <Icon name="checks" />
        <span className="grow">{t("cmd.firstSteps")}</span>
        <button type="button" className="btn ghost sm" onClick={close}>
          {t("close")}
          <kbd>Esc</kbd>
        </button>
      </div>
      <div className={s.inSheet}>{sandbox ? <Checklist /> : <Guide />}</div>
    </Dialog>
  );
}
