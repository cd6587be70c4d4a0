import { LANGUAGES, t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useSelect } from "../ui/use-core";
import { TagSteps } from "./macros";
import { type Action, type Doing, PRIORITIES, type Variant } from "./rule-parts";
import type { Named } from "./rule-words";
import s from "./rules.module.css";
import { Checks } from "./webhook-form";

interface Props<D extends Doing = Doing> {
  action: Extract<Action, { do: D }>;
  change: (action: Action) => void;
  named: Named;
}

/** What one action needs to know; nothing where its name says it all. */
export function ActionForm({ action, change, named }: Props) {
  switch (action.do) {
    case "tag":
    case "untag":
      return (
        <TagSteps
          label={t("filter.tag")}
          ids={[...action.tag_ids]}
          change={(tag_ids) => change({ ...action, tag_ids })}
        />
      );
    case "assign":
      return (
        <Agent id={action.agent_id} none={t("assign.nobody")} choose={(agent_id) => change({ ...action, agent_id })} />
      );
    case "team":
      return <Team id={action.team_id} none={t("team.none")} choose={(team_id) => change({ ...action, team_id })} />;
    case "priority":
      return (
        <select
          className={`input ${s.choice}`}
          aria-label={t("cmd.priority")}
          value={action.to}
          onChange={(event) =>
            change({ ...action, to: PRIORITIES.find((one) => one === event.target.value) ?? "high" })
          }
        >
          {PRIORITIES.map((one) => (
            <option key={one} value={one}>
              {t(`priority.${one}`)}
            </option>
          ))}
        </select>
      );
    case "escalate":
      return <Escalate action={action} change={change} named={named} />;
    case "note":
      return <Words text={action.text} change={(text) => change({ ...action, text })} most={5000} />;
    case "hide":
      return (
        <Line label={t("rules.reason")} text={action.reason ?? ""} change={(reason) => change({ ...action, reason })} />
      );
    case "reply":
      return <Reply action={action} change={change} named={named} />;
    case "out_of_hours":
      return <Variants variants={action.variants} change={(variants) => change({ ...action, variants })} />;
    case "webhook":
      return <Webhook action={action} change={change} named={named} />;
    case "notify":
      return <Notify action={action} change={change} named={named} />;
    case "close":
    case "dismiss":
    case "spam":
      return null;
  }
}

interface PickProps {
  id: string | null | undefined;
  none: string;
  choose: (id: string | null) => void;
}

function Agent({ id, none, choose }: PickProps) {
  const agents = useSelect((state) => state.agents);
  const listed = Object.values(agents).filter((one) => one.active && one.role !== "observer");
  return <Pick label={t("filter.assignee")} id={id} none={none} choose={choose} listed={listed} />;
}

function Team({ id, none, choose }: PickProps) {
  const teams = useSelect((state) => state.teams);
  return <Pick label={t("filter.team")} id={id} none={none} choose={choose} listed={Object.values(teams)} />;
}

interface ListedProps extends PickProps {
  label: string;
  listed: readonly { id: string; name: string }[];
}

function Pick({ label, id, none, choose, listed }: ListedProps) {
  const gone = id && listed.every((one) => one.id !== id);
  return (
    <select
      className={`input ${s.choice}`}
      aria-label={label}
      value={id ?? ""}
      onChange={(event) => choose(event.target.value || null)}
    >
      <option value="">{none}</option>
      {gone && <option value={id}>?</option>}
      {listed.map((one) => (
        <option key={one.id} value={one.id}>
          {one.name}
        </option>
      ))}
    </select>
  );
}

interface LineProps {
  label: string;
  text: string;
  change: (text: string) => void;
  required?: boolean;
}

function Line({ label, text, change, required }: LineProps) {
  return (
    <input
      className="input"
      dir="auto"
      maxLength={500}
      required={required}
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => change(event.target.value)}
    />
  );
}

function Words({ text, change, most }: { text: string; change: (text: string) => void; most: number }) {
  return (
    <>
      <textarea
        className="input"
        rows={3}
        dir="auto"
        required
        maxLength={most}
        aria-label={t("rules.words")}
        placeholder={t("rules.words")}
        value={text}
        onChange={(event) => change(event.target.value)}
      />
      <span className="hint">{t("rules.fills")}</span>
    </>
  );
}

/** An agent, a team, or nobody named: then the chain of the conversation's team, or whoever supervises, is asked. */
function Escalate({ action, change }: Props<"escalate">) {
  const agents = useSelect((state) => state.agents);
  const teams = useSelect((state) => state.teams);
  const to = action.agent_id ? `agent:${action.agent_id}` : action.team_id ? `team:${action.team_id}` : "";
  const choose = (value: string) => {
    const [kind, id = null] = value.split(":");
    change({ ...action, agent_id: kind === "agent" ? id : null, team_id: kind === "team" ? id : null });
  };
  return (
    <>
      <Line
        label={t("rules.reason")}
        text={action.reason}
        change={(reason) => change({ ...action, reason })}
        required
      />
      <select
        className={`input ${s.choice}`}
        aria-label={t("rules.ask")}
        value={to}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="">{t("rules.usual")}</option>
        {Object.values(teams).map((one) => (
          <option key={one.id} value={`team:${one.id}`}>
            {one.name}
          </option>
        ))}
        {Object.values(agents)
          .filter((one) => one.active && one.role !== "observer")
          .map((one) => (
            <option key={one.id} value={`agent:${one.id}`}>
              {one.name}
            </option>
          ))}
      </select>
    </>
  );
}

function Reply({ action, change }: Props<"reply">) {
  return (
    <>
      <Variants variants={action.variants} change={(variants) => change({ ...action, variants })} />
      <div className={s.flags}>
        <label className="flex">
          <input
            type="checkbox"
            checked={action.private ?? false}
            onChange={(event) => change({ ...action, private: event.target.checked })}
          />
          {t("rules.inPrivate")}
        </label>
        <label className="flex">
          {t("rules.hold")}
          <input
            className={`input num ${s.number}`}
            type="number"
            min={0}
            max={3600}
            value={action.hold_seconds ?? 0}
            onChange={(event) => change({ ...action, hold_seconds: Number(event.target.value) })}
          />
        </label>
      </div>
    </>
  );
}

interface VariantsProps {
  variants: readonly Variant[];
  change: (variants: readonly Variant[]) => void;
}

/** The answer in several languages, or several ways to say it; they take turns. */
function Variants({ variants, change }: VariantsProps) {
  const put = (at: number, part: Partial<Variant>) =>
    change(variants.map((one, i) => (i === at ? { ...one, ...part } : one)));
  return (
    <>
      {variants.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a variant has no name but its place
        <div key={at} className={s.variant}>
          <select
            className="input"
            aria-label={t("canned.language")}
            value={one.language ?? ""}
            onChange={(event) => put(at, { language: event.target.value || null })}
          >
            <option value="">{t("canned.any")}</option>
            {Object.entries(LANGUAGES).map(([code, name]) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
            {one.language && !(one.language in LANGUAGES) && <option value={one.language}>{one.language}</option>}
          </select>
          <textarea
            className="input"
            rows={2}
            required
            dir="auto"
            maxLength={5000}
            lang={one.language ?? undefined}
            aria-label={t("canned.text")}
            value={one.text}
            onChange={(event) => put(at, { text: event.target.value })}
          />
          {variants.length > 1 && (
            <button
              type="button"
              className="btn ghost sm icon-only"
              aria-label={`${t("remove")}: ${t("canned.text")} ${at + 1}`}
              onClick={() => change(variants.filter((_, i) => i !== at))}
            >
              <Icon name="trash" size="s" />
            </button>
          )}
        </div>
      ))}
      <div className="flex wrap">
        <button type="button" className="btn sm" onClick={() => change([...variants, { text: "", language: null }])}>
          <Icon name="plus" size="s" />
          {t("variants.add")}
        </button>
        <span className="hint">{t("rules.fills")}</span>
      </div>
    </>
  );
}

function Webhook({ action, change, named }: Props<"webhook">) {
  const listed = Object.entries(named.webhooks).map(([id, name]) => ({ id, name }));
  if (!listed.length && !action.webhook_id) return <span className="hint">{t("rules.noWebhooks")}</span>;
  return (
    <Pick
      label={t("settings.webhooks")}
      id={action.webhook_id || null}
      none={t("cond.choose")}
      choose={(id) => change({ ...action, webhook_id: id ?? "" })}
      listed={listed}
    />
  );
}

function Notify({ action, change }: Props<"notify">) {
  const agents = useSelect((state) => state.agents);
  return (
    <>
      <Line label={t("rules.words")} text={action.text} change={(text) => change({ ...action, text })} required />
      <span className="hint">{t("rules.fills")}</span>
      <label className="flex">
        <input
          type="checkbox"
          checked={action.supervisors ?? false}
          onChange={(event) => change({ ...action, supervisors: event.target.checked })}
        />
        {t("rules.toSupervisors")}
      </label>
      <Team id={action.team_id} none={t("team.none")} choose={(team_id) => change({ ...action, team_id })} />
      <Checks
        label={t("rules.toAgents")}
        none="–"
        options={Object.values(agents)
          .filter((one) => one.active)
          .map((one) => [one.id, one.name])}
        chosen={action.agent_ids ?? []}
        choose={(agent_ids) => change({ ...action, agent_ids })}
      />
    </>
  );
}
