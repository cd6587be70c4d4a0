import { useEffect, useMemo, useState } from "react";
import { reason } from "../../commands/triage";
import { Api, ApiError } from "../../http/api";
import type { FloorTile, Screen } from "../../protocol/types.generated";
import { formatNumber, t } from "../../text/i18n";
import { clock, duration } from "../../text/time";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { useCore, useNow } from "../../ui/use-core";
import s from "./screen.module.css";

const EVERY_MS = 2000;
const STALE_MS = 8000;

/** The floor in large type for those who are signed in; Escape leads back. */
export function FloorScreen() {
  const core = useCore();
  useEffect(() => {
    const press = (event: KeyboardEvent) => event.key === "Escape" && core.go({ page: "floor" });
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [core]);
  return (
    <Wall api={core.api}>
      <Link
        className={`btn ghost ${s.back}`}
        to={{ page: "floor" }}
        aria-label={t("screens.back")}
        title={t("screens.back")}
      >
        <Icon name="x" />
      </Link>
    </Wall>
  );
}

/** The same by a link: the token behind the # opens this and nothing else. */
export function ScreenLink() {
  const api = useMemo(() => new Api(location.hash.slice(1)), []);
  return <Wall api={api} />;
}

function useScreen(api: Api) {
  const [seen, setSeen] = useState<{ screen: Screen | null; at: number; wrong: string | null; over: boolean }>({
    screen: null,
    at: 0,
    wrong: null,
    over: false,
  });
  useEffect(() => {
    let timer = 0;
    let left = false;
    const look = async () => {
      try {
        const screen = await api.get<Screen>("/screen");
        if (left) return;
        setSeen({ screen, at: Date.now(), wrong: null, over: false });
      } catch (error) {
        if (left) return;
        // A link that was taken back shows nothing more, not even what it last knew.
        const over = error instanceof ApiError && (error.status === 401 || error.status === 403);
        setSeen((before) => ({ ...before, wrong: over ? t("screens.revoked") : reason(error), over }));
        if (over) return;
      }
      timer = window.setTimeout(look, EVERY_MS);
    };
    void look();
    return () => {
      left = true;
      window.clearTimeout(timer);
    };
  }, [api]);
  return seen;
}

function Wall({ api, children }: { api: Api; children?: React.ReactNode }) {
  const { screen, at, wrong, over } = useScreen(api);
  const local = useNow(1000);
  const stale = screen !== null && Date.now() - at > STALE_MS;
  if (over || !screen) {
    return (
      <main className={s.wall} aria-label={t("nav.floor")}>
        <p className={s.message} role="status">
          {wrong ?? t("screens.loading")}
        </p>
        {children}
      </main>
    );
  }
  // The wall's own clock may be wrong: time goes on from the server's last word.
  const now = Date.parse(screen.at) + (stale ? 0 : Math.max(0, local - at));
  const { total } = screen;
  return (
    <main className={`${s.wall} ${stale ? s.stale : ""}`} aria-label={t("nav.floor")}>
      <header className={s.head}>
        <h1>{t("nav.floor")}</h1>
        <span>{t("floor.peopleHere", { here: formatNumber(screen.here), all: formatNumber(screen.agents) })}</span>
        <span className={s.clock}>{stale ? t("floor.old", { time: clock(screen.at) }) : clock(now)}</span>
        {children}
      </header>
      <section className={s.tiles}>
        <Tile label={t("floor.oldest")} value={since(total, now)} tone={total.breached ? s.late : ""} />
        <Tile label={t("floor.waiting")} value={formatNumber(total.waiting)} />
        <Tile label={t("nobody")} value={formatNumber(total.unassigned)} />
        <Tile label={t("floor.atRisk")} value={formatNumber(total.at_risk)} tone={total.at_risk ? s.soon : ""} />
        <Tile label={t("floor.breached")} value={formatNumber(total.breached)} tone={total.breached ? s.late : ""} />
      </section>
      <div className={s.tables}>
        <Lines
          title={t("floor.byTeam")}
          tiles={screen.teams.filter((one) => one.key !== "0" || one.open > 0)}
          now={now}
        />
        <Lines title={t("floor.byNetwork")} tiles={screen.networks.filter((one) => one.open > 0)} now={now} />
      </div>
    </main>
  );
}

const since = (tile: FloorTile, now: number) =>
  tile.oldest_since ? duration(now - Date.parse(tile.oldest_since), 3_600_000) : "–";

function Tile({ label, value, tone = "" }: { label: string; value: string; tone?: string }) {
  return (
    <div className={`${s.tile} ${tone}`}>
      <span>{label}</span>
      <strong>{value}</strong>
    </div>
  );
}

function Lines({ title, tiles, now }: { title: string; tiles: readonly FloorTile[]; now: number }) {
  return (
    <table className={s.lines}>
      <thead>
        <tr>
          <th>{title}</th>
          <th>{t("floor.waiting")}</th>
          <th>{t("floor.atRisk")}</th>
          <th>{t("floor.breached")}</th>
          <th>{t("floor.oldest")}</th>
        </tr>
      </thead>
      <tbody>
        {[...tiles]
          .sort((a, b) => b.waiting - a.waiting)
          .map((one) => (
            <tr key={one.key}>
              <th scope="row">
                <bdi>{one.name || t("floor.noTeam")}</bdi>
              </th>
              <td>{formatNumber(one.waiting)}</td>
              <td className={one.at_risk ? s.soon : ""}>{formatNumber(one.at_risk)}</td>
              <td className={one.breached ? s.late : ""}>{formatNumber(one.breached)}</td>
              <td>{since(one, now)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
