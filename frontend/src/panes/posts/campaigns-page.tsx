import { useEffect, useState } from "react";
import { askPosts, loadCampaigns } from "../../commands/posts";
import type { CampaignShape, PostDetail } from "../../protocol/types.generated";
import { Collection, Field, FormDrawer } from "../../settings/collection";
import s from "../../settings/settings.module.css";
import { useKept } from "../../settings/use-kept";
import { can } from "../../store/select";
import { t } from "../../text/i18n";
import { shortDate } from "../../text/time";
import { Confirm } from "../../ui/confirm";
import { Link } from "../../ui/link";
import { useCore, useNow, useSelect } from "../../ui/use-core";

/** Named sets of posts, hashtags and dates, each with an owner and a goal; what is written under them carries the name. */
export default function CampaignsPage() {
  const core = useCore();
  const now = useNow(60_000);
  const campaigns = useSelect((state) => state.campaigns);
  const agents = useSelect((state) => state.agents);
  const may = useSelect((state) => can(state, "settings"));
  useEffect(() => void loadCampaigns(core), [core]);
  const all = Object.values(campaigns).sort((a, b) => b.created_at.localeCompare(a.created_at));
  const dates = ({ starts_at: from, ends_at: to }: CampaignShape) =>
    [from && shortDate(from, now), to && shortDate(to, now)].filter(Boolean).join(" – ");
  return (
    <main className={s.page} data-pane>
      <Collection
        title={t("campaigns")}
        detail={t("campaigns.hint")}
        items={all}
        may={may}
        add={t("campaigns.add")}
        empty={t("campaigns.none")}
        pale={(one) => one.ends_at !== null && Date.parse(one.ends_at) < now}
        columns={[
          {
            label: t("campaigns.name"),
            className: "strong",
            cell: (one) => (
              <Link to={{ page: "desk", view: "all", conversation: null, filter: { campaign: one.id, status: "any" } }}>
                <bdi>{one.name}</bdi>
              </Link>
            ),
          },
          { label: t("campaigns.goal"), className: `muted ${s.cellWords}`, cell: (one) => one.goal },
          { label: t("campaigns.owner"), cell: (one) => agents[one.owner_id ?? ""]?.name },
          { label: t("campaigns.dates"), className: "nowrap num", cell: dates },
          { label: t("nav.posts"), className: "num", cell: (one) => one.post_ids.length },
          {
            label: t("campaigns.hashtags"),
            cell: (one) => (
              <span className="flex wrap">
                {one.hashtags.map((tag) => (
                  <span key={tag} className="chip">
                    #{tag}
                  </span>
                ))}
              </span>
            ),
          },
        ]}
        editor={(one, close) => <Editor key={one?.id ?? "new"} campaign={one} close={close} />}
      />
    </main>
  );
}

const day = (at: string | null) => at?.slice(0, 10) ?? "";
const instantOf = (date: string, end: boolean) =>
  date ? new Date(`${date}T${end ? "23:59:59" : "00:00:00"}`).toISOString() : null;

function useDraft(campaign: CampaignShape | null) {
  const me = useSelect((state) => state.me?.agent.id ?? null);
  const [draft, setDraft] = useState({
    name: campaign?.name ?? "",
    goal: campaign?.goal ?? "",
    owner_id: campaign ? campaign.owner_id : me,
    starts: day(campaign?.starts_at ?? null),
    ends: day(campaign?.ends_at ?? null),
    hashtags: campaign?.hashtags.map((tag) => `#${tag}`).join(" ") ?? "",
    post_ids: campaign?.post_ids ?? [],
    team_id: campaign?.team_id ?? null,
  });
  const body = {
    name: draft.name.trim(),
    goal: draft.goal.trim(),
    owner_id: draft.owner_id || null,
    starts_at: instantOf(draft.starts, false),
    ends_at: instantOf(draft.ends, true),
    hashtags: draft.hashtags.split(/[\s,]+/).filter(Boolean),
    post_ids: draft.post_ids,
    team_id: draft.team_id || null,
  };
  return { draft, body, set: (change: Partial<typeof draft>) => setDraft({ ...draft, ...change }) };
}

function Editor({ campaign, close }: { campaign: CampaignShape | null; close: () => void }) {
  const { busy, wrong, save, remove } = useKept<CampaignShape>({
    path: "/campaigns",
    one: campaign,
    shelf: "campaigns",
    close,
  });
  const { draft, body, set } = useDraft(campaign);
  const [removing, setRemoving] = useState(false);
  const teams = useSelect((state) => state.teams);
  const agents = useSelect((state) => state.agents);
  return (
    <FormDrawer
      title={campaign?.name ?? t("campaigns.add")}
      wrong={wrong}
      busy={busy}
      close={close}
      save={() => void save(body)}
      remove={campaign ? { label: t("remove"), run: () => setRemoving(true) } : undefined}
    >
      <Field label={t("campaigns.name")}>
        {(id) => (
          <input
            id={id}
            className="input"
            dir="auto"
            required
            value={draft.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label={t("campaigns.goal")} optional>
        {(id) => (
          <textarea
            id={id}
            className="input"
            rows={3}
            dir="auto"
            value={draft.goal}
            onChange={(event) => set({ goal: event.target.value })}
          />
        )}
      </Field>
      <Field label={t("campaigns.owner")} optional>
        {(id) => (
          <select
            id={id}
            className="input"
            value={draft.owner_id ?? ""}
            onChange={(event) => set({ owner_id: event.target.value })}
          >
            <option value="">{t("assign.nobody")}</option>
            {Object.values(agents)
              .filter((agent) => agent.active)
              .map((agent) => (
                <option key={agent.id} value={agent.id}>
                  {agent.name}
                </option>
              ))}
          </select>
        )}
      </Field>
      {Object.keys(teams).length > 0 && (
        <Field label={t("campaigns.team")} optional>
          {(id) => (
            <select
              id={id}
              className="input"
              value={draft.team_id ?? ""}
              onChange={(event) => set({ team_id: event.target.value })}
            >
              <option value="">{t("team.none")}</option>
              {Object.values(teams).map((team) => (
                <option key={team.id} value={team.id}>
                  {team.name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <div className={s.two}>
        <Field label={t("campaigns.starts")} optional>
          {(id) => (
            <input
              id={id}
              type="date"
              className="input"
              value={draft.starts}
              onChange={(event) => set({ starts: event.target.value })}
            />
          )}
        </Field>
        <Field label={t("campaigns.ends")} optional>
          {(id) => (
            <input
              id={id}
              type="date"
              className="input"
              min={draft.starts}
              value={draft.ends}
              onChange={(event) => set({ ends: event.target.value })}
            />
          )}
        </Field>
      </div>
      <Field label={t("campaigns.hashtags")} hint={t("campaigns.hashtagsHint")} optional>
        {(id) => (
          <input
            id={id}
            className="input"
            dir="auto"
            value={draft.hashtags}
            onChange={(event) => set({ hashtags: event.target.value })}
          />
        )}
      </Field>
      <Posts chosen={draft.post_ids} change={(post_ids) => set({ post_ids })} />
      {campaign && removing && (
        <Confirm
          title={t("campaigns.removeTitle", { name: campaign.name })}
          text={t("campaigns.removeText")}
          action={t("remove")}
          cancel={() => setRemoving(false)}
          confirm={() => {
            setRemoving(false);
            void remove();
          }}
        />
      )}
    </FormDrawer>
  );
}

/** The newest posts, to be ticked. */
function Posts({ chosen, change }: { chosen: readonly string[]; change: (ids: string[]) => void }) {
  const core = useCore();
  const [posts, setPosts] = useState<readonly PostDetail[]>([]);
  useEffect(() => {
    askPosts(core, { campaign: "", channel: "", sort: "newest" }, null)
      .then((page) => setPosts(page.items))
      .catch(() => {});
  }, [core]);
  if (!posts.length) return null;
  return (
    <fieldset className="field">
      <legend className="label">{t("nav.posts")}</legend>
      <div className={s.remedies}>
        {posts.map((post) => (
          <label key={post.id} className="flex">
            <input
              type="checkbox"
              checked={chosen.includes(post.id)}
              onChange={(event) =>
                change(event.target.checked ? [...chosen, post.id] : chosen.filter((id) => id !== post.id))
              }
            />
            <span className="clip" dir="auto">
              {post.text || t("post.wordless")}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
