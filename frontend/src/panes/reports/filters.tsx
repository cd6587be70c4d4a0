import { type AnyKey, t } from "../../text/i18n";
import { KIND_NAMES, kindLabel } from "../../ui/marks";
import { useSelect } from "../../ui/use-core";
import { type Ask, type Dimension, dateIn, shifted } from "./ask";
import s from "./reports.module.css";

const SPANS = [7, 30, 90] as const;

interface Props {
  ask: Ask;
  change: (change: Partial<Ask>) => void;
}

/** The period, what it is narrowed to, and how time is counted. */
export function Filters({ ask, change }: Props) {
  const channels = useSelect((state) => state.channels);
  const teams = useSelect((state) => state.teams);
  const all = Object.values(channels);
  const networks = new Map(all.map((one) => [one.network, one.network_name]));
  const only = (name: Dimension, value: string) => {
    const { [name]: _before, ...rest } = ask.only;
    change({ only: value ? { ...rest, [name]: value } : rest });
  };
  const narrow = (name: Dimension, options: readonly (readonly [string, string])[]) => (
    <select
      className="input"
      aria-label={t(`filter.${name}`)}
      value={ask.only[name] ?? ""}
      onChange={(event) => only(name, event.target.value)}
    >
      <option value="">{t(`reports.any.${name}`)}</option>
      {options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
  return (
    <section className={s.filters} aria-label={t("reports.filters")}>
      <Period ask={ask} change={change} />
      {ask.report !== "escalations" && (
        <>
          {narrow(
            "team",
            Object.values(teams).map((one) => [one.id, one.name]),
          )}
          {narrow(
            "channel",
            all.map((one) => [one.id, one.name]),
          )}
          {narrow("network", [...networks])}
          {narrow(
            "kind",
            KIND_NAMES.map((kind) => [kind, kindLabel(kind)]),
          )}
        </>
      )}
      {ask.report === "response" && <Counted ask={ask} change={change} />}
    </section>
  );
}

/** How time is counted. */
function Counted({ ask, change }: Props) {
  return (
    <>
      <Choice
        label={t("reports.hours")}
        value={ask.hours}
        options={{ calendar: "reports.hours.calendar", business: "reports.hours.business" }}
        choose={(hours) => change({ hours })}
      />
      <Choice
        label={t("reports.clock")}
        value={ask.clock}
        options={{ customer: "reports.clock.customer", desk: "reports.clock.desk" }}
        choose={(clock) => change({ clock })}
      />
    </>
  );
}

function Period({ ask, change }: Props) {
  const last = (days: number) => {
    const to = dateIn(ask.zone, Date.now());
    change({ to, from: shifted(to, 1 - days) });
  };
  return (
    <>
      {SPANS.map((days) => (
        <button key={days} type="button" className="btn ghost sm" onClick={() => last(days)}>
          {t("reports.lastDays", { n: days })}
        </button>
      ))}
      <input
        type="date"
        className="input"
        aria-label={t("reports.from")}
        max={ask.to}
        value={ask.from}
        onChange={(event) => event.target.value && change({ from: event.target.value })}
      />
      <span aria-hidden>–</span>
      <input
        type="date"
        className="input"
        aria-label={t("reports.to")}
        min={ask.from}
        value={ask.to}
        onChange={(event) => event.target.value && change({ to: event.target.value })}
      />
    </>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: Record<T, AnyKey>;
  choose: (value: T) => void;
}

export function Choice<T extends string>({ label, value, options, choose }: ChoiceProps<T>) {
  return (
    <fieldset className={s.choice}>
      <legend className="sr">{label}</legend>
      {(Object.entries(options) as [T, AnyKey][]).map(([one, words]) => (
        <button
          key={one}
          type="button"
          className="btn ghost sm"
          aria-pressed={one === value}
          onClick={() => choose(one)}
        >
          {t(words)}
        </button>
      ))}
    </fieldset>
  );
}
