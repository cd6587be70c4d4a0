import { useCallback, useEffect, useState } from "react";
import { reason } from "../../commands/triage";
import type { ConversationShape } from "../../protocol/types.generated";
import { Drawer, Wrong } from "../../settings/page";
import { t } from "../../text/i18n";
import { fullDate, shortDate } from "../../text/time";
import { NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { kindLabel } from "../../ui/marks";
import { useCore, useNow } from "../../ui/use-core";
import { type Ask, questionBehind } from "./ask";
import { time } from "./report";
import s from "./reports.module.css";

interface One {
  item_id: string;
  wait_id: string | null;
  at: string;
  seconds: number | null;
  conversation: ConversationShape;
}

interface Props {
  ask: Ask;
  close: () => void;
  explain: (wait: string) => void;
}

/** The conversations behind a number, newest first; each wait can be explained. */
export function BehindDrawer({ ask, close, explain }: Props) {
  const { found, further, more, wrong } = useBehind(ask);
  return (
    <Drawer title={t("reports.behind")} close={close}>
      <Wrong text={wrong} />
      {found?.length === 0 && <p className="muted">{t("reports.none")}</p>}
      <ul className={s.behind}>
        {found?.map((one) => (
          <Row key={one.item_id} one={one} explain={explain} />
        ))}
      </ul>
      {further && (
        <button type="button" className="btn" onClick={more}>
          {t("timeline.older")}
        </button>
      )}
    </Drawer>
  );
}

function useBehind(ask: Ask) {
  const core = useCore();
  const [found, setFound] = useState<readonly One[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const query = new URLSearchParams({ ...questionBehind(ask), limit: "50" }).toString();
  const path = `/reports/response/cells/${encodeURIComponent(ask.cell)}?${query}`;
  const look = useCallback(
    async (after: string | null) => {
      const page = await core.api.get<{ items: One[]; next_cursor: string | null }>(
        after ? `${path}&cursor=${encodeURIComponent(after)}` : path,
      );
      setFound((before) => (after ? [...(before ?? []), ...page.items] : page.items));
      setCursor(page.next_cursor);
    },
    [core, path],
  );
  useEffect(() => void look(null).catch((error) => setWrong(reason(error))), [look]);
  const more = () => void look(cursor).catch((error) => setWrong(reason(error)));
  return { found, further: cursor !== null, more, wrong };
}

function Row({ one, explain }: { one: One; explain: (wait: string) => void }) {
  const now = useNow(60_000);
  const { conversation, wait_id: wait } = one;
  return (
    <li>
      <NetworkBadge network={conversation.network} channelId={conversation.channel_id} />
      <div className="grow" style={{ minWidth: 0 }}>
        <Link
          className="strong clip"
          style={{ display: "block" }}
          to={{ page: "desk", view: "all", conversation: conversation.id }}
        >
          <bdi>{conversation.contact.name || `#${conversation.number}`}</bdi>
        </Link>
        <span className="muted small" title={fullDate(one.at)}>
          {kindLabel(conversation.kind)} · {shortDate(one.at, now)}
        </span>
      </div>
      {wait ? (
        <button
          type="button"
          className={`num strong ${s.number}`}
          title={t("reports.explain")}
          onClick={() => explain(wait)}
        >
          {time(one.seconds)}
          <Icon name="right" size="xs" />
        </button>
      ) : (
        <span className="num">{time(one.seconds)}</span>
      )}
    </li>
  );
}
