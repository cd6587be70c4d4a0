import { type AnyKey, t } from "../../text/i18n";
import { KIND_NAMES, kindLabel } from "../../ui/marks";
import { usePhone, useSelect } from "../../ui/use-core";
import { type Ask, DIMENSIONS, type Dimension, dateIn, isNarrowed, isOfSurveys, shifted } from "./ask";
import { type Chosen, FoldedFilters } from "./folded-filters";
import s from "./reports.module.css";
import { useSurveysOf } from "./use-surveys";

const SPANS = [7, 30, 90] as const;

interface Props {
  ask: Ask;
  change: (change: Partial<Ask>) => void;
}

/** The period, what it is narrowed to, and how time is counted. */
export function Filters({ ask, change }: Props) {
  const phone = usePhone();
  const channels = useSelect((state) => state.channels);
  const teams = useSelect((state) => state.teams);
  const surveys = useSurveysOf(ask.report);
  const surveyName = surveys.find((one) => one.id === ask.survey)?.name;
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
  const controls = (
    <>
      <Period ask={ask} change={change} />
      {isNarrowed(ask.report) && (
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
      {(surveys.length > 1 || ask.survey) && isOfSurveys(ask.report) && (
        <select
          className="input"
          aria-label={t("surveys.only")}
          value={ask.survey}
          onChange={(event) => change({ survey: event.target.value })}
        >
          <option value="">{t("surveys.any")}</option>
          {/* One that was removed has no name here; what it asked is counted still. */}
          {ask.survey && !surveyName && <option value={ask.survey}>{t("surveys.removed")}</option>}
          {surveys.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      )}
      {ask.report === "response" && <Counted ask={ask} change={change} />}
    </>
  );
  if (!phone) {
    return (
      <section className={s.filters} aria-label={t("reports.filters")}>
        {controls}
      </section>
    );
  }
  const names: Record<Dimension, (value: string) => string | undefined> = {
    team: (id) => teams[id]?.name,
    channel: (id) => channels[id]?.name,
    network: (id) => networks.get(id),
    kind: (kind) => kindLabel(kind as (typeof KIND_NAMES)[number]),
  };
  const chosen: Chosen[] = DIMENSIONS.flatMap((name) => {
    const value = ask.only[name];
    return value ? { id: name, label: names[name](value) ?? value, drop: () => only(name, "") } : [];
  });
  if (ask.survey && isOfSurveys(ask.report)) {
    const label = surveyName ?? t("surveys.removed");
    chosen.push({ id: "survey", label, drop: () => change({ survey: "" }) });
  }
  if (ask.report === "response" && ask.hours === "business") {
    chosen.push({ id: "hours", label: t("reports.hours.business"), drop: () => change({ hours: "calendar" }) });
  }
  if (ask.report === "response" && ask.clock === "desk") {
    chosen.push({ id: "clock", label: t("reports.clock.desk"), drop: () => change({ clock: "customer" }) });
  }
  return (
    <FoldedFilters ask={ask} chosen={isNarrowed(ask.report) ? chosen : []}>
      {controls}
    </FoldedFilters>
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
      <span className={s.spans}>
        {SPANS.map((days) => (
          <button key={days} type="button" className="btn ghost sm" onClick={() => last(days)}>
            {t("reports.lastDays", { n: days })}
          </button>
        ))}
      </span>
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
