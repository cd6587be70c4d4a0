import { useEffect, useState } from "react";
import { loadCampaigns } from "../../commands/posts";
import { type AnyKey, LANGUAGES, languageName, t } from "../../text/i18n";
import { networkName } from "../../text/network-names";
import { KIND_NAMES, kindLabel } from "../../ui/marks";
import { useCore, usePhone, useSelect } from "../../ui/use-core";
import {
  type Ask, dateIn, FURTHER, isNarrowed, isOfSurveys, MEASURES, type Measure, NARROWS, type Narrow, type ReportName,
  shifted,
} from "./ask"; // biome-ignore format: a word list
import { type Chosen, FoldedFilters } from "./folded-filters";
import { GROUP_WORDS } from "./groups";
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
  const networks = new Map(all.map((one) => [one.network, networkName(one)]));
  const [wide, setWide] = useState(false);
  const further = useFurther(ask, isNarrowed(ask.report) && (phone || wide || ask.only.campaign !== undefined));
  const only = (name: Narrow, value: string) => {
    const { [name]: _before, ...rest } = ask.only;
    change({ only: value ? { ...rest, [name]: value } : rest });
  };
  const narrow = (name: Narrow, any: AnyKey, label: AnyKey, options: Options) => (
    <select
      key={name}
      className="input"
      aria-label={t(label)}
      value={ask.only[name] ?? ""}
      onChange={(event) => only(name, event.target.value)}
    >
      <option value="">{t(any)}</option>
      {options.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
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
            "reports.any.team",
            "filter.team",
            Object.values(teams).map((one) => [one.id, one.name]),
          )}
          {narrow(
            "channel",
            "reports.any.channel",
            "filter.channel",
            all.map((one) => [one.id, one.name]),
          )}
          {narrow("network", "reports.any.network", "filter.network", [...networks])}
          {narrow(
            "kind",
            "reports.any.kind",
            "filter.kind",
            KIND_NAMES.map((kind) => [kind, kindLabel(kind)]),
          )}
          {FURTHER.map(
            (name) =>
              (phone || wide || ask.only[name]) &&
              further[name].length > 0 &&
              narrow(name, `figures.any.${name}`, GROUP_WORDS[name], further[name]),
          )}
          {!phone && (
            <button type="button" className="btn ghost sm" aria-expanded={wide} onClick={() => setWide(!wide)}>
              {t("figures.moreFilters")}
            </button>
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
      <Measures ask={ask} change={change} />
      <Counted ask={ask} change={change} />
    </>
  );
  if (!phone) {
    return (
      <section className={s.filters} aria-label={t("reports.filters")}>
        {controls}
      </section>
    );
  }
  const names: Record<string, (value: string) => string | undefined> = {
    team: (id) => teams[id]?.name,
    channel: (id) => channels[id]?.name,
    network: (id) => networks.get(id),
    kind: (kind) => kindLabel(kind as (typeof KIND_NAMES)[number]),
  };
  const named = (name: Narrow, value: string) =>
    names[name]?.(value) ?? further[name as (typeof FURTHER)[number]]?.find(([id]) => id === value)?.[1] ?? value;
  const chosen: Chosen[] = NARROWS.flatMap((name) => {
    const value = ask.only[name];
    return value ? { id: name, label: named(name, value), drop: () => only(name, "") } : [];
  });
  if (ask.measure) chosen.push({ id: "measure", label: measureName(ask), drop: () => change({ measure: "" }) });
  if (ask.survey && isOfSurveys(ask.report)) {
    const label = surveyName ?? t("surveys.removed");
    chosen.push({ id: "survey", label, drop: () => change({ survey: "" }) });
  }
  if (COUNTED[ask.report] && ask.hours === "business") {
    chosen.push({ id: "hours", label: t("reports.hours.business"), drop: () => change({ hours: "calendar" }) });
  }
  if (COUNTED[ask.report] === "both" && ask.clock === "desk") {
    chosen.push({ id: "clock", label: t("reports.clock.desk"), drop: () => change({ clock: "customer" }) });
  }
  return (
    <FoldedFilters ask={ask} chosen={isNarrowed(ask.report) ? chosen : []}>
      {controls}
    </FoldedFilters>
  );
}

type Options = readonly (readonly [value: string, words: string])[];

/** What can be chosen of those asked for less often; one that is chosen is always among them. */
function useFurther(ask: Ask, shown: boolean): Record<(typeof FURTHER)[number], Options> {
  const core = useCore();
  const agents = useSelect((state) => state.agents);
  const tags = useSelect((state) => state.tags);
  const campaigns = useSelect((state) => state.campaigns);
  useEffect(() => {
    if (shown) void loadCampaigns(core);
  }, [core, shown]);
  const { post, language } = ask.only;
  const postText = usePostText(post);
  const named = (all: Readonly<Record<string, { id: string; name: string }>>): Options =>
    Object.values(all)
      .map((one) => [one.id, one.name] as const)
      .sort((a, b) => a[1].localeCompare(b[1]));
  const people = named(agents);
  const codes = [...new Set([...LANGUAGE_CODES, ...(language ? [language] : [])])];
  return {
    agent: people,
    owner: people,
    tag: named(tags),
    campaign: named(campaigns),
    language: codes.map((code) => [code, code === "none" || code === "0" ? t("reports.noneOf") : languageName(code)]),
    rating: [5, 4, 3, 2, 1].map((n) => [String(n), t("stars", { n })]),
    post: post ? [[post, postText || post]] : [],
  };
}

const LANGUAGE_CODES = Object.keys(LANGUAGES);

/** How the post begins to which the report is narrowed. */
function usePostText(id: string | undefined): string {
  const core = useCore();
  const [text, setText] = useState("");
  useEffect(() => {
    setText("");
    if (id && /^\d+$/.test(id) && id !== "0")
      core.api.get<{ text: string }>(`/posts/${id}`).then(
        (found) => setText(found.text.slice(0, 60)),
        // Its id stands for it.
        () => {},
      );
  }, [core, id]);
  return text;
}

const MEASURE_WORDS = {
  first: "figures.measure.first",
  next: "figures.measure.next",
  resolution: "figures.measure.resolution",
} as const;

/** What every measure of a report is together. */
const ALL_WORDS: Partial<Record<ReportName, AnyKey>> = {
  targets: "figures.measure.allTargets",
  resolution: "figures.measure.allCloses",
};

function measureName({ report, measure }: Ask): string {
  if (!measure) return t(ALL_WORDS[report] ?? "figures.measure.allAnswers");
  return t(report === "resolution" ? "figures.measure.firstClose" : MEASURE_WORDS[measure]);
}

/** First answers or later ones; of targets, resolutions too. */
function Measures({ ask, change }: Props) {
  const measures: readonly (Measure | "")[] = ["", ...(MEASURES[ask.report] ?? [])];
  if (measures.length === 1) return null;
  return (
    <select
      className="input"
      aria-label={t("figures.measure")}
      value={ask.measure}
      onChange={(event) => change({ measure: measures.find((one) => one === event.target.value) ?? "" })}
    >
      {measures.map((measure) => (
        <option key={measure} value={measure}>
          {measureName({ ...ask, measure })}
        </option>
      ))}
    </select>
  );
}

/** Which reports tell of times: by both clocks, or one of them. */
const COUNTED: Partial<Record<ReportName, "both" | "hours">> = {
  response: "both",
  resolution: "hours",
  agents: "hours",
};

/** How time is counted. */
function Counted({ ask, change }: Props) {
  const counted = COUNTED[ask.report];
  if (!counted) return null;
  return (
    <>
      <Choice
        label={t("reports.hours")}
        value={ask.hours}
        options={{ calendar: "reports.hours.calendar", business: "reports.hours.business" }}
        choose={(hours) => change({ hours })}
      />
      {counted === "both" && (
        <Choice
          label={t("reports.clock")}
          value={ask.clock}
          options={{ customer: "reports.clock.customer", desk: "reports.clock.desk" }}
          choose={(clock) => change({ clock })}
        />
      )}
    </>
  );
}

function Period({ ask, change }: Props) {
  const last = (days: number) => {
    const to = dateIn(ask.zone, Date.now());
    return { to, from: shifted(to, 1 - days) };
  };
  const isShown = ({ from, to }: { from: string; to: string }) => from === ask.from && to === ask.to;
  return (
    <>
      <span className={s.spans}>
        {SPANS.map((days) => (
          <button
            key={days}
            type="button"
            className="btn ghost sm"
            aria-pressed={isShown(last(days))}
            onClick={() => change(last(days))}
          >
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
