import { useEffect, useState } from "react";
import { loadCampaigns } from "../commands/posts";
import { newKey } from "../http/api";
import type { ReportMailShape } from "../protocol/types.generated";
import { currentLanguage, LANGUAGES, t } from "../text/i18n";
import { weekdayName } from "../text/time";
import { ownZone } from "../text/zone";
import { Confirm } from "../ui/confirm";
import { Icon } from "../ui/icon";
import { useCore, useSelect } from "../ui/use-core";
import { Field, FormDrawer, NameField } from "./collection";
import { useAsk } from "./page";
import s from "./settings.module.css";
import { Conflict, useEdited } from "./use-edited";
import { Checks } from "./webhook-form";
import { ZoneField } from "./zone-field";

type Draft = Pick<
  ReportMailShape,
  | "name" | "agent_ids" | "addresses" | "query" | "every" | "weekday" | "month_day" | "at" | "zone" | "language"
  | "form" | "active"
>; // biome-ignore format: a word list

const DAYS = [0, 1, 2, 3, 4, 5, 6] as const;
/** What a digest of topics can be narrowed to. */
const NARROWS: readonly string[] = ["tag", "campaign"];
const REPORTS = [
  "response", "volume", "rate", "targets", "resolution", "reopened", "backlog", "action", "parts", "agents",
  "reviews", "csat", "nps", "moderation", "rules", "topics",
] as const; // biome-ignore format: a word list

function blank(query: string): Draft {
  const language = currentLanguage();
  return {
    name: "",
    agent_ids: [],
    addresses: [],
    query,
    every: "week",
    weekday: 0,
    month_day: 1,
    at: "08:00",
    zone: ownZone(),
    language: language in LANGUAGES ? language : "en",
    form: "csv",
    active: true,
  };
}

function draftOf(mail: Draft): Draft {
  const { name, agent_ids, addresses, query, every, weekday, month_day, at, zone, language, form, active } = mail;
  return { name, agent_ids, addresses, query, every, weekday, month_day, at, zone, language, form, active };
}

interface Props {
  /** Null: a new one. */
  mail: ReportMailShape | null;
  /** The address of the report that a new one mails. */
  query?: string;
  close: () => void;
  changed: (mail: ReportMailShape | null) => void;
}

/** Which report, to whom, when and as what; one can be sent now to see what it looks like. */
export function ReportMailForm({ mail, query = "", close, changed }: Props) {
  const core = useCore();
  const [removing, setRemoving] = useState(false);
  const { draft, set, save, busy, wrong, conflict, clean, version } = useEdited<ReportMailShape, Draft>({
    path: "/report-mails",
    saved: mail,
    draftOf,
    blank: blank(query),
  });
  const removal = useAsk();
  const put = async () => {
    const saved = await save();
    if (saved) changed(saved);
  };
  const remove = () =>
    removal.ask(async () => {
      await core.api.delete(`/report-mails/${mail?.id}`, undefined, { etag: version });
      changed(null);
    });
  return (
    <>
      <FormDrawer
        title={mail?.name ?? t("reportMails.add")}
        wrong={wrong ?? removal.wrong}
        busy={busy || removal.busy}
        close={close}
        save={() => void put()}
        clean={clean}
        remove={mail ? { label: t("remove"), run: () => setRemoving(true) } : undefined}
        more={mail && <SendNow mail={mail} />}
      >
        <Conflict both={conflict} names={{ name: t("reportMails.name"), query: t("reportMails.report") }} />
        {mail?.off_reason && (
          <div className="banner bad small">
            <Icon name="warn" size="s" />
            {t("reportMails.offHint")}
          </div>
        )}
        <NameField
          label={t("reportMails.name")}
          hint={t("reportMails.nameHint")}
          value={draft.name}
          change={(name) => set({ name })}
        />
        <Report query={draft.query} change={(next) => set({ query: next })} />
        <To draft={draft} set={set} />
        <When draft={draft} set={set} />
        <Field label={t("reportMails.form")}>
          {(id) => (
            <select
              id={id}
              className="input"
              value={draft.form}
              onChange={(event) => set({ form: event.target.value as Draft["form"] })}
            >
              {(["csv", "xlsx", "none"] as const).map((form) => (
                <option key={form} value={form}>
                  {t(`reportMails.form.${form}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <label className="flex">
          <input type="checkbox" checked={draft.active} onChange={(event) => set({ active: event.target.checked })} />
          {t("reportMails.active")}
        </label>
      </FormDrawer>
      {removing && mail && (
        <Confirm
          title={t("reportMails.removeTitle", { name: mail.name })}
          text={t("reportMails.removeText")}
          action={t("remove")}
          cancel={() => setRemoving(false)}
          confirm={() => {
            setRemoving(false);
            void remove();
          }}
        />
      )}
    </>
  );
}

/** Which report; a digest of topics may be narrowed to tags and campaigns here, others as their page is. */
function Report({ query, change }: { query: string; change: (query: string) => void }) {
  const core = useCore();
  const tags = useSelect((state) => state.tags);
  const campaigns = useSelect((state) => state.campaigns);
  useEffect(() => void loadCampaigns(core), [core]);
  const given = new URLSearchParams(query);
  const report = given.get("report") ?? "response";
  const narrowed = [...given.keys()].some((name) => name !== "report" && !NARROWS.includes(name));
  const choose = (next: string) => change(next === "response" ? "" : `report=${next}`);
  const narrow = (to: string) => (ids: readonly string[]) => {
    const next = new URLSearchParams({ report });
    for (const name of NARROWS) for (const id of name === to ? ids : given.getAll(name)) next.append(name, id);
    change(next.toString());
  };
  const hint = report === "topics" ? "reportMails.narrowTopics" : "reportMails.reportHint";
  // What rules did is of a period alone.
  const says = report === "rules" ? undefined : t(narrowed ? "reportMails.narrowed" : hint);
  return (
    <>
      <Field label={t("reportMails.report")} hint={says}>
        {(id) => (
          <select id={id} className="input" value={report} onChange={(event) => choose(event.target.value)}>
            {REPORTS.map((one) => (
              <option key={one} value={one}>
                {t(one === "topics" ? "reportMails.topics" : `reports.report.${one}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {report === "topics" && (
        <>
          <Checks
            label={t("filter.tag")}
            options={Object.values(tags).map((one) => [one.id, one.name] as const)}
            chosen={given.getAll("tag")}
            choose={narrow("tag")}
          />
          <Checks
            label={t("filter.campaign")}
            options={Object.values(campaigns).map((one) => [one.id, one.name] as const)}
            chosen={given.getAll("campaign")}
            choose={narrow("campaign")}
          />
        </>
      )}
    </>
  );
}

interface PartProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
}

function To({ draft, set }: PartProps) {
  const agents = useSelect((state) => state.agents);
  const [words, setWords] = useState(draft.addresses.join("\n"));
  return (
    <>
      <Checks
        label={t("reportMails.agents")}
        none={t("reportMails.nobody")}
        options={Object.values(agents)
          .filter((one) => one.active)
          .map((one) => [one.id, one.name] as const)}
        chosen={draft.agent_ids}
        choose={(chosen) => set({ agent_ids: [...chosen] })}
      />
      <Field label={t("reportMails.addresses")} optional hint={t("reportMails.addressesHint")}>
        {(id) => (
          <textarea
            id={id}
            className="input"
            rows={2}
            dir="ltr"
            spellCheck={false}
            value={words}
            onChange={(event) => {
              setWords(event.target.value);
              set({ addresses: event.target.value.split(/[\s,;]+/).filter(Boolean) });
            }}
          />
        )}
      </Field>
      {draft.addresses.length > 0 && (
        <Field label={t("reportMails.language")}>
          {(id) => (
            <select
              id={id}
              className="input"
              value={draft.language}
              onChange={(event) => set({ language: event.target.value })}
            >
              {Object.entries(LANGUAGES).map(([code, name]) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
    </>
  );
}

function When({ draft, set }: PartProps) {
  return (
    <>
      <div className={s.two}>
        <Field label={t("reportMails.every")}>
          {(id) => (
            <select
              id={id}
              className="input"
              value={draft.every}
              onChange={(event) => set({ every: event.target.value as Draft["every"] })}
            >
              {(["day", "week", "month"] as const).map((every) => (
                <option key={every} value={every}>
                  {t(`reportMails.every.${every}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("reportMails.at")}>
          {(id) => (
            <input
              id={id}
              className="input num"
              type="time"
              required
              value={draft.at}
              onChange={(event) => set({ at: event.target.value })}
            />
          )}
        </Field>
      </div>
      {draft.every === "week" && (
        <Field label={t("reportMails.weekday")}>
          {(id) => (
            <select
              id={id}
              className="input"
              value={draft.weekday}
              onChange={(event) => set({ weekday: Number(event.target.value) })}
            >
              {DAYS.map((day) => (
                <option key={day} value={day}>
                  {weekdayName(day, "long")}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {draft.every === "month" && (
        <Field label={t("reportMails.monthDay")} hint={t("reportMails.monthDayHint")}>
          {(id) => (
            <input
              id={id}
              className="input num"
              type="number"
              min={1}
              max={31}
              required
              value={draft.month_day}
              onChange={(event) => set({ month_day: Number(event.target.value) })}
            />
          )}
        </Field>
      )}
      <p className="hint">{t(`reportMails.period.${draft.every}`)}</p>
      <ZoneField zone={draft.zone} change={(zone) => set({ zone })} />
    </>
  );
}

function SendNow({ mail }: { mail: ReportMailShape }) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [done, setDone] = useState(false);
  const send = async () => {
    const sent = await ask(() => core.api.post(`/report-mails/${mail.id}/send`, { to: "me" }, { key: newKey() }));
    if (sent) setDone(true);
  };
  return (
    <>
      {wrong && (
        <span className={`small ${s.bad}`} role="alert">
          {wrong}
        </span>
      )}
      <button type="button" className="btn" disabled={busy} onClick={() => void send()}>
        <Icon name={done ? "check" : "send"} size="s" />
        <span role="status">{t(done ? "reportMails.onItsWay" : "reportMails.sendMe")}</span>
      </button>
    </>
  );
}
