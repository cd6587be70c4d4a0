import { useState } from "react";
import type { Floor, FloorTile } from "../../protocol/types.generated";
import type { Filter, Sort } from "../../store/filter";
import type { DeskRoute } from "../../store/route";
import { formatNumber, t } from "../../text/i18n";
import { networkName } from "../../text/network-names";
import { clock, duration } from "../../text/time";
import { NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import { Link } from "../../ui/link";
import { useDesk, useNow, useSelect } from "../../ui/use-core";
import { Count, listOf } from "./count";
import { type Seen, useFloor } from "./floor";
import s from "./floor.module.css";
import { ScreensDrawer } from "./screens";
import { Oldest, People } from "./tables";

/** After this long without an answer the numbers are no longer those of now, unless the socket says that they are. */
const STALE_MS = 4000;
const QUIET_MS = 20_000;

/** The floor as it is this second: who waits, where, since when, and who is there. */
export default function FloorPage() {
  const seen = useFloor();
  const now = useNow(1000);
  const offset = useSelect((state) => state.clockOffsetMs);
  const { floor } = seen;
  const [screens, setScreens] = useState(false);
  // To the tenth of a second, which the common clock does not tell.
  const age = floor ? Math.max(100, Date.now() + offset - Date.parse(floor.at)) : 0;
  const live = useDesk((desk) => desk.sync.phase === "live");
  const stale = floor !== null && (seen.wrong !== null || age > (live ? QUIET_MS : STALE_MS));
  return (
    <main className={s.page} data-pane aria-label={t("nav.floor")} aria-busy={floor === null && !seen.wrong}>
      <header className={s.head}>
        <h1>{t("nav.floor")}</h1>
        <Freshness seen={seen} stale={stale} age={age} live={live} />
        <span className="grow" />
        <Link className="btn" to={{ page: "floor", screen: true }}>
          <Icon name="screen" size="s" />
          {t("floor.screen")}
        </Link>
        <button type="button" className="btn" onClick={() => setScreens(true)}>
          <Icon name="link" size="s" />
          {t("screens.title")}
        </button>
      </header>
      <div className={s.body}>
        {!floor && seen.wrong && (
          <div className="banner bad" role="alert">
            <Icon name="warn" />
            {seen.wrong}
          </div>
        )}
        {stale && (
          <div className="banner warn" role="status">
            <Icon name="wifioff" />
            <span>
              {t("floor.stale", { n: floor.total.waiting, time: clock(floor.at) })} {seen.wrong}
            </span>
          </div>
        )}
        {floor && <Whole floor={floor} now={stale ? Date.parse(floor.at) : now} stale={stale} />}
      </div>
      {screens && <ScreensDrawer close={() => setScreens(false)} />}
    </main>
  );
}

function Freshness({ seen, stale, age, live }: { seen: Seen; stale: boolean; age: number; live: boolean }) {
  if (!seen.floor) return null;
  const seconds = formatNumber(Math.round(age / 100) / 10);
  return (
    <span className={`${s.live} ${stale ? s.off : ""}`}>
      <i />
      {stale
        ? t("floor.old", { time: clock(seen.floor.at) })
        : live
          ? t("floor.pushed")
          : t("floor.live", { s: seconds })}
    </span>
  );
}

function Whole({ floor, now, stale }: { floor: Floor; now: number; stale: boolean }) {
  const channels = useSelect((state) => state.channels);
  const named = (tile: FloorTile) =>
    networkName(Object.values(channels).find((one) => one.network === tile.key)) ?? tile.name;
  return (
    <div className={`${s.all} ${stale ? s.pale : ""}`}>
      <Tiles total={floor.total} now={now} />
      <div className={s.grid}>
        <Oldest waiting={floor.total.waiting} now={now} />
        <People agents={floor.agents} now={now} />
        <Parts
          title={t("floor.byTeam")}
          now={now}
          tiles={floor.teams.filter((one) => one.key !== "0" || one.open > 0)}
          head={(one) => <bdi className="strong">{one.name || t("floor.noTeam")}</bdi>}
          filter={(one) => ({ team: one.key === "0" ? "none" : one.key })}
        />
        <Parts
          title={t("floor.byNetwork")}
          now={now}
          tiles={floor.networks}
          head={(one) => (
            <span className="flex">
              <NetworkBadge network={one.key} />
              <span className="clip">{named(one)}</span>
            </span>
          )}
          filter={(one) => ({ network: one.key })}
        />
        <Parts
          title={t("floor.byChannel")}
          now={now}
          tiles={floor.channels}
          head={(one) => (
            <span className="flex">
              <ChannelBadge id={one.key} />
              <bdi className="clip" title={one.name}>
                {one.name}
              </bdi>
            </span>
          )}
          filter={(one) => ({ channel: one.key })}
        />
      </div>
    </div>
  );
}

function ChannelBadge({ id }: { id: string }) {
  const network = useSelect((state) => state.channels[id]?.network);
  return network ? <NetworkBadge network={network} channelId={id} /> : null;
}

function Tiles({ total, now }: { total: FloorTile; now: number }) {
  const oldest = total.oldest_since;
  return (
    <div className={s.tiles}>
      <BigTile
        icon="alarm"
        label={t("floor.oldest")}
        value={oldest ? duration(now - Date.parse(oldest), 60 * 60_000) : "–"}
        detail={oldest ? t("floor.since", { time: clock(oldest) }) : t("empty.nobodyWaits")}
        to={oldest ? listOf("waiting") : null}
      />
      <BigTile
        icon="inbox"
        label={t("floor.waiting")}
        value={formatNumber(total.waiting)}
        detail={t("floor.ofOpen", { n: total.open })}
        to={listOf("waiting")}
      />
      <BigTile
        icon="user"
        label={t("nobody")}
        value={formatNumber(total.unassigned)}
        detail={t("floor.ofWaiting")}
        to={listOf("waiting", { assignee: "none" })}
      />
      <BigTile
        icon="hourglass"
        label={t("floor.atRisk")}
        value={formatNumber(total.at_risk)}
        detail={t("floor.byDeadline")}
        tone={total.at_risk ? s.soon : undefined}
        to={listOf("waiting", { target: "soon" }, "deadline")}
      />
      <BigTile
        icon="warn"
        label={t("floor.breached")}
        value={formatNumber(total.breached)}
        detail={total.breached ? t("floor.byDeadline") : t("floor.nothingLate")}
        tone={total.breached ? s.late : undefined}
        to={listOf("waiting", { target: "late" }, "deadline")}
      />
    </div>
  );
}

interface BigProps {
  icon: IconName;
  label: string;
  value: string;
  detail: string;
  tone?: string;
  to: DeskRoute | null;
}

function BigTile({ icon, label, value, detail, tone = "", to }: BigProps) {
  const inside = (
    <>
      <span className={s.tileHead}>
        <Icon name={icon} size="s" />
        {label}
      </span>
      <span className={s.big}>{value}</span>
      <span className={s.tileFoot}>{detail}</span>
    </>
  );
  if (!to) return <div className={`${s.tile} ${tone}`}>{inside}</div>;
  return (
    <Link className={`${s.tile} ${tone}`} to={to}>
      {inside}
    </Link>
  );
}

interface PartsProps {
  title: string;
  tiles: readonly FloorTile[];
  now: number;
  head: (tile: FloorTile) => React.ReactNode;
  /** What narrows a list to this part. */
  filter: (tile: FloorTile) => Filter;
}

/** The floor divided one way: a row for each part, each number the way to its list. */
function Parts({ title, tiles, now, head, filter }: PartsProps) {
  return (
    <section className={s.panel} aria-label={title}>
      <h2>{title}</h2>
      {tiles.length === 0 ? (
        <p className={`muted ${s.none}`}>{t("floor.none")}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>
                <span className="sr">{title}</span>
              </th>
              <th className={s.r}>{t("floor.open")}</th>
              <th className={s.r}>{t("floor.waiting")}</th>
              <th className={s.r}>{t("nobody")}</th>
              <th className={s.r}>{t("floor.atRisk")}</th>
              <th className={s.r}>{t("floor.breached")}</th>
              <th className={s.bar}>
                <span className="sr">{t("floor.shares")}</span>
              </th>
              <th className={s.r}>{t("floor.oldest")}</th>
            </tr>
          </thead>
          <tbody>
            {tiles.map((one) => (
              <Part key={one.key} tile={one} now={now} head={head(one)} filter={filter(one)} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

interface PartProps {
  tile: FloorTile;
  now: number;
  head: React.ReactNode;
  filter: Filter;
}

function Part({ tile, now, head, filter }: PartProps) {
  const to = (view: string, more: Filter = {}, sort?: Sort) => listOf(view, { ...filter, ...more }, sort);
  return (
    <tr>
      <th scope="row">{head}</th>
      <td className={s.r}>
        <Count n={tile.open} to={to("all")} />
      </td>
      <td className={s.r}>
        <Count n={tile.waiting} to={to("waiting")} />
      </td>
      <td className={s.r}>
        <Count n={tile.unassigned} to={to("waiting", { assignee: "none" })} />
      </td>
      <td className={s.r}>
        <Count n={tile.at_risk} to={to("waiting", { target: "soon" }, "deadline")} tone={s.soon} />
      </td>
      <td className={s.r}>
        <Count n={tile.breached} to={to("waiting", { target: "late" }, "deadline")} tone={s.late} />
      </td>
      <td className={s.bar}>
        <Stack tile={tile} />
      </td>
      <td className={`${s.r} num muted nowrap`}>
        {tile.oldest_since ? duration(now - Date.parse(tile.oldest_since)) : t("empty.nobodyWaits")}
      </td>
    </tr>
  );
}

/** In time, late soon, late: the same numbers as beside it, as a bar. */
function Stack({ tile }: { tile: FloorTile }) {
  const calm = Math.max(0, tile.waiting - tile.at_risk - tile.breached);
  return (
    <span className={s.stack} aria-hidden>
      {calm > 0 && <i className={s.calm} style={{ flexGrow: calm }} />}
      {tile.at_risk > 0 && <i className={s.hatched} style={{ flexGrow: tile.at_risk }} />}
      {tile.breached > 0 && <i className={s.red} style={{ flexGrow: tile.breached }} />}
    </span>
  );
}
