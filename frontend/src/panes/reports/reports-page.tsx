import { lazy, Suspense, useMemo, useState } from "react";
import { can } from "../../store/select";
import { figureWords } from "../../text/figures/load";
import { formatNumber, t } from "../../text/i18n";
import { reportWords } from "../../text/reports/load";
import { ruleWords } from "../../text/rules/load";
import { settingWords } from "../../text/settings/load";
import { surveyWords } from "../../text/surveys/load";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { Menu, type MenuItem } from "../../ui/menu";
import { useCore, useNow, usePhone, useSelect } from "../../ui/use-core";
import {
  type Ask, isNarrowed, isTable, measureOf, NARROWS, questionOf, REPORTS, type ReportName, readAsk, TABLES, writeAsk,
} from "./ask"; // biome-ignore format: a word list
import { BehindDrawer } from "./behind";
import { Escalations, useEscalations } from "./escalations";
import { ExplainDrawer } from "./explain";
import { FigureTables } from "./figure-tables";
import { Filters } from "./filters";
import { Moderation, useModeration } from "./moderation";
import { type Reply, useFigures } from "./report";
import s from "./reports.module.css";
import { ResponseTimes } from "./response";
import { placeOf, Reviews, useReviews } from "./reviews";
import { RuleRuns, useRuleRuns } from "./rules";
import { Surveys, useSurveys } from "./surveys";
import { useTable } from "./tables";

/** What the address asks for, each number with the conversations and events behind it. */
export default function ReportsPage({ query }: { query: string }) {
  const core = useCore();
  const now = useNow(60_000);
  const ask = useMemo(() => readAsk(query, now), [query, now]);
  const change = (next: Partial<Ask>) => core.go({ page: "reports", query: writeAsk({ ...ask, ...next }) });
  const Body = BODIES[ask.report];
  const [mailing, setMailing] = useState(false);
  const mail = useSelect((state) => can(state, "settings")) ? () => setMailing(true) : null;
  return (
    <main className={s.page} data-pane aria-label={t("nav.reports")}>
      <Body key={ask.report} ask={ask} change={change} mail={mail} />
      {mailing && (
        <Suspense>
          <ReportMailForm
            mail={null}
            query={lasting(ask)}
            close={() => setMailing(false)}
            changed={() => core.go({ page: "settings", section: "report-mails" })}
          />
        </Suspense>
      )}
      {ask.wait ? (
        <ExplainDrawer
          key={ask.wait}
          wait={ask.wait}
          close={() => change({ wait: "", cell: "", of: "" })}
          back={() => change({ wait: "", cell: ask.cell || "n" })}
        />
      ) : (
        ask.cell && (
          <BehindDrawer
            key={`${ask.cell} ${ask.of}`}
            ask={ask}
            close={() => change({ cell: "", of: "" })}
            explain={(wait) => change({ wait })}
            show={(cell) => change({ cell })}
          />
        )
      )}
    </main>
  );
}

/** A part of the settings: it brings their words along. */
const ReportMailForm = lazy(async () => {
  const [{ ReportMailForm: form }] = await Promise.all([import("../../settings/report-mail-form"), settingWords()]);
  return { default: form };
});

/** The report as it is narrowed now, without its period: what is mailed tells of the days before it. */
function lasting(ask: Ask): string {
  const query = new URLSearchParams(writeAsk({ ...ask, cell: "", of: "", wait: "", heat: "median" }));
  const narrows = isNarrowed(ask.report) ? [] : ["by", "hours", "clock", ...NARROWS];
  for (const name of ["from", "to", "zone", ...narrows]) query.delete(name);
  return query.toString();
}

interface BodyProps {
  ask: Ask;
  change: (change: Partial<Ask>) => void;
  /** Opens the form that has it mailed; null: one may not. */
  mail: (() => void) | null;
}

interface Told<F> {
  /** Asks for its figures; a hook. */
  use: (ask: Ask) => Reply<F>;
  /** How far the log was read for them. */
  position: (figures: F) => number;
  /** How the lines of its file are grouped; a hook. */
  useGroups: (ask: Ask) => readonly string[];
  shown: (figures: F, ask: Ask, change: BodyProps["change"]) => React.ReactNode;
  /** It cannot be had by mail. */
  unmailed?: boolean;
}

/** A report as a page: what all have, with its own figures inside. */
function body<F>({ use, position, useGroups, shown, unmailed }: Told<F>) {
  return function Body({ ask, change, mail }: BodyProps) {
    const { figures, busy, wrong } = use(ask);
    const by = useGroups(ask);
    return (
      <Sheet
        ask={ask}
        change={change}
        mail={unmailed ? null : mail}
        busy={busy}
        wrong={wrong}
        position={figures ? position(figures) : undefined}
        by={by}
      >
        {figures && shown(figures, ask, change)}
      </Sheet>
    );
  };
}

const asChosen = (ask: Ask) => [ask.by];
const tables = body({
  use: useTable,
  position: (figures) => figures.parts.position,
  useGroups: asChosen,
  shown: (figures, ask, change) => <FigureTables figures={figures} ask={ask} change={change} />,
});
const polled = body({
  use: useSurveys,
  position: (figures) => figures.total.position,
  useGroups: asChosen,
  shown: (figures, ask, change) => <Surveys figures={figures} ask={ask} change={change} />,
});

const BODIES: Record<ReportName, (props: BodyProps) => React.ReactNode> = {
  response: body({
    use: useFigures,
    position: (figures) => figures.total.position,
    useGroups: asChosen,
    shown: (figures, ask, change) => <ResponseTimes figures={figures} ask={ask} change={change} />,
  }),
  reviews: body({
    use: useReviews,
    position: (figures) => figures.total.position,
    useGroups: () => [useSelect(placeOf), "week"],
    shown: (figures, _ask, change) => <Reviews figures={figures} change={change} />,
  }),
  csat: polled,
  nps: polled,
  volume: tables,
  rate: tables,
  targets: tables,
  resolution: tables,
  reopened: tables,
  backlog: tables,
  action: tables,
  parts: tables,
  agents: tables,
  moderation: body({
    use: useModeration,
    position: (figures) => figures.people.position,
    useGroups: () => ["agent"],
    shown: (figures, _ask, change) => <Moderation figures={figures} change={change} />,
  }),
  escalations: body({
    use: useEscalations,
    position: (figures) => figures.position,
    useGroups: () => ["level"],
    shown: (figures, _ask, change) => <Escalations figures={figures} change={change} />,
    unmailed: true,
  }),
  rules: body({
    use: useRuleRuns,
    position: (figures) => figures.position,
    useGroups: () => [],
    shown: (figures, _ask, change) => <RuleRuns figures={figures} change={change} />,
  }),
};

interface SheetProps extends BodyProps {
  busy: boolean;
  wrong: string | null;
  position: number | undefined;
  /** How the lines of the file are grouped. */
  by: readonly string[];
  children: React.ReactNode;
}

const [FIRST, ...OTHERS] = REPORTS;
/** The pages in their order; all the tables share one. */
const PAGES = [FIRST, "figures", ...OTHERS] as const;

/** What all reports have: the way to the others, files, the period and its filters. */
function Sheet({ ask, change, mail, busy, wrong, position, by, children }: SheetProps) {
  return (
    <>
      <header className={s.head}>
        <h1>{t("nav.reports")}</h1>
        <nav className={`${s.choice} ${s.tabs}`} aria-label={t("nav.reports")}>
          {PAGES.map((page) => {
            const here = page === "figures" ? isTable(ask.report) : page === ask.report;
            const report = page === "figures" ? (here ? ask.report : TABLES[0]) : page;
            const to = writeAsk({ ...ask, report, measure: "", survey: "", cell: "", of: "", wait: "" });
            return (
              <Link
                key={page}
                className="btn ghost sm"
                aria-current={here ? "page" : undefined}
                to={{ page: "reports", query: to }}
              >
                {t(page === "figures" ? "reports.figures" : `reports.report.${page}`)}
              </Link>
            );
          })}
          <Link className="btn ghost sm" to={{ page: "work-reviews", sample: null, at: 0 }}>
            {t("nav.workReviews")}
          </Link>
        </nav>
        <span className="muted small clip" role="status">
          {busy ? t("reports.counting") : position !== undefined && t("reports.exact", { n: formatNumber(position) })}
        </span>
        <span className="grow" />
        <Files by={by} ask={ask} mail={mail} />
      </header>
      <div className={s.body} aria-busy={busy}>
        <p className={s.printed}>
          {ask.from} – {ask.to}, {ask.zone}
        </p>
        <Filters ask={ask} change={change} />
        {wrong && (
          <div className="banner bad" role="alert">
            <Icon name="warn" />
            {wrong}
          </div>
        )}
        {children && <div className={`${s.all} ${busy || wrong ? s.pale : ""}`}>{children}</div>}
      </div>
    </>
  );
}

interface FilesProps {
  by: readonly string[];
  ask: Ask;
  mail: (() => void) | null;
}

const FORMATS = ["csv", "xlsx", "ndjson"] as const;

/** What can be taken away from here: buttons, on a phone one menu. */
function Files({ by, ask, mail }: FilesProps) {
  const phone = usePhone();
  if (phone) {
    const items: MenuItem[] = FORMATS.map((format) => ({
      id: format,
      label: format.toUpperCase(),
      icon: "download",
      run: () => save(fileOf(ask, by, format)),
    }));
    if (mail) items.push({ id: "mail", label: t("reportMails.mailThis"), icon: "mail", run: mail });
    items.push({ id: "print", label: t("reports.print"), icon: "file", run: () => window.print() });
    return (
      <span className={s.noPrint}>
        <Menu label={t("reports.take")} items={items}>
          <Icon name="download" />
        </Menu>
      </span>
    );
  }
  return (
    <span className={`${s.files} ${s.noPrint}`}>
      {FORMATS.map((format) => (
        <a key={format} className="btn" href={fileOf(ask, by, format)} download>
          <Icon name="download" size="s" />
          {format.toUpperCase()}
        </a>
      ))}
      {mail && (
        <button type="button" className="btn" onClick={mail}>
          <Icon name="mail" size="s" />
          {t("reportMails.mailThis")}
        </button>
      )}
      <button type="button" className="btn" onClick={() => window.print()}>
        <Icon name="file" size="s" />
        {t("reports.print")}
      </button>
    </span>
  );
}

/** As a link with `download` does. */
function save(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}

function fileOf(ask: Ask, by: readonly string[], format: string): string {
  const { from = "", to = "", zone = "", ...more } = questionOf(ask);
  const query = new URLSearchParams({
    from, to, zone, ...(isNarrowed(ask.report) && more), ...measureOf(ask, ask.report),
    ...(ask.report !== "escalations" && { compare: "true" }), format,
  }); // biome-ignore format: one question
  for (const name of by) query.append("by", name);
  return `/api/v1/reports/${ask.report}?${query}`;
}

/** The page, with its words. */
export const load = async () => {
  await Promise.all([figureWords(), reportWords(), ruleWords(), surveyWords()]);
  return { default: ReportsPage };
};
