import { useRef, useState } from "react";
import { t } from "../text/i18n";
import { weekdayName } from "../text/time";
import { Icon } from "../ui/icon";
import { Menu } from "../ui/menu";
import s from "./calendars.module.css";
import {
  clockTime,
  DAY,
  moved,
  readShifts,
  type Shift,
  STEP,
  WEEKDAYS,
  type Weekday,
  type Weekly,
  withShift,
  writeShift,
  writeShifts,
} from "./hours";

interface Props {
  weekly: Weekly;
  change: (weekly: Weekly) => void;
}

/** A week as bars over 24 hours: drawn with the pointer, moved with arrow keys, or typed beside them. */
export function WeekGrid({ weekly, change }: Props) {
  const set = (day: Weekday, shifts: readonly string[]) => change({ ...weekly, [day]: shifts });
  const copy = (from: Weekday, to: readonly Weekday[]) =>
    change({ ...weekly, ...Object.fromEntries(to.map((day) => [day, weekly[from] ?? []])) });
  return (
    <fieldset className={s.week}>
      <legend className="sr">{t("calendars.hours")}</legend>
      <div className={s.scale} aria-hidden>
        {[0, 6, 12, 18, 24].map((hour) => (
          <span key={hour} style={{ insetInlineStart: `${(hour / 24) * 100}%` }}>
            {clockTime(hour * 60)}
          </span>
        ))}
      </div>
      {WEEKDAYS.map((day, at) => (
        <Day
          key={day}
          day={day}
          kept={weekly[day] ?? []}
          before={weekly[WEEKDAYS[(at + 6) % 7] ?? "sun"] ?? []}
          set={(shifts) => set(day, shifts)}
          copy={(to) => copy(day, to)}
        />
      ))}
      <p className="hint">{t("calendars.gridHint")}</p>
    </fieldset>
  );
}

interface DayProps {
  day: Weekday;
  kept: readonly string[];
  /** The day before: what of it goes past midnight is shown here too. */
  before: readonly string[];
  set: (shifts: readonly string[]) => void;
  copy: (to: readonly Weekday[]) => void;
}

function Day({ day, kept, before, set, copy }: DayProps) {
  const shifts = readShifts(kept.join(",")) ?? [];
  const name = weekdayName(WEEKDAYS.indexOf(day), "long");
  const over = (readShifts(before.join(",")) ?? []).flatMap(([, end]) => (end > DAY ? [end - DAY] : []));
  return (
    <div className={s.day}>
      <span className={s.dayName}>{name}</span>
      <Track name={name} shifts={shifts} over={over} set={(next) => set(writeShifts(next))} />
      <Typed name={name} kept={kept} set={set} />
      <Menu
        label={t("calendars.copyDay", { day: name })}
        items={[
          { id: "work", label: t("calendars.toWorkdays"), run: () => copy(WEEKDAYS.slice(0, 5)) },
          { id: "all", label: t("calendars.toAll"), run: () => copy(WEEKDAYS) },
          { id: "none", label: t("calendars.closeDay"), run: () => set([]) },
        ]}
      >
        <Icon name="copy" size="s" />
      </Menu>
    </div>
  );
}

interface TrackProps {
  name: string;
  shifts: readonly Shift[];
  over: readonly number[];
  set: (shifts: readonly Shift[]) => void;
}

/** What a pointer is doing: drawing from a minute, or pulling an end of a shift. */
type Pull = { from: number; to: number } | { at: number; edge: "begin" | "end"; to: number };

function Track({ name, shifts, over, set }: TrackProps) {
  const box = useRef<HTMLDivElement>(null);
  const [pull, setPull] = useState<Pull | null>(null);
  const minuteAt = (event: React.PointerEvent) => {
    const { left, right, width } = box.current?.getBoundingClientRect() ?? { left: 0, right: 1, width: 1 };
    const fromStart =
      getComputedStyle(event.currentTarget).direction === "rtl" ? right - event.clientX : event.clientX - left;
    return Math.round(((fromStart / width) * DAY) / STEP) * STEP;
  };
  const pulled = pull ? pulledTo(shifts, pull) : null;
  const down = (event: React.PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const edge = (event.target as HTMLElement).dataset;
    const minute = Math.max(0, Math.min(DAY, minuteAt(event)));
    if (edge.edge === "begin" || edge.edge === "end") {
      setPull({ at: Number(edge.at), edge: edge.edge, to: minute });
    } else if (!(event.target as HTMLElement).closest("button")) {
      setPull({ from: Math.min(minute, DAY - STEP), to: minute });
    }
  };
  const up = () => {
    if (pulled) set(pulled);
    setPull(null);
  };
  return (
    <div
      ref={box}
      className={s.track}
      onPointerDown={down}
      onPointerMove={(event) => pull && setPull({ ...pull, to: minuteAt(event) })}
      onPointerUp={up}
      onPointerCancel={() => setPull(null)}
    >
      {over.map((end) => (
        <i key={end} className={s.over} style={{ insetInlineStart: 0, inlineSize: `${(end / DAY) * 100}%` }} />
      ))}
      {(pulled ?? shifts).map((shift, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a shift keeps the focus while it is moved
        <Bar key={at} name={name} shifts={pulled ?? shifts} at={at} shift={shift} set={set} />
      ))}
    </div>
  );
}

/** The shifts as they would be if the pointer were let go now; null where nothing would change. */
function pulledTo(shifts: readonly Shift[], pull: Pull): Shift[] | null {
  if ("from" in pull) {
    const [begin, end] = [Math.max(0, Math.min(pull.from, pull.to)), Math.max(pull.from, pull.to)];
    return end - begin < STEP ? null : withShift(shifts, [begin, Math.min(end, begin + DAY)]);
  }
  const shift = shifts[pull.at];
  if (!shift) return null;
  const rest = shifts.filter((one) => one !== shift);
  const [begin, end] = pull.edge === "begin" ? [pull.to, shift[1]] : [shift[0], pull.to];
  if (begin < 0 || begin >= DAY || end - begin < STEP || end - begin > DAY) return null;
  return withShift(rest, [begin, end]);
}

interface BarProps {
  name: string;
  shifts: readonly Shift[];
  at: number;
  shift: Shift;
  set: (shifts: readonly Shift[]) => void;
}

const KEYS: Record<string, number> = { ArrowLeft: -STEP, ArrowRight: STEP };

function Bar({ name, shifts, at, shift, set }: BarProps) {
  const [begin, end] = shift;
  const says = writeShift(shift).replace("-", "–");
  const press = (event: React.KeyboardEvent) => {
    const by = KEYS[event.key];
    if (by) set(moved(shifts, at, by, event.shiftKey ? "end" : "whole"));
    else if (event.key === "Delete" || event.key === "Backspace") set(shifts.filter((one) => one !== shift));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <button
      type="button"
      className={`${s.shift} ${end > DAY ? s.overnight : ""}`}
      style={{
        insetInlineStart: `${(begin / DAY) * 100}%`,
        inlineSize: `${((Math.min(end, DAY) - begin) / DAY) * 100}%`,
      }}
      aria-label={t("calendars.shift", { day: name, hours: says })}
      title={says}
      onKeyDown={press}
    >
      <i data-edge="begin" data-at={at} />
      <span className="clip">{says}</span>
      <i data-edge="end" data-at={at} />
    </button>
  );
}

/** The same as text. What cannot be read stays as it was typed, and says so. */
export function Typed({
  name,
  kept,
  set,
}: {
  name: string;
  kept: readonly string[];
  set: (shifts: readonly string[]) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = kept.join(", ");
  const understood = typed === null ? [] : readShifts(typed);
  const leave = () => {
    if (typed === null || !understood) return;
    set(writeShifts(understood));
    setTyped(null);
  };
  return (
    <input
      className={`input mono ${s.typed}`}
      dir="ltr"
      aria-label={t("calendars.typed", { day: name })}
      aria-invalid={understood === null}
      title={understood === null ? t("calendars.badShift") : undefined}
      placeholder={t("calendars.closed")}
      value={typed ?? shown}
      onChange={(event) => {
        setTyped(event.target.value);
        const read = readShifts(event.target.value);
        event.target.setCustomValidity(read ? "" : t("calendars.badShift"));
        if (read) set(writeShifts(read));
      }}
      onBlur={leave}
      onKeyDown={(event) => event.key === "Enter" && leave()}
    />
  );
}
