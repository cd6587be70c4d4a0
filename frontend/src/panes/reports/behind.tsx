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
import { useCore, useNow, useSelect } from "../../ui/use-core";
import { type Ask, cellOf, measureOf, questionBehind } from "./ask";
import { Choice } from "./filters";
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
  /** Another cell of the same line. */
  show: (cell: string) => void;
}

/** The conversations behind a number, newest first; each wait can be explained. */
export function BehindDrawer({ ask, close, explain, show }: Props) {
  const { report, name } = cellOf(ask.cell);
  return (
    <Drawer title={t("reports.behind")} close={close}>
      {report === "targets" ? (
        <Promises ask={ask} name={name} explain={explain} show={show} />
      ) : (
        <List ask={ask} explain={explain} />
      )}
    </Drawer>
  );
}

/** Both sorts of targets, each in its own list: of answers, and of resolutions. */
function Promises({ ask, name, explain, show }: Omit<Props, "close"> & { name: string }) {
  const cell = PROMISES.find((one) => one === name);
  const { measure } = measureOf(ask, "targets");
  return (
    <>
      {cell && (
        <Choice
          label={t("reports.inTarget")}
          value={cell}
          options={PROMISE_WORDS}
          choose={(next) => show(`targets.${next}`)}
        />
      )}
      {measure !== "resolution" && (
        <>
          <h3 className="label">{t("reports.responses")}</h3>
          <List key={ask.cell} ask={ask} explain={explain} />
        </>
      )}
      {(!measure || measure === "resolution") && !OF_WAITS_ALONE.includes(name) && (
        <>
          <h3 className="label">{t("targets.resolution")}</h3>
          <List key={`${ask.cell} resolution`} ask={ask} measure="resolution" explain={explain} />
        </>
      )}
    </>
  );
}

/** Only who waits for an answer can be dismissed. */
const OF_WAITS_ALONE = ["dismissed_late", "released", "wrote_again"];
const PROMISES = ["met", "answered_late", "open_late", "dismissed_late"] as const;
const PROMISE_WORDS = {
  met: "reports.promise.met",
  answered_late: "reports.promise.answered_late",
  open_late: "reports.promise.open_late",
  dismissed_late: "reports.promise.dismissed_late",
} as const;

function List({ ask, measure, explain }: { ask: Ask; measure?: string; explain: (wait: string) => void }) {
  const { found, further, more, wrong } = useBehind(ask, measure);
  return (
    <>
      <Wrong text={wrong} />
      {found?.length === 0 && <p className="muted">{t("figures.nothing")}</p>}
      <ul className={s.behind}>
        {found?.map((one) => (
          <Row key={`${one.conversation.id} ${one.item_id}`} one={one} explain={explain} />
        ))}
      </ul>
      {further && (
        <button type="button" className="btn" onClick={more}>
          {t("timeline.older")}
        </button>
      )}
    </>
  );
}

function useBehind(ask: Ask, measure = "") {
  const core = useCore();
  const [found, setFound] = useState<readonly One[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const channels = useSelect((state) => state.channels);
  const query = questionBehind(ask, (place, name) =>
    Object.values(channels).flatMap((one) => ((one[place] || "none") === name ? [one.id] : [])),
  );
  query.set("limit", "50");
  if (measure) query.set("measure", measure);
  const { report, name } = cellOf(ask.cell);
  const path = `/reports/${report}/cells/${encodeURIComponent(name)}?${query}`;
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
          {one.seconds === null ? t("reports.explainShort") : time(one.seconds)}
          <Icon name="right" size="xs" />
        </button>
      ) : (
        one.seconds !== null && <span className="num">{time(one.seconds)}</span>
      )}
    </li>
  );
}
