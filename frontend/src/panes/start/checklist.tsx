import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { capsOf } from "../../ui/keys";
import { Link } from "../../ui/link";
import { useCore, useDesk } from "../../ui/use-core";
import s from "./start.module.css";
import { COMMAND_OF, OTHER_SIDE, PLACES, STEPS, type Step } from "./steps";

/** Ten things to try in the sandbox; those done are ticked. */
export function Checklist() {
  const done = useDesk((desk) => desk.own.done);
  const n = STEPS.filter((step) => done.includes(step)).length;
  return (
    <>
      <header className={s.head}>
        <h2>{t("steps.title")}</h2>
        <span className="chip num">{t("steps.of", { n, all: STEPS.length })}</span>
      </header>
      <p className="small muted">{t(n === STEPS.length ? "steps.all" : "steps.lead")}</p>
      <ol className={s.steps}>
        {STEPS.map((step) => (
          <Row key={step} step={step} done={done.includes(step)} />
        ))}
      </ol>
    </>
  );
}

function Row({ step, done }: { step: Step; done: boolean }) {
  const core = useCore();
  const place = PLACES[step];
  const name = t(`steps.${step}`);
  return (
    <li className={done ? s.done : undefined}>
      <span className={s.tick} role="img" aria-label={done ? t("first.done") : ""} aria-hidden={!done}>
        {done && <Icon name="check" size="s" />}
      </span>
      <div className="grow">
        <b>{name}</b>
        {!done && (
          <span className="small muted">
            {t(`steps.${step}Text`, { key: capsOf(COMMAND_OF[step] ?? "", step === "undo" ? 1 : 0) || t("keys.none") })}
          </span>
        )}
      </div>
      {place === OTHER_SIDE ? (
        <a className="btn ghost sm nowrap" href={OTHER_SIDE} target="_blank" rel="noreferrer">
          <span className="sr">{name}: </span>
          {t("steps.open")}
          <Icon name="ext" size="s" />
        </a>
      ) : (
        <Link className="btn ghost sm nowrap" to={place} onClick={() => core.show({ sheet: null })}>
          <span className="sr">{name}: </span>
          {t("steps.open")}
        </Link>
      )}
    </li>
  );
}
