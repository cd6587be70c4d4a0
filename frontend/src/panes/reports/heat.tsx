import { useState } from "react";
import type { Report } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { hourName, weekdayName } from "../../text/time";
import type { Ask, Heat } from "./ask";
import { AsTable, Behind } from "./charts";
import { Choice } from "./filters";
import { count, time } from "./report";
import s from "./reports.module.css";

const DAYS = [0, 1, 2, 3, 4, 5, 6];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const LEVELS = 5;

interface Slot {
  /** What colours it; null: nothing, or too few for a median. */
  value: number | null;
  n: number;
}

interface Props {
  ask: Ask;
  /** Waits by the weekday and hour they began, and what needed an answer by when it came. */
  slow: Report;
  load: Report;
  change: (change: Partial<Ask>) => void;
}

/** The hours of the week: when people wait longest, or when most comes in. */
export function HeatMap({ ask, slow, load, change }: Props) {
  const { heat } = ask;
  const report = heat === "volume" ? load : slow;
  const slots = slotsOf(report, heat);
  const levels = levelsOf([...slots.values()].map((one) => one.value));
  const words = heat === "volume" ? count : time;
  const cell = heat === "volume" ? "volume.asked" : "n";
  const open = (slot: string) => change({ cell, of: `slot:${slot}`, wait: "" });
  return (
    <section className={s.panel} aria-label={t("reports.heat")}>
      <div className={s.panelHead}>
        <h2>{t("reports.heat")}</h2>
        <span className="grow" />
        <Choice
          label={t("reports.heat")}
          value={heat}
          options={{ median: "reports.heat.median", volume: "reports.heat.volume" }}
          choose={(next) => change({ heat: next })}
        />
      </div>
      <Grid slots={slots} level={levels.of} words={words} open={open} />
      <p className={`${s.scaleLine} muted small num`}>
        {words(levels.least)}
        {[1, 2, 3, 4, 5].map((level) => (
          <i key={level} className={s.slot} data-level={level} />
        ))}
        {words(levels.most)}
      </p>
      <AsTable>
        <thead>
          <tr>
            <th>{t("reports.hour")}</th>
            {DAYS.map((day) => (
              <th key={day} className={s.r}>
                {weekdayName(day)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {HOURS.map((hour) => (
            <tr key={hour}>
              <th scope="row">{hourName(hour)}</th>
              {DAYS.map((day) => {
                const slot = slots.get(`${day}.${hour}`);
                return (
                  <td key={day} className={s.r}>
                    {heat === "median" && slot?.value != null && <span className="muted">{time(slot.value)} / </span>}
                    <Behind n={slot?.n ?? 0} open={() => open(`${day}.${hour}`)} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </AsTable>
    </section>
  );
}

function slotsOf(report: Report, heat: Heat): ReadonlyMap<string, Slot> {
  return new Map(
    report.lines.map((line) => {
      const n = line.cells[heat === "volume" ? "asked" : "n"] ?? 0;
      const value = heat === "volume" ? n || null : (line.cells.median ?? null);
      return [`${line.key.weekday}.${line.key.hour}`, { value, n }] as const;
    }),
  );
}

/** Five steps of equal ratio: waits of 2 minutes and of 20 hours stand side by side in one week. */
function levelsOf(values: readonly (number | null)[]) {
  const known = values.filter((one): one is number => one !== null);
  const least = known.length ? Math.min(...known) : 0;
  const most = known.length ? Math.max(...known) : 0;
  const from = Math.max(1, least);
  const width = Math.log(Math.max(most, 1) / from);
  const of = (value: number | null) => {
    if (value === null) return 0;
    if (width <= 0) return 3;
    return Math.min(LEVELS, 1 + Math.floor((Math.log(Math.max(value, from) / from) / width) * LEVELS));
  };
  return { least, most, of };
}

interface GridProps {
  slots: ReadonlyMap<string, Slot>;
  level: (value: number | null) => number;
  words: (value: number | null) => string;
  open: (slot: string) => void;
}

const MOVES: Record<string, readonly [day: number, hour: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** One stop for the Tab key; arrows move inside, Enter opens. */
function Grid({ slots, level, words, open }: GridProps) {
  const [at, setAt] = useState({ day: 0, hour: 9 });
  const here = slots.get(`${at.day}.${at.hour}`);
  const says = (day: number, hour: number) => {
    const slot = slots.get(`${day}.${hour}`);
    const place = `${weekdayName(day, "long")} ${hourName(hour)}`;
    return slot?.n ? t("reports.slot", { place, value: words(slot.value), n: slot.n }) : t("reports.noSlot", { place });
  };
  const press = (event: React.KeyboardEvent<HTMLElement>) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    const next = { day: clamp(at.day + move[0], 6), hour: clamp(at.hour + move[1], 23) };
    setAt(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-slot="${next.day}.${next.hour}"]`)?.focus();
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the buttons in it */}
      <div className={s.heat} onKeyDown={press}>
        <div className={s.heatHours} aria-hidden>
          {[0, 6, 12, 18].map((hour) => (
            <span key={hour}>{hourName(hour)}</span>
          ))}
        </div>
        {DAYS.map((day) => (
          <div key={day} className={s.heatDay}>
            <span className="tiny muted">{weekdayName(day)}</span>
            {HOURS.map((hour) => {
              const slot = slots.get(`${day}.${hour}`);
              const current = at.day === day && at.hour === hour;
              return (
                <button
                  key={hour}
                  type="button"
                  className={s.slot}
                  data-slot={`${day}.${hour}`}
                  data-level={slot?.n ? (slot.value === null ? "few" : level(slot.value)) : 0}
                  aria-label={says(day, hour)}
                  tabIndex={current ? 0 : -1}
                  onFocus={() => setAt({ day, hour })}
                  onPointerEnter={() => setAt({ day, hour })}
                  onClick={() => slot?.n && open(`${day}.${hour}`)}
                />
              );
            })}
          </div>
        ))}
      </div>
      <p className={s.scaleLine}>
        <span className="grow">{says(at.day, at.hour)}</span>
        {here && here.n > 0 && (
          <button type="button" className="btn ghost sm" onClick={() => open(`${at.day}.${at.hour}`)}>
            {t("reports.showThem")}
          </button>
        )}
      </p>
    </>
  );
}

const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
