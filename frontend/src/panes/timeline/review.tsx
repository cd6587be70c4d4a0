import { useEffect, useState } from "react";
import type { MessageShape, ThreadShape, VersionShape } from "../../protocol/types.generated";
import { diff } from "../../text/diff";
import { t } from "../../text/i18n";
import { fullDate, shortDate } from "../../text/time";
import { Icon } from "../../ui/icon";
import { Stars } from "../../ui/marks";
import { useCore, useNow } from "../../ui/use-core";
import s from "./review.module.css";
import { Runs, useVersions, Versions } from "./versions";
import { Text } from "./words";

type Side = "now" | "changed" | "before";
const SIDES: readonly Side[] = ["now", "changed", "before"];

interface Props {
  message: MessageShape;
  thread: ThreadShape | null;
  language: string | null;
}

/** Stars, title and words of a review, what it is about; after a change the older and the newer words side by side. */
export function ReviewCard({ message, thread, language }: Props) {
  const core = useCore();
  const changed = message.version > 1;
  const versions = useVersions(core, message, changed);
  const [side, setSide] = useState<Side>(changed ? "changed" : "now");
  useEffect(() => setSide(changed ? "changed" : "now"), [changed]);
  const older = versions?.at(-2);
  const newer = versions?.at(-1);
  const shown = side === "before" && older ? older : message;
  return (
    <div className={s.card}>
      <div className={s.top}>
        {message.rating !== null && (
          <>
            <Stars rating={message.rating} large />
            <span className="strong">{t("stars.of", { n: message.rating })}</span>
          </>
        )}
        {older?.rating != null && message.rating !== null && <Was before={older.rating} now={message.rating} />}
        <span className="grow" />
        {changed && <Sides side={side} choose={setSide} />}
      </div>
      {thread?.title && (
        <div className={s.about} dir="auto">
          <Icon name="brief" size="xs" />
          {t("review.about", { item: thread.title })}
        </div>
      )}
      {side === "changed" && older && newer ? (
        <Beside older={older} newer={newer} language={language} />
      ) : (
        <ReviewWords version={shown} language={language} />
      )}
      {changed && message.version > 2 && side === "before" && <Versions message={message} />}
    </div>
  );
}

/** Up or down, in words and an arrow, not in colour alone. */
function Was({ before, now }: { before: number; now: number }) {
  if (before === now) return null;
  return (
    <span className={`chip ${now > before ? "ok" : "bad"}`}>
      <Icon name={now > before ? "aup" : "adown"} size="xs" />
      {t("review.was", { n: before })}
    </span>
  );
}

function Sides({ side, choose }: { side: Side; choose: (side: Side) => void }) {
  const move = (event: React.KeyboardEvent<HTMLElement>) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    event.preventDefault();
    const next = SIDES[(SIDES.indexOf(side) + by + SIDES.length) % SIDES.length] ?? side;
    choose(next);
    event.currentTarget.querySelectorAll<HTMLElement>("[role=radio]")[SIDES.indexOf(next)]?.focus();
  };
  return (
    <div className={s.sides} role="radiogroup" aria-label={t("review.versions")} onKeyDown={move}>
      {SIDES.map((one) => (
        // biome-ignore lint/a11y/useSemanticElements: a radio that looks like a button, in a radiogroup with its keys
        <button
          key={one}
          type="button"
          role="radio"
          aria-checked={one === side}
          tabIndex={one === side ? 0 : -1}
          onClick={() => choose(one)}
        >
          {t(`review.${one}`)}
        </button>
      ))}
    </div>
  );
}

function ReviewWords({
  version,
  language,
}: {
  version: Pick<VersionShape, "title" | "text">;
  language: string | null;
}) {
  const lang = language ?? undefined;
  return (
    <>
      {version.title && (
        <p className="strong" dir="auto" lang={lang}>
          {version.title}
        </p>
      )}
      {version.text ? (
        <div className={s.words} dir="auto" lang={lang}>
          <Text text={version.text} />
        </div>
      ) : (
        <em className="muted">{t("row.starsOnly")}</em>
      )}
    </>
  );
}

/** Old on the left, new on the right; what went and what came is marked in each. */
function Beside({ older, newer, language }: { older: VersionShape; newer: VersionShape; language: string | null }) {
  const runs = diff(older.text, newer.text);
  return (
    <>
      <div className={s.beside}>
        <Column version={older} language={language}>
          <Runs runs={runs.before} />
        </Column>
        <Column version={newer} language={language}>
          <Runs runs={runs.after} />
        </Column>
      </div>
      <div className={s.legend}>
        <ins>{t("review.added")}</ins> <del>{t("review.removed")}</del>
      </div>
    </>
  );
}

function Column({
  version,
  language,
  children,
}: {
  version: VersionShape;
  language: string | null;
  children: React.ReactNode;
}) {
  const now = useNow(60_000);
  return (
    <section className={s.column} aria-label={t("version", { n: version.version })}>
      <div className={s.when} title={fullDate(version.at)}>
        <span>
          {t("version", { n: version.version })}, {shortDate(version.at, now)}
        </span>
        {version.rating !== null && <Stars rating={version.rating} />}
      </div>
      {version.title && (
        <p className="strong" dir="auto" lang={language ?? undefined}>
          {version.title}
        </p>
      )}
      <p className={s.words} dir="auto" lang={language ?? undefined}>
        {version.text ? children : <em className="muted">{t("row.starsOnly")}</em>}
      </p>
    </section>
  );
}
