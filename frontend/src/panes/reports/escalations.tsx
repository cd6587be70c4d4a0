import type { Core } from "../../core";
import type { EscalationLine, EscalationReport } from "../../protocol/types.generated";
import { type AnyKey, knows, t } from "../../text/i18n";
import { useSelect } from "../../ui/use-core";
import { type Ask, questionOf } from "./ask";
import { count, percent, time, useAsked } from "./report";
import s from "./reports.module.css";

async function asked(core: Core, ask: Ask): Promise<EscalationReport> {
  const { from, to } = questionOf(ask);
  return core.api.get<EscalationReport>("/reports/escalations", { from: from ?? "", to: to ?? "" });
}

export const useEscalations = (ask: Ask) => useAsked(ask, asked);

/** How escalations went: how many, how soon somebody acknowledged them, and how soon they were over. */
export function Escalations({ figures }: { figures: EscalationReport }) {
  const teams = useSelect((state) => state.teams);
  const { total } = figures;
  if (!total.escalations) return <p className="muted">{t("escalations.none")}</p>;
  return (
    <>
      <section className={s.key} aria-label={t("reports.key")}>
        <Figure label={t("escalations.n")} value={count(total.escalations)} />
        <Figure label={t("escalations.acknowledged")} value={percent(total.acknowledged / total.escalations)} />
        <Figure label={t("escalations.toAcknowledge")} value={time(total.median_acknowledge_seconds)} />
        <Figure label={t("escalations.toEnd")} value={time(total.median_end_seconds)} />
        <Figure label={t("escalations.open")} value={count(total.open)} />
      </section>
      {total.acknowledged > 0 && <Bars lines={figures.levels} />}
      <Lines title={t("escalations.byLevel")} lines={figures.levels} name={levelName} />
      <Lines
        title={t("escalations.byTeam")}
        lines={figures.teams}
        name={(key) => teams[key]?.name ?? t(key === "0" ? "escalations.noTeam" : "escalations.goneTeam")}
      />
      <Lines title={t("escalations.byCause")} lines={figures.causes} name={causeName} />
    </>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div className={s.figure}>
      <span className="label">{label}</span>
      <span className={`${s.big} num`}>{value}</span>
    </div>
  );
}

const levelName = (key: string) => (key === "0" ? t("escalations.noLevel") : t("chains.level", { n: Number(key) }));

/** What escalated, in words; the server's own word where we have none. */
function causeName(key: string): string {
  const words = `escalations.cause.${key}`;
  return knows(words) ? t(words as AnyKey) : key;
}

/** How long until somebody acknowledged, level by level. The table beneath says the same. */
function Bars({ lines }: { lines: readonly EscalationLine[] }) {
  const most = Math.max(1, ...lines.map((line) => line.longest_acknowledge_seconds ?? 0));
  const part = (seconds: number | null) => `${(100 * (seconds ?? 0)) / most}%`;
  return (
    <section className={`${s.panel} ${s.wide}`} aria-label={t("escalations.toAcknowledge")}>
      <div className={s.panelHead}>
        <h2>{t("escalations.toAcknowledge")}</h2>
        <span className="grow" />
        <span className={`${s.legend} ${s.now}`}>{t("reports.median")}</span>
        <span className={`${s.legend} ${s.before}`}>{t("escalations.longest")}</span>
      </div>
      <ul className={s.levels}>
        {lines.map((line) => (
          <li key={line.key}>
            <span className="clip">{levelName(line.key)}</span>
            <span className={s.levelBar} aria-hidden>
              <span className={s.levelLongest} style={{ inlineSize: part(line.longest_acknowledge_seconds) }} />
              <span className={s.levelMedian} style={{ inlineSize: part(line.median_acknowledge_seconds) }} />
            </span>
            <span className="num small">
              {time(line.median_acknowledge_seconds)} · {time(line.longest_acknowledge_seconds)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface LinesProps {
  title: string;
  lines: readonly EscalationLine[];
  name: (key: string) => string;
}

function Lines({ title, lines, name }: LinesProps) {
  return (
    <section className={`${s.panel} ${s.wide}`} aria-label={title}>
      <div className={s.panelHead}>
        <h2>{title}</h2>
      </div>
      <table>
        <thead>
          <tr>
            <th>{title}</th>
            <th className={s.r}>{t("escalations.n")}</th>
            <th className={s.r}>{t("escalations.acknowledged")}</th>
            <th className={s.r}>{t("escalations.toAcknowledge")}</th>
            <th className={s.r}>{t("escalations.longest")}</th>
            <th className={s.r}>{t("escalations.toEnd")}</th>
            <th className={s.r}>{t("escalations.open")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.key}>
              <th scope="row">
                <bdi>{name(line.key)}</bdi>
              </th>
              <td className={`${s.r} num`}>{count(line.escalations)}</td>
              <td className={`${s.r} num`}>{count(line.acknowledged)}</td>
              <td className={`${s.r} num`}>{time(line.median_acknowledge_seconds)}</td>
              <td className={`${s.r} num`}>{time(line.longest_acknowledge_seconds)}</td>
              <td className={`${s.r} num`}>{time(line.median_end_seconds)}</td>
              <td className={`${s.r} num`}>{count(line.open)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
