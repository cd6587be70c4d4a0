import { useEffect, useState } from "react";
import { openConversation } from "../../commands/navigate";
import type { StoryItem } from "../../protocol/types.generated";
import { putRow } from "../../store/apply";
import { t } from "../../text/i18n";
import { networkName } from "../../text/network-names";
import { shortDate } from "../../text/time";
import { NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Stars } from "../../ui/marks";
import { useCore, useNow, useSelect } from "../../ui/use-core";
import s from "./person.module.css";

interface Page {
  items: StoryItem[];
  next_cursor: string | null;
}

const PAGE = "20";

interface Props {
  contactId: string;
  networks: readonly string[];
  /** The newest thing that happened in the open conversation: the story may have grown. */
  at: number;
}

/** Everything that was said with a person, on every network, newest first; each item leads to where it stands. */
export function Story({ contactId, networks, at }: Props) {
  const core = useCore();
  const now = useNow(60_000);
  const [network, setNetwork] = useState("");
  const [page, setPage] = useState<Page | null>(null);
  const [asking, setAsking] = useState(false);
  const [failed, setFailed] = useState(false);
  const path = `/contacts/${contactId}/timeline`;
  const query = { limit: PAGE, network: network || undefined };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `at` says that there is something new
  useEffect(() => {
    let current = true;
    setFailed(false);
    core.api
      .get<Page>(path, query)
      .then((found) => current && setPage(found))
      .catch(() => current && setFailed(true));
    return () => {
      current = false;
    };
  }, [core, path, network, at]);
  const older = async () => {
    if (!page?.next_cursor) return;
    setAsking(true);
    try {
      const next = await core.api.get<Page>(path, { ...query, cursor: page.next_cursor });
      setPage({ items: [...page.items, ...next.items], next_cursor: next.next_cursor });
    } catch {
      setFailed(true);
    } finally {
      setAsking(false);
    }
  };
  return (
    <section aria-busy={asking}>
      <h3>
        {t("person.story")}
        {networks.length > 1 && (
          <select
            className={s.choice}
            aria-label={t("filter.network")}
            value={network}
            onChange={(event) => setNetwork(event.target.value)}
          >
            <option value="">{t("person.storyAll")}</option>
            {networks.map((one) => (
              <NetworkOption key={one} network={one} />
            ))}
          </select>
        )}
      </h3>
      {failed && <p className="muted small">{t("person.storyFailed")}</p>}
      {page?.items.length === 0 && <p className="muted small">{t("person.storyNone")}</p>}
      <ol className={s.story}>
        {page?.items.map((item, i) => (
          <Told key={item.message.id} item={item} before={page.items[i - 1]} now={now} />
        ))}
      </ol>
      {page?.next_cursor && (
        <button type="button" className="btn ghost sm" disabled={asking} onClick={() => void older()}>
          {t("person.storyMore")}
        </button>
      )}
    </section>
  );
}

function NetworkOption({ network }: { network: string }) {
  const name = useSelect(
    (state) => networkName(Object.values(state.channels).find((channel) => channel.network === network)) ?? network,
  );
  return <option value={network}>{name}</option>;
}

function Told({ item, before, now }: { item: StoryItem; before: StoryItem | undefined; now: number }) {
  const core = useCore();
  const { message, conversation: row } = item;
  const campaign = useSelect((state) => (row.campaign_id ? state.campaigns[row.campaign_id]?.name : undefined));
  const begins = before?.conversation.id !== row.id;
  const origin = typeof row.origin?.title === "string" && row.origin.title ? row.origin.title : row.origin?.kind;
  const open = () => {
    core.store.update((state) => putRow(state, row));
    openConversation(core, row.id);
    seek(message.id);
  };
  return (
    <li>
      {begins && (
        <p className={s.place}>
          <NetworkBadge network={row.network} channelId={row.channel_id} />
          <span className="num">#{row.number}</span>
          <span className="clip grow" dir="auto">
            {row.subject}
          </span>
          {campaign && <span className="chip clip">{campaign}</span>}
          {origin ? <span className="chip clip">{t("person.origin", { origin: String(origin) })}</span> : null}
        </p>
      )}
      <button type="button" className={s.told} data-direction={message.direction} onClick={open}>
        <Icon
          name={message.direction === "out" ? "reply" : message.direction === "note" ? "note" : "bubble"}
          size="xs"
        />
        <span className="clip" dir="auto">
          {message.rating !== null && <Stars rating={message.rating} />}{" "}
          {message.text || message.attachments.map((file) => file.name || file.kind).join(", ") || "…"}
        </span>
        <span className="tiny muted num">{shortDate(message.occurred_at, now)}</span>
      </button>
    </li>
  );
}

/** Brings an item into view as soon as its timeline shows it. */
function seek(id: string, tries = 20): void {
  const found = document.getElementById(`m-${id}`);
  if (found) found.scrollIntoView({ block: "center" });
  else if (tries > 0) window.setTimeout(() => seek(id, tries - 1), 100);
}
