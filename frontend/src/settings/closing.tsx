import { useEffect, useState } from "react";
import { usePeopleSettings } from "../commands/people-settings";
import type { DeskRulesShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { kindLabel } from "../ui/marks";
import { useCore, useSelect } from "../ui/use-core";
import { TagSteps } from "./macros";
import { Page, useAsk, Wrong } from "./page";
import s from "./settings.module.css";

const KINDS = ["direct", "group", "chat", "mail", "comment", "mention", "review"] as const;

/** What holds for the whole desk: what closing asks for, and whose answers need a yes. */
export function ClosingPage() {
  const rules = useSelect((state) => state.deskRules);
  if (!rules) return null;
  return <Rules key={rules.version} rules={rules} />;
}

function Rules({ rules }: { rules: DeskRulesShape }) {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const { ask, busy, wrong } = useAsk();
  const [draft, setDraft] = useState(rules);
  const ofConversation = usePeopleSettings().fields.filter((field) => field.subject === "conversation");
  useEffect(() => setDraft(rules), [rules]);
  const closing = (change: Partial<DeskRulesShape["closing"]>) =>
    setDraft({ ...draft, closing: { ...draft.closing, ...change } });
  const approvals = (change: Partial<DeskRulesShape["approvals"]>) =>
    setDraft({ ...draft, approvals: { ...draft.approvals, ...change } });
  const save = async () => {
    const body = { closing: draft.closing, approvals: draft.approvals };
    const saved = await ask(() => core.api.patch<DeskRulesShape>("/desk-rules", body, { etag: rules.version }));
    if (!saved) return;
    core.store.update((state) => ({ ...state, deskRules: saved }));
    core.toast(t("closing.saved"));
  };
  const clean = JSON.stringify(draft) === JSON.stringify(rules);
  return (
    <Page
      title={t("settings.closing")}
      detail={t("closing.hint")}
      action={
        may && (
          <button type="button" className="btn primary" disabled={busy || clean} onClick={() => void save()}>
            {t("save")}
          </button>
        )
      }
    >
      <Wrong text={wrong} />
      <fieldset className={`${s.panel} ${s.rules}`} disabled={!may}>
        <h2>{t("closing.before")}</h2>
        <Check label={t("closing.needsTag")} on={draft.closing.needs_tag} set={(needs_tag) => closing({ needs_tag })} />
        {draft.closing.needs_tag && (
          <TagSteps label={t("closing.anyOf")} ids={draft.closing.tag_ids} change={(tag_ids) => closing({ tag_ids })} />
        )}
        <Check
          label={t("closing.needsAssignee")}
          on={draft.closing.needs_assignee}
          set={(needs_assignee) => closing({ needs_assignee })}
        />
        {ofConversation.length > 0 && (
          <Many
            label={t("closing.fields")}
            options={ofConversation.map((field) => [field.key, field.name])}
            ids={draft.closing.fields}
            change={(fields) => closing({ fields })}
          />
        )}
        <Many
          label={t("closing.kinds")}
          options={KINDS.map((kind) => [kind, kindLabel(kind)])}
          ids={draft.closing.kinds}
          change={(kinds) => closing({ kinds })}
        />
      </fieldset>
      <fieldset className={`${s.panel} ${s.rules}`} disabled={!may}>
        <h2>{t("closing.approval")}</h2>
        <p className="muted small">{t("closing.approvalHint")}</p>
        <Approvals approvals={draft.approvals} change={approvals} />
      </fieldset>
    </Page>
  );
}

interface ApprovalsProps {
  approvals: DeskRulesShape["approvals"];
  change: (change: Partial<DeskRulesShape["approvals"]>) => void;
}

function Approvals({ approvals, change }: ApprovalsProps) {
  const agents = useSelect((state) => state.agents);
  const channels = useSelect((state) => state.channels);
  return (
    <>
      <Many
        label={t("closing.ofAgents")}
        options={Object.values(agents)
          .filter((one) => one.active && one.role === "agent")
          .map((one) => [one.id, one.name])}
        ids={approvals.agent_ids}
        change={(agent_ids) => change({ agent_ids })}
      />
      <Many
        label={t("closing.inChannels")}
        options={Object.values(channels).map((one) => [one.id, one.name])}
        ids={approvals.channel_ids}
        change={(channel_ids) => change({ channel_ids })}
      />
      <label className="flex">
        {t("closing.stars")}
        <select
          className="input"
          style={{ width: "auto" }}
          value={approvals.stars ?? ""}
          onChange={(event) => change({ stars: event.target.value ? Number(event.target.value) : null })}
        >
          <option value="">{t("closing.noStars")}</option>
          {[1, 2, 3, 4, 5].map((n) => (
            <option key={n} value={n}>
              {t("closing.starsUpTo", { n })}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

function Check({ label, on, set }: { label: string; on: boolean; set: (on: boolean) => void }) {
  return (
    <label className="flex">
      <input type="checkbox" checked={on} onChange={(event) => set(event.target.checked)} />
      {label}
    </label>
  );
}

interface ManyProps {
  label: string;
  options: readonly (readonly [string, string])[];
  ids: readonly string[];
  change: (ids: string[]) => void;
}

function Many({ label, options, ids, change }: ManyProps) {
  return (
    <fieldset className="field">
      <legend className="label">{label}</legend>
      <div className="flex wrap" style={{ gap: "4px 12px" }}>
        {options.map(([id, name]) => (
          <Check
            key={id}
            label={name}
            on={ids.includes(id)}
            set={(on) => change(on ? [...ids, id] : ids.filter((other) => other !== id))}
          />
        ))}
      </div>
    </fieldset>
  );
}
