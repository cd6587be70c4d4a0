import type { ReportLine } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { type Ask, groupsOf } from "./ask";
import { Behind } from "./charts";
import { ChooseGroup, GROUP_WORDS, PartName } from "./groups";
import { type Figures, percent, time } from "./report";
import s from "./reports.module.css";

/** With fewer a difference says nothing. */
const ENOUGH = 30;

interface Props {
  figures: Figures;
  ask: Ask;
  change: (change: Partial<Ask>) => void;
}

/** One line for each team, channel, person, tag…, with its change against the period before. */
export function PartsTable({ figures, ask, change }: Props) {
  const { by } = figures.ask;
  const targets = new Map(figures.partTargets.lines.map((line) => [line.key[by], line.cells.in_target]));
  return (
    <section className={`${s.panel} ${s.scrolls}`} aria-label={t("reports.parts")}>
      <div className={s.panelHead}>
        <h2>{t("reports.parts")}</h2>
        <span className="grow" />
        <ChooseGroup groups={groupsOf("response")} by={ask.by} choose={(next) => change({ by: next })} />
      </div>
      {figures.parts.lines.length === 0 ? (
        <p className={`muted ${s.none}`}>{t("reports.none")}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>{t(GROUP_WORDS[by])}</th>
              <th className={s.r}>{t("reports.n")}</th>
              <th className={s.r}>{t("reports.median")}</th>
              <th className={s.r}>{t("reports.p90")}</th>
              <th className={s.r}>{t("reports.mean")}</th>
              <th className={s.r}>{t("reports.inTarget")}</th>
              <th className={s.r}>{t("reports.change")}</th>
            </tr>
          </thead>
          <tbody>
            {figures.parts.lines.map((line) => (
              <tr key={line.key[by]}>
                <th scope="row">
                  <PartName by={by} line={line} />
                </th>
                <td className={s.r}>
                  <Behind
                    n={line.cells.n ?? 0}
                    open={() => change({ cell: "n", of: `${by}:${line.key[by]}`, wait: "" })}
                  />
                </td>
                <td className={`${s.r} strong`}>
                  {line.values ? line.values.map(time).join(", ") : time(line.cells.median)}
                </td>
                <td className={s.r}>{time(line.cells.p90)}</td>
                <td className={s.r}>{time(line.cells.mean)}</td>
                <td className={s.r}>
                  <InTarget
                    share={targets.get(line.key[by])}
                    open={() => change({ cell: "targets.answered_late", of: `${by}:${line.key[by]}`, wait: "" })}
                  />
                </td>
                <td className={s.r}>
                  <MedianChange line={line} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** A share of kept targets that opens the conversations on both its sides. */
export function InTarget({ share, open }: { share: number | null | undefined; open: () => void }) {
  if (share == null) return <>{percent(share)}</>;
  return (
    <button type="button" className={s.number} onClick={open}>
      {percent(share)}
    </button>
  );
}

function MedianChange({ line }: { line: ReportLine }) {
  const enough = (line.cells.n ?? 0) >= ENOUGH && (line.previous?.n ?? 0) >= ENOUGH;
  if (!enough) return <span className="muted small">{t("reports.tooFew", { n: ENOUGH })}</span>;
  return <Change now={line.cells.median} before={line.previous?.median} words={time} less />;
}

interface ChangeProps {
  now: number | null | undefined;
  before: number | null | undefined;
  words: (value: number) => string;
  /** Less is better; neither is where absent. */
  less?: boolean;
  more?: boolean;
}

/** An arrow, a sign and the difference; green for better, red for worse. */
export function Change({ now, before, words, less, more }: ChangeProps) {
  if (now == null || before == null) return null;
  const by = now - before;
  if (words(Math.abs(by)) === words(0)) return <span className="muted small">{t("reports.same")}</span>;
  const better = less ? by < 0 : more ? by > 0 : null;
  const tone = better === null ? "muted" : better ? s.better : s.worse;
  return (
    <span className={`${s.change} ${tone}`}>
      <Icon name={by < 0 ? "adown" : "aup"} size="xs" />
      {by < 0 ? "−" : "+"}
      {words(Math.abs(by))}
    </span>
  );
}
