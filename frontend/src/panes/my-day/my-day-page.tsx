import { lazy, Suspense, useEffect, useState } from "react";
import { reason } from "../../commands/triage";
import type { DayLine, OwnDays } from "../../protocol/types.generated";
import { formatNumber, t } from "../../text/i18n";
import { reportWords } from "../../text/reports/load";
import { wallDate } from "../../text/wall";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { useCore, useNow } from "../../ui/use-core";
import { ownZone } from "../reports/ask";
import { percent, time } from "../reports/report";
import s from "./my-day.module.css";

const OfMe = lazy(() => import("../work-reviews/of-me").then((m) => m.load()));
const EVERY_MS = 60_000;

/** One's own day and the fourteen before it. Nobody is compared with anybody, and nobody else sees it. */
export function MyDayPage() {
  const { found, wrong } = useOwnDays();
  const today = found?.days.at(-1);
  return (
    <main className={s.page} data-pane aria-label={t("nav.myDay")} aria-busy={!found && !wrong}>
      <header className={s.head}>
        <h1>{t("nav.myDay")}</h1>
        <span className="muted small">{t("myDay.hint")}</span>
      </header>
      <div className={s.body}>
        {wrong && (
          <div className="banner bad" role="alert">
            <Icon name="warn" />
            {wrong}
          </div>
        )}
        {found && today && (
          <>
            <Today day={today} waiting={found.waiting} />
            <Suspense>
              <OfMe />
            </Suspense>
            <Days found={found} />
          </>
        )}
      </div>
    </main>
  );
}

function useOwnDays() {
  const core = useCore();
  const minute = useNow(EVERY_MS);
  const [found, setFound] = useState<OwnDays | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each minute anew
  useEffect(() => {
    let over = false;
    core.api
      .get<OwnDays>("/reports/my-days", { zone: ownZone() })
      .then((days) => {
        if (over) return;
        setFound(days);
        setWrong(null);
      })
      .catch((error) => over || setWrong(reason(error)));
    return () => {
      over = true;
    };
  }, [core, minute]);
  return { found, wrong };
}

/** The median; of fewer than five the waits themselves. */
function typical(day: DayLine): string {
  if (day.values?.length) return day.values.map(time).join(", ");
  return time(day.median_seconds);
}

const kept = (day: DayLine) => (day.due ? percent(day.kept / day.due) : "–");

function Today({ day, waiting }: { day: DayLine; waiting: number }) {
  return (
    <section className={s.tiles} aria-label={t("time.today")}>
      <Tile
        label={t("myDay.answered")}
        value={formatNumber(day.answered)}
        foot={t("myDay.replies", { n: day.replies })}
      />
      <Link className={s.tile} to={{ page: "desk", view: "waiting", conversation: null, filter: { assignee: "me" } }}>
        <Inside label={t("myDay.waiting")} value={formatNumber(waiting)} foot={t("myDay.now")} />
      </Link>
      <Tile label={t("reports.median")} value={typical(day)} foot={t("myDay.medianHint")} />
      <Tile
        label={t("myDay.kept")}
        value={kept(day)}
        foot={t("whatif.metOf", { met: formatNumber(day.kept), due: formatNumber(day.due) })}
      />
      <Tile label={t("myDay.closed")} value={formatNumber(day.closed)} foot={t("time.today")} />
    </section>
  );
}

interface TileProps {
  label: string;
  value: string;
  foot: string;
}

function Tile(props: TileProps) {
  return (
    <div className={s.tile}>
      <Inside {...props} />
    </div>
  );
}

function Inside({ label, value, foot }: TileProps) {
  return (
    <>
      <span className="label">{label}</span>
      <span className={s.big}>{value}</span>
      <span className="muted small">{foot}</span>
    </>
  );
}

/** The last days: a bar for each beside its figures, today at the top. */
function Days({ found }: { found: OwnDays }) {
  const most = Math.max(1, ...found.days.map((one) => one.answered));
  const days = [...found.days].reverse();
  return (
    <section className={s.panel} aria-label={t("myDay.days")}>
      <h2>{t("myDay.days")}</h2>
      <table>
        <thead>
          <tr>
            <th>{t("reports.day")}</th>
            <th>
              <span className="sr">{t("myDay.answered")}</span>
            </th>
            <th className={s.r}>{t("myDay.answered")}</th>
            <th className={s.r}>{t("reports.median")}</th>
            <th className={s.r}>{t("myDay.kept")}</th>
            <th className={s.r}>{t("myDay.closed")}</th>
          </tr>
        </thead>
        <tbody>
          {days.map((day, at) => (
            <Line key={day.day} day={day} name={at === 0 ? t("time.today") : wallDate(day.day)} most={most} />
          ))}
        </tbody>
        <tfoot>
          <Line day={found.total} name={t("myDay.all")} most={0} />
        </tfoot>
      </table>
    </section>
  );
}

function Line({ day, name, most }: { day: DayLine; name: string; most: number }) {
  const idle = day.answered + day.replies + day.closed + day.due === 0;
  return (
    <tr className={idle ? "faint" : ""}>
      <th scope="row">{name}</th>
      <td className={s.bar} aria-hidden>
        {most > 0 && day.answered > 0 && <i style={{ inlineSize: `${(day.answered / most) * 100}%` }} />}
      </td>
      <td className={`${s.r} ${idle ? "" : "strong"}`}>{formatNumber(day.answered)}</td>
      <td className={s.r}>{day.answered > 0 ? typical(day) : "–"}</td>
      <td className={s.r}>
        {kept(day)}{" "}
        {day.due > 0 && (
          <span className="muted small">
            {formatNumber(day.kept)}/{formatNumber(day.due)}
          </span>
        )}
      </td>
      <td className={s.r}>{formatNumber(day.closed)}</td>
    </tr>
  );
}

/** The page, with the words of figures. */
export const load = async () => {
  await reportWords();
  return { default: MyDayPage };
};
