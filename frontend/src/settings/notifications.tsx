import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import { iconOf, KINDS, type Kind, WAYS, type Way, waysOf } from "../notices/kinds";
import { CHOSEN } from "../notices/listen";
import { ring } from "../notices/sound";
import type { PreferencesShape } from "../protocol/types.generated";
import { type Key, t } from "../text/i18n";
import { weekdayName } from "../text/time";
import { ownZone } from "../text/zone";
import { Icon } from "../ui/icon";
import { useCore, useSelect } from "../ui/use-core";
import n from "./notifications.module.css";
import { Page, Wrong } from "./page";
import { PushPanel } from "./push-panel";
import s from "./settings.module.css";
import { isZone, ZoneField } from "./zone-field";

type Change = Partial<Omit<PreferencesShape, "ways">> & { ways?: Partial<PreferencesShape["ways"]> };

/** What this agent is told of, and by which ways. Every change is saved as it is made. */
export function NotificationsPage() {
  const { chosen, change, wrong } = useChosen();
  return (
    <Page title={t("settings.notifications")} detail={t("notify.intro")}>
      <Wrong text={wrong} />
      {chosen && (
        <>
          <Matrix chosen={chosen} change={change} />
          <PushPanel words={chosen.push_words} setWords={(push_words) => change({ push_words })} />
          <QuietHours chosen={chosen} change={change} />
          <Digest chosen={chosen} change={change} />
          <Muted chosen={chosen} change={change} />
        </>
      )}
    </Page>
  );
}

function useChosen() {
  const core = useCore();
  const [chosen, setChosen] = useState<PreferencesShape | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const look = useCallback(
    () =>
      core.api
        .get<PreferencesShape>("/notification-preferences")
        .then(setChosen)
        .catch((error) => setWrong(reason(error))),
    [core],
  );
  useEffect(() => void look(), [look]);
  const change = (what: Change) => {
    if (!chosen) return;
    const before = chosen;
    setChosen({ ...chosen, ...what, ways: { ...chosen.ways, ...what.ways } } as PreferencesShape);
    setWrong(null);
    core.api
      .patch<PreferencesShape>("/notification-preferences", what, { etag: before.version })
      .then((next) => {
        setChosen(next);
        window.dispatchEvent(new Event(CHOSEN));
      })
      .catch((error) => {
        setWrong(reason(error));
        setChosen(before);
        void look();
      });
  };
  return { chosen, change, wrong };
}

interface PartProps {
  chosen: PreferencesShape;
  change: (what: Change) => void;
}

function Matrix({ chosen, change }: PartProps) {
  const toggle = (kind: Kind, way: Way) => {
    const ways = waysOf(chosen, kind);
    change({ ways: { [kind]: ways.includes(way) ? ways.filter((one) => one !== way) : [...ways, way] } });
  };
  return (
    <div className={`${s.panel} ${n.wide}`}>
      <table className={n.matrix}>
        <thead>
          <tr>
            <th>{t("notify.what")}</th>
            {WAYS.map((way) => (
              <th key={way} className={n.way}>
                {t(`notify.way.${way}` as Key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {KINDS.map((kind) => (
            <tr key={kind}>
              <td>
                <span className={n.kind}>
                  <Icon name={iconOf(kind)} />
                  <span>
                    {t(`notify.kind.${kind}` as Key)}
                    <span className="hint">
                      {t(`notify.when.${kind}` as Key)}{" "}
                      {kind === "review" && <Stars stars={chosen.stars} change={(stars) => change({ stars })} />}
                    </span>
                  </span>
                </span>
              </td>
              {WAYS.map((way) => (
                <td key={way} className={n.way} data-label={t(`notify.way.${way}` as Key)}>
                  <input
                    type="checkbox"
                    aria-label={`${t(`notify.kind.${kind}` as Key)}: ${t(`notify.way.${way}` as Key)}`}
                    checked={waysOf(chosen, kind).includes(way)}
                    disabled={way === "mail" && !chosen.mail}
                    onChange={() => toggle(kind, way)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div className={n.under}>
        <button type="button" className="btn sm" onClick={() => ring()}>
          <Icon name="play" size="s" />
          {t("notify.hear")}
        </button>
        <button type="button" className="btn ghost sm" onClick={() => change({ ways: chosen.usual })}>
          {t("notify.asUsual")}
        </button>
        {!chosen.mail && <span className="hint">{t("notify.noMail")}</span>}
      </div>
    </div>
  );
}

function Stars({ stars, change }: { stars: number; change: (stars: number) => void }) {
  return (
    <select
      className={`input ${n.small}`}
      aria-label={t("notify.stars")}
      value={stars}
      onChange={(event) => change(Number(event.target.value))}
    >
      {[1, 2, 3, 4, 5].map((one) => (
        <option key={one} value={one}>
          {"★".repeat(one)}
        </option>
      ))}
    </select>
  );
}

function QuietHours({ chosen, change }: PartProps) {
  const { quiet } = chosen;
  const here = ownZone();
  const start = { begin: "20:00", end: "08:00", days: [0, 1, 2, 3, 4, 5, 6] };
  const set = (what: Partial<typeof start>) => change({ quiet: { ...(quiet ?? start), ...what } });
  return (
    <div className={`${s.panel} ${n.wide}`}>
      <div className={s.block}>
        <h2>{t("notify.quiet")}</h2>
        <label className="flex">
          <input
            type="checkbox"
            checked={quiet !== null}
            onChange={(event) =>
              change(
                event.target.checked ? { quiet: start, zone: chosen.version ? chosen.zone : here } : { quiet: null },
              )
            }
          />
          {t("notify.quietOn")}
        </label>
        {quiet && (
          <>
            <div className={n.times}>
              <label>
                {t("notify.from")}
                <input
                  type="time"
                  className="input"
                  required
                  value={quiet.begin}
                  onChange={(event) => event.target.value && set({ begin: event.target.value })}
                />
              </label>
              <label>
                {t("notify.to")}
                <input
                  type="time"
                  className="input"
                  required
                  value={quiet.end}
                  onChange={(event) => event.target.value && set({ end: event.target.value })}
                />
              </label>
              <fieldset className={n.days}>
                <legend className="sr">{t("notify.days")}</legend>
                {start.days.map((day) => (
                  <button
                    key={day}
                    type="button"
                    aria-pressed={quiet.days.includes(day)}
                    onClick={() => {
                      const days = quiet.days.includes(day)
                        ? quiet.days.filter((one) => one !== day)
                        : [...quiet.days, day];
                      if (days.length) set({ days });
                    }}
                  >
                    {weekdayName(day)}
                  </button>
                ))}
              </fieldset>
            </div>
            <label className="flex">
              <input
                type="checkbox"
                checked={chosen.urgent_passes}
                onChange={(event) => change({ urgent_passes: event.target.checked })}
              />
              {t("notify.urgent")}
            </label>
          </>
        )}
        {(quiet || chosen.digest === "daily") && <Zone zone={chosen.zone} change={(zone) => change({ zone })} />}
      </div>
    </div>
  );
}

/** Half a name of a zone is none: it is saved as soon as it is one. */
function Zone({ zone, change }: { zone: string; change: (zone: string) => void }) {
  const [typed, setTyped] = useState(zone);
  useEffect(() => setTyped(zone), [zone]);
  const type = (next: string) => {
    setTyped(next);
    if (isZone(next) && next !== zone) change(next);
  };
  return (
    <div className={n.zone}>
      <ZoneField zone={typed} change={type} />
    </div>
  );
}

function Digest({ chosen, change }: PartProps) {
  return (
    <div className={`${s.panel} ${n.wide}`}>
      <div className={s.block}>
        <h2>{t("notify.digest")}</h2>
        <p className="hint">{chosen.mail ? t("notify.digestHint") : t("notify.noMail")}</p>
        <div className={n.times}>
          <div className={s.options}>
            {(["off", "hourly", "daily"] as const).map((one) => (
              <button
                key={one}
                type="button"
                className="btn"
                disabled={!chosen.mail}
                aria-pressed={chosen.digest === one}
                onClick={() => change({ digest: one })}
              >
                {t(`notify.digest.${one}` as Key)}
              </button>
            ))}
          </div>
          {chosen.digest === "daily" && (
            <label>
              {t("notify.digestAt")}
              <input
                type="time"
                className="input"
                value={chosen.digest_at}
                onChange={(event) => event.target.value && change({ digest_at: event.target.value })}
              />
            </label>
          )}
        </div>
      </div>
    </div>
  );
}

function Muted({ chosen, change }: PartProps) {
  const channels = useSelect((state) => state.channels);
  const muted = chosen.muted_channels;
  const active = Object.values(channels).filter((one) => one.active);
  if (!active.length) return null;
  return (
    <div className={`${s.panel} ${n.wide}`}>
      <div className={s.block}>
        <h2>{t("notify.muted")}</h2>
        <p className="hint">{t("notify.mutedHint")}</p>
        <div className={s.checks}>
          {active.map((one) => (
            <label key={one.id}>
              <input
                type="checkbox"
                checked={muted.includes(one.id)}
                onChange={() =>
                  change({
                    muted_channels: muted.includes(one.id) ? muted.filter((id) => id !== one.id) : [...muted, one.id],
                  })
                }
              />
              <bdi>{one.name}</bdi>
            </label>
          ))}
        </div>
      </div>
    </div>
  );
}
