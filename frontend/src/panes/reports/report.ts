/** The figures of the page: eight questions at once, shown together when all are answered. */

import { useEffect, useState } from "react";
import { reason } from "../../commands/triage";
import type { Core } from "../../core";
import type { Report } from "../../protocol/types.generated";
import { formatNumber, t } from "../../text/i18n";
import { duration } from "../../text/time";
import { useCore } from "../../ui/use-core";
import { type Ask, measureOf, questionOf } from "./ask";

export interface Figures {
  total: Report;
  days: Report;
  targets: Report;
  parts: Report;
  partTargets: Report;
  /** By weekday and hour: of waits that began then, and of what came in then. */
  slow: Report;
  load: Report;
  /** The same by the other hours: business hours beside all hours. */
  others: Report;
  /** What they are the answer to. */
  ask: Ask;
}

export type Answered = Reply<Figures>;

export const otherHours = ({ hours }: Ask): Ask["hours"] => (hours === "business" ? "calendar" : "business");

async function asked(core: Core, ask: Ask): Promise<Figures> {
  const question = questionOf(ask);
  const get = (name: string, more: Record<string, string>) =>
    core.api.get<Report>(`/reports/${name}`, { ...question, ...measureOf(ask, name), ...more });
  const byHour = (name: string, bucket: string) => {
    const query = new URLSearchParams({ ...question, ...measureOf(ask, name), bucket });
    for (const key of ["weekday", "hour"]) query.append("by", key);
    return core.api.get<Report>(`/reports/${name}?${query}`);
  };
  const [total, days, targets, parts, partTargets, slow, load, others] = await Promise.all([
    get("response", { compare: "true" }),
    get("response", { by: "day" }),
    get("targets", { compare: "true" }),
    get("response", { by: ask.by, compare: "true" }),
    get("targets", { by: ask.by }),
    byHour("response", "began"),
    byHour("volume", "ended"),
    get("response", { hours: otherHours(ask) }),
  ]);
  return { total, days, targets, parts, partTargets, slow, load, others, ask };
}

/** A report by some of its dimensions (none: the total alone), beside the period before. */
export function grouped(core: Core, name: string, ask: Ask, by: readonly string[]): Promise<Report> {
  const query = new URLSearchParams({ ...questionOf(ask), ...measureOf(ask, name), compare: "true" });
  for (const dimension of by) query.append("by", dimension);
  return core.api.get<Report>(`/reports/${name}?${query}`);
}

/** Asked again when what is asked changes; what is opened from the page, and how it is drawn, is not part of that. */
export function useFigures(ask: Ask): Answered {
  return useAsked(ask, asked);
}

export interface Reply<T> {
  figures: T | null;
  busy: boolean;
  wrong: string | null;
}

/** The figures of any page of the reports; `question` must not be made anew with each drawing. */
export function useAsked<T>(ask: Ask, question: (core: Core, ask: Ask) => Promise<T>): Reply<T> {
  const core = useCore();
  const [answered, setAnswered] = useState<Reply<T>>({ figures: null, busy: true, wrong: null });
  const { cell: _cell, of: _of, wait: _wait, heat: _heat, ...rest } = ask;
  const key = JSON.stringify(rest);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is all of `ask` that matters here
  useEffect(() => {
    let over = false;
    setAnswered((before) => ({ ...before, busy: true, wrong: null }));
    question(core, ask)
      .then((figures) => over || setAnswered({ figures, busy: false, wrong: null }))
      .catch((error) => over || setAnswered((before) => ({ ...before, busy: false, wrong: reason(error) })));
    return () => {
      over = true;
    };
  }, [core, question, key]);
  return answered;
}

const HOUR_MS = 3_600_000;
const NOTHING = "–";

/** Seconds in words; a dash for none. */
export function time(seconds: number | null | undefined): string {
  return seconds == null ? NOTHING : duration(seconds * 1000, HOUR_MS);
}

/** The same to the second, also of hours: for where the number itself is explained. */
export function exact(seconds: number | null | undefined): string {
  const rest = Math.floor((seconds ?? 0) % 60);
  const long = seconds != null && seconds * 1000 >= HOUR_MS && rest > 0;
  return long ? `${time(seconds)} ${t("time.s", { s: rest })}` : time(seconds);
}

/** "91.5 %" */
export function percent(share: number | null | undefined): string {
  return share == null ? NOTHING : t("reports.percent", { n: formatNumber(Math.round(share * 1000) / 10) });
}

export function count(n: number | null | undefined): string {
  return n == null ? NOTHING : formatNumber(n);
}
