import { signal } from "../../commands/registry";
import type { ConversationShape, NoticeShape } from "../../protocol/types.generated";
import { matches } from "../../store/lists";
import type { State } from "../../store/state";
import { t } from "../../text/i18n";
import { prepared } from "../../text/prepared";
import { instant } from "../../text/time";
import { Icon } from "../../ui/icon";
import { useCore, useNow, useSelect } from "../../ui/use-core";
import s from "./timeline.module.css";

/** What all agents should know who have this conversation open: a known problem, and the answer to use. */
export function Notices({ row }: { row: ConversationShape }) {
  const now = useNow(30_000);
  const notices = useSelect((state) => state.notices);
  const shown = useSelect((state) =>
    Object.values(notices)
      .filter((one) => isOn(one, now) && matches(row, one.filter, state))
      .map((one) => one.id)
      .join(" "),
  );
  return shown
    .split(" ")
    .flatMap((id) => notices[id] ?? [])
    .map((notice) => <Notice key={notice.id} notice={notice} row={row} />);
}

const isOn = (notice: NoticeShape, now: number) => !notice.until || Date.parse(notice.until) > now;

function Notice({ notice, row }: { notice: NoticeShape; row: ConversationShape }) {
  const core = useCore();
  const canned = useSelect((state) => state.canned[notice.canned_id ?? ""]);
  const use = () => {
    if (canned) signal({ insert: wordsFor(core.state(), row, canned.id) });
  };
  return (
    <aside className={s.notice} aria-label={t("notice.label")}>
      <Icon name="pin" size="s" />
      <span className="grow">
        <b>{notice.title}</b> {notice.text}{" "}
        {notice.until && (
          <span className="tiny muted nowrap">{t("notice.until", { time: instant(notice.until) })}</span>
        )}
      </span>
      {canned && (
        <button type="button" className="btn sm nowrap" onClick={use}>
          {t("notice.use", { name: `/${canned.shortcut}` })}
        </button>
      )}
    </aside>
  );
}

function wordsFor(state: State, row: ConversationShape, cannedId: string): string {
  const canned = state.canned[cannedId];
  if (!canned) return "";
  const channel = state.channels[row.channel_id];
  const audience = row.audience === "public" ? "public" : "private";
  return prepared(canned, { row, audience, channel, agent: state.me?.agent.name ?? "" }).text;
}
