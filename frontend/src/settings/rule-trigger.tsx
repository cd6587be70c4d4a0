import { useState } from "react";
import { ownZone } from "../panes/reports/ask";
import { t } from "../text/i18n";
import { weekdayName } from "../text/time";
import { useSelect } from "../ui/use-core";
import { Field } from "./collection";
import { readLasting, writeLasting } from "./lasting";
import { EVENTS, LASTING, newTrigger, SCOPES, type Trigger, WEEKDAYS } from "./rule-parts";
import s from "./rules.module.css";
import { ZoneField } from "./zone-field";

const KINDS = ["event", "time", "schedule", "volume"] as const;

interface Props<T = Trigger> {
  trigger: T;
  change: (trigger: Trigger) => void;
}

/** What sets a rule off: its kind, and what belongs to that kind. */
export function TriggerForm({ trigger, change }: Props) {
  return (
    <>
      <div className={s.kinds} role="radiogroup" aria-label={t("rules.when")}>
        {KINDS.map((on) => (
          <label key={on} className="flex">
            <input
              type="radio"
              name="trigger"
              checked={trigger.on === on}
              onChange={() => change(newTrigger(on, ownZone()))}
            />
            {t(`rules.trigger.${on}`)}
          </label>
        ))}
      </div>
      {trigger.on === "event" && <OnEvent trigger={trigger} change={change} />}
      {trigger.on === "time" && <OnTime trigger={trigger} change={change} />}
      {trigger.on === "schedule" && <OnSchedule trigger={trigger} change={change} />}
      {trigger.on === "volume" && <OnVolume trigger={trigger} change={change} />}
    </>
  );
}

type Of<On extends Trigger["on"]> = Extract<Trigger, { on: On }>;

function OnEvent({ trigger, change }: Props<Of<"event">>) {
  const tags = useSelect((state) => state.tags);
  const tagged = trigger.events.some((one) => one === "tagged" || one === "untagged");
  const toggle = (one: (typeof EVENTS)[number]) => {
    const events = trigger.events.includes(one)
      ? trigger.events.filter((other) => other !== one)
      : EVENTS.filter((other) => other === one || trigger.events.includes(other));
    // The last one stays: a rule that nothing sets off is none.
    if (events.length) change({ ...trigger, events });
  };
  return (
    <>
      <fieldset className={s.events}>
        <legend className="label">{t("rules.events")}</legend>
        {EVENTS.map((one) => (
          <label key={one} className="flex">
            <input type="checkbox" checked={trigger.events.includes(one)} onChange={() => toggle(one)} />
            {t(`rules.on.${one}`)}
          </label>
        ))}
      </fieldset>
      {tagged && (
        <Field label={t("rules.onlyTag")}>
          {(id) => (
            <select
              id={id}
              className={`input ${s.choice}`}
              value={trigger.tag_id ?? ""}
              onChange={(event) => change({ ...trigger, tag_id: event.target.value || null })}
            >
              <option value="">{t("rules.anyTag")}</option>
              {Object.values(tags).map((tag) => (
                <option key={tag.id} value={tag.id}>
                  {tag.name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
    </>
  );
}

function OnTime({ trigger, change }: Props<Of<"time">>) {
  return (
    <div className={s.fields}>
      <Field label={t("rules.what")}>
        {(id) => (
          <select
            id={id}
            className="input"
            value={trigger.what}
            onChange={(event) =>
              change({ ...trigger, what: LASTING.find((one) => one === event.target.value) ?? "waiting" })
            }
          >
            {LASTING.map((one) => (
              <option key={one} value={one}>
                {t(`rules.what.${one}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Span seconds={trigger.seconds} change={(seconds) => change({ ...trigger, seconds })} />
      <Field label={t("rules.hours")}>
        {(id) => (
          <select
            id={id}
            className="input"
            value={trigger.hours}
            onChange={(event) => change({ ...trigger, hours: event.target.value === "business" ? "business" : "all" })}
          >
            <option value="all">{t("rules.hours.all")}</option>
            <option value="business">{t("rules.hours.business")}</option>
          </select>
        )}
      </Field>
    </div>
  );
}

/** The server takes a minute or more. */
const LEAST_SECONDS = 60;

function Span({ seconds, change }: { seconds: number; change: (seconds: number) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const read = (text: string) => {
    const found = readLasting(text);
    return found && found >= LEAST_SECONDS ? found : null;
  };
  const wrong = typed !== null && read(typed) === null;
  return (
    <Field label={t("rules.span")}>
      {(id) => (
        <input
          id={id}
          className="input num"
          dir="ltr"
          required
          aria-invalid={wrong}
          value={typed ?? writeLasting(seconds)}
          onChange={(event) => {
            const found = read(event.target.value);
            setTyped(event.target.value);
            event.target.setCustomValidity(found === null ? t("targets.badLasting") : "");
            if (found !== null) change(found);
          }}
          onBlur={() => !wrong && setTyped(null)}
        />
      )}
    </Field>
  );
}

function OnSchedule({ trigger, change }: Props<Of<"schedule">>) {
  const toggle = (day: (typeof WEEKDAYS)[number]) => {
    const days = WEEKDAYS.filter((one) => (one === day) !== trigger.days.includes(one));
    if (days.length) change({ ...trigger, days });
  };
  return (
    <div className={s.fields}>
      <fieldset className={s.days}>
        <legend className="label">{t("rules.days")}</legend>
        {WEEKDAYS.map((day, at) => (
          <label key={day} className="flex">
            <input type="checkbox" checked={trigger.days.includes(day)} onChange={() => toggle(day)} />
            {weekdayName(at)}
          </label>
        ))}
      </fieldset>
      <Field label={t("rules.clock")}>
        {(id) => (
          <input
            id={id}
            className="input num"
            type="time"
            required
            value={trigger.time}
            onChange={(event) => change({ ...trigger, time: event.target.value })}
          />
        )}
      </Field>
      <ZoneField zone={trigger.zone} change={(zone) => change({ ...trigger, zone })} />
    </div>
  );
}

function OnVolume({ trigger, change }: Props<Of<"volume">>) {
  const numbers = [
    ["times", "rules.times", 1, 1000, 0.5],
    ["minutes", "rules.minutes", 5, 1440, 1],
    ["minimum", "rules.minimum", 1, 1_000_000, 1],
  ] as const;
  return (
    <div className={s.fields}>
      <Field label={t("rules.where")}>
        {(id) => (
          <select
            id={id}
            className="input"
            value={trigger.scope}
            onChange={(event) =>
              change({ ...trigger, scope: SCOPES.find((one) => one === event.target.value) ?? "post" })
            }
          >
            {SCOPES.map((one) => (
              <option key={one} value={one}>
                {t(`rules.scope.${one}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {numbers.map(([name, label, min, max, step]) => (
        <Field key={name} label={t(label)}>
          {(id) => (
            <input
              id={id}
              className="input num"
              type="number"
              required
              min={min}
              max={max}
              step={step}
              value={trigger[name] || ""}
              onChange={(event) => change({ ...trigger, [name]: Number(event.target.value) })}
            />
          )}
        </Field>
      ))}
    </div>
  );
}
