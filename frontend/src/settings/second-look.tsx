import { useCallback, useEffect, useRef, useState } from "react";
import { onSignal, type Signal } from "../commands/registry";
import { reason } from "../commands/triage";
import type { AppealShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { fullDate, shortDate } from "../text/time";
import { Icon } from "../ui/icon";
import { capsOf, Keys } from "../ui/keys";
import { Link } from "../ui/link";
import { useCore, useDesk, useNow } from "../ui/use-core";
import { Page, Wrong } from "./page";
import s from "./rules.module.css";
import p from "./settings.module.css";

interface Appeals {
  items: AppealShape[];
  next_cursor: string | null;
}
type Outcome = "confirm" | "revert";

/** Comments that rules hid: a person looks again, and leaves each hidden or shows it. */
export function SecondLookPage() {
  const core = useCore();
  const [appeals, setAppeals] = useState<readonly AppealShape[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const look = useCallback(
    (after: string | null) =>
      core.api
        .get<Appeals>("/moderation/appeals", { limit: "50", cursor: after ?? undefined })
        .then((page) => {
          setAppeals((before) => (after ? [...(before ?? []), ...page.items] : page.items));
          setCursor(page.next_cursor);
        })
        .catch((error) => setWrong(reason(error))),
    [core],
  );
  useEffect(() => void look(null), [look]);
  const chosen = appeals ? Math.min(at, appeals.length - 1) : 0;
  const decide = async (one: AppealShape, outcome: Outcome) => {
    const before = appeals;
    setWrong(null);
    setAppeals((all) => all?.filter((other) => other.message_id !== one.message_id) ?? null);
    try {
      await core.api.post(`/moderation/appeals/${one.message_id}/${outcome}`);
      core.toast(t(outcome === "confirm" ? "rules.look.confirmed" : "rules.look.reverted"));
    } catch (error) {
      // Back at its place: nothing was decided.
      setAppeals(before);
      setWrong(reason(error));
    }
  };
  useHeard((what) => {
    const one = appeals?.[chosen];
    if (!appeals || !one) return;
    if (what === "look-next") setAt(Math.min(chosen + 1, appeals.length - 1));
    else if (what === "look-previous") setAt(Math.max(chosen - 1, 0));
    else if (what === "look-confirm") void decide(one, "confirm");
    else if (what === "look-revert") void decide(one, "revert");
  });
  return (
    <Page title={t("settings.secondLook")} detail={t("rules.look.hint")}>
      <Wrong text={wrong} />
      {appeals?.length === 0 && (
        <div className="banner ok">
          <Icon name="check" />
          {t("rules.look.none")}
        </div>
      )}
      {appeals && appeals.length > 0 && (
        <>
          <KeysHint />
          <ol className={s.looks}>
            {appeals.map((one, i) => (
              <Hidden
                key={one.message_id}
                appeal={one}
                current={i === chosen}
                choose={() => setAt(i)}
                decide={(outcome) => void decide(one, outcome)}
              />
            ))}
          </ol>
        </>
      )}
      {cursor && (
        <button type="button" className={`btn sm ${s.older}`} onClick={() => void look(cursor)}>
          {t("more")}
        </button>
      )}
    </Page>
  );
}

/** The keys as they are for this person; nothing where single letters are off. */
function KeysHint() {
  useDesk((desk) => desk.own.keys);
  const on = useDesk((desk) => desk.shortcuts);
  const [next, previous, yes, no] = ["look-next", "look-previous", "look-confirm", "look-revert"].map((one) =>
    capsOf(one),
  );
  if (!on || !next || !previous || !yes || !no) return null;
  return <p className={`hint ${s.keys}`}>{t("rules.look.keys", { next, previous, yes, no })}</p>;
}

interface HiddenProps {
  appeal: AppealShape;
  current: boolean;
  choose: () => void;
  decide: (outcome: Outcome) => void;
}

function Hidden({ appeal, current, choose, decide }: HiddenProps) {
  const now = useNow(60_000);
  const line = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (current) line.current?.scrollIntoView?.({ block: "nearest" });
  }, [current]);
  return (
    <li ref={line} className={`${p.panel} ${s.look}`} aria-current={current || undefined} onPointerDown={choose}>
      {appeal.text ? (
        <blockquote dir="auto">{appeal.text}</blockquote>
      ) : (
        <p className="muted">{t("rules.look.erased")}</p>
      )}
      <div className="flex wrap">
        <span className="flex muted small">
          <Icon name="hide" size="xs" /> <bdi>{t("rules.look.by", { name: appeal.rule_name })}</bdi>
          <time className="num" dateTime={appeal.at} title={fullDate(appeal.at)}>
            {shortDate(appeal.at, now)}
          </time>
        </span>
        <Link className="small" to={{ page: "desk", view: "all", conversation: appeal.conversation_id }}>
          {t("whatif.conversation")}
        </Link>
        <span className="grow" />
        <button type="button" className="btn sm" onClick={() => decide("confirm")}>
          <Icon name="hide" size="s" />
          {t("cmd.lookConfirm")}
          <Keys command="look-confirm" />
        </button>
        <button type="button" className="btn sm" onClick={() => decide("revert")}>
          <Icon name="eye" size="s" />
          {t("cmd.lookRevert")}
          <Keys command="look-revert" />
        </button>
      </div>
    </li>
  );
}

/** What the keys of this page ask for. */
function useHeard(hear: (what: Signal) => void) {
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => onSignal((what) => latest.current(what)), []);
}
