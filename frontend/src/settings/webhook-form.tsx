import { useState } from "react";
import type { WebhookSecretShape, WebhookShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { networkName } from "../text/network-names";
import { useCore, useSelect } from "../ui/use-core";
import { Field, FormDrawer } from "./collection";
import { CopyLine, Drawer, useAsk } from "./page";
import s from "./settings.module.css";

/** The events that can leave (docs/events.md says what each carries), in the order in which one looks for them. */
// biome-ignore format: a word list
const TYPES = [
  "message_received", "message_sent", "message_edited", "message_deleted", "message_hidden", "message_shown", "reading_corrected",
  "message_joined", "note_written", "reactions_changed", "delivery_changed", "action_refused", "attachment_ready",
  "conversation_started", "conversation_reopened", "conversation_closed", "conversation_snoozed", "conversation_woken",
  "conversations_merged", "conversations_unmerged", "assignee_changed", "team_changed", "priority_changed",
  "subject_changed", "campaign_changed", "tag_added", "tag_removed", "spam_marked", "spam_cleared", "escalated",
  "escalation_stepped", "escalation_acknowledged", "escalation_ended", "thread_bound", "threads_left", "thread_migrated", "thread_closed",
  "wait_opened", "wait_answered", "wait_acknowledged", "wait_dismissed", "wait_voided", "wait_reopened",
  "target_changed", "target_warned", "target_breached", "breach_withdrawn",
  "contact_changed", "identity_changed", "identities_linked", "contacts_merged", "contacts_unmerged", "content_erased",
  "post_changed", "setting_changed", "channel_health_changed", "attention_raised", "attention_ended",
  "delivery_quarantined",
];

interface Draft {
  name: string;
  url: string;
  types: readonly string[];
  networks: readonly string[];
  channel_ids: readonly string[];
  team_ids: readonly string[];
  tag_ids: readonly string[];
}

const BLANK: Draft = { name: "", url: "", types: [], networks: [], channel_ids: [], team_ids: [], tag_ids: [] };

function draftOf({ name, url, types, networks, channel_ids, team_ids, tag_ids }: Draft): Draft {
  return { name, url, types, networks, channel_ids, team_ids, tag_ids };
}

interface Props {
  /** Null: a new one. */
  webhook: WebhookShape | null;
  close: () => void;
  changed?: (webhook: WebhookShape) => void;
}

/** Where to and what. A new one ends with its secret, which is shown this once. */
export function WebhookForm({ webhook, close, changed }: Props) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [draft, setDraft] = useState(draftOf(webhook ?? BLANK));
  const [made, setMade] = useState<WebhookSecretShape | null>(null);
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const save = async () => {
    if (!webhook) {
      const fresh = await ask(() => core.api.post<WebhookSecretShape>("/webhooks", draft));
      return fresh && setMade(fresh);
    }
    const next = await ask(() =>
      core.api.patch<WebhookShape>(`/webhooks/${webhook.id}`, draft, { etag: webhook.version }),
    );
    if (!next) return;
    changed?.(next);
    close();
  };
  if (made) return <Secret made={made} close={close} />;
  return (
    <FormDrawer
      title={webhook?.name ?? t("webhooks.add")}
      wrong={wrong}
      busy={busy}
      close={close}
      save={() => void save()}
      action={webhook ? undefined : t("webhooks.make")}
      clean={webhook !== null && JSON.stringify(draftOf(webhook)) === JSON.stringify(draft)}
    >
      <Field label={t("webhooks.name")}>
        {(id) => (
          <input
            id={id}
            className="input"
            required
            maxLength={100}
            value={draft.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label={t("webhooks.url")} hint={t("webhooks.urlHint")}>
        {(id) => (
          <input
            id={id}
            className="input mono"
            type="url"
            dir="ltr"
            required
            value={draft.url}
            onChange={(event) => set({ url: event.target.value })}
          />
        )}
      </Field>
      <p className="hint">{t("webhooks.filterHint")}</p>
      <Filters draft={draft} set={set} />
    </FormDrawer>
  );
}

function Filters({ draft, set }: { draft: Draft; set: (change: Partial<Draft>) => void }) {
  const channels = useSelect((state) => state.channels);
  const teams = useSelect((state) => state.teams);
  const tags = useSelect((state) => state.tags);
  const networks = new Map(Object.values(channels).map((one) => [one.network, networkName(one)]));
  const named = (all: Readonly<Record<string, { id: string; name: string }>>): Option[] =>
    Object.values(all).map(({ id, name }) => [id, name]);
  return (
    <>
      <Checks
        label={t("webhooks.types")}
        mono
        options={[...new Set([...TYPES, ...draft.types])].map((one) => [one, one])}
        chosen={draft.types}
        choose={(types) => set({ types })}
      />
      <Checks
        label={t("filter.network")}
        options={[...networks]}
        chosen={draft.networks}
        choose={(chosen) => set({ networks: chosen })}
      />
      <Checks
        label={t("filter.channel")}
        options={named(channels)}
        chosen={draft.channel_ids}
        choose={(channel_ids) => set({ channel_ids })}
      />
      <Checks
        label={t("filter.team")}
        options={named(teams)}
        chosen={draft.team_ids}
        choose={(team_ids) => set({ team_ids })}
      />
      <Checks
        label={t("filter.tag")}
        options={named(tags)}
        chosen={draft.tag_ids}
        choose={(tag_ids) => set({ tag_ids })}
      />
    </>
  );
}

type Option = readonly [value: string, name: string];

interface ChecksProps {
  label: string;
  options: readonly Option[];
  chosen: readonly string[];
  choose: (chosen: readonly string[]) => void;
  mono?: boolean;
  /** What nothing chosen means; "all" where absent. */
  none?: string;
}

/** One filter, folded with what it lets through in its head; nothing chosen is everything. */
export function Checks({ label, options, chosen, choose, mono, none }: ChecksProps) {
  if (options.length === 0) return null;
  const says = chosen.length ? t("webhooks.some", { n: chosen.length }) : (none ?? t("webhooks.all"));
  return (
    <details className={s.fold}>
      <summary>
        <span className="label">{label}</span> <span className="muted small">{says}</span>
      </summary>
      <fieldset className={s.scrollChecks}>
        <legend className="sr">{label}</legend>
        {options.map(([value, name]) => (
          <label key={value} className={`flex ${mono ? "mono small" : ""}`}>
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={(event) =>
                choose(event.target.checked ? [...chosen, value] : chosen.filter((one) => one !== value))
              }
            />
            <bdi>{name}</bdi>
          </label>
        ))}
      </fieldset>
    </details>
  );
}

/** The secret with which requests are signed, to be copied now. */
export function Secret({ made, close }: { made: WebhookSecretShape; close: () => void }) {
  return (
    <Drawer
      title={made.name}
      close={close}
      foot={
        <button type="button" className="btn primary" onClick={close}>
          {t("webhooks.copiedIt")}
        </button>
      }
    >
      <div className="banner ok small">{t("tokens.once")}</div>
      <CopyLine text={made.secret} label={t("webhooks.secret")} />
      <p className="hint">{t("webhooks.secretHint")}</p>
    </Drawer>
  );
}
