import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { onSignal } from "../commands/registry";
import type { SettingsPage } from "../store/route";
import { type Key, t } from "../text/i18n";
import { reportWords } from "../text/reports/load";
import { ruleWords } from "../text/rules/load";
import { settingWords } from "../text/settings/load";
import { surveyWords } from "../text/surveys/load";
import { workReviewWords } from "../text/work-reviews/load";
import { Boundary } from "../ui/boundary";
import { Icon } from "../ui/icon";
import type { IconName } from "../ui/icon-paths";
import { Keys } from "../ui/keys";
import { Link } from "../ui/link";
import { usePhone, useSelect } from "../ui/use-core";
import { Elsewhere } from "./elsewhere";
import s from "./settings.module.css";
import { isSick } from "./sick";

const GROUPS = ["connections", "people", "replies", "work", "time", "programs", "care", "mine"] as const;
/** From so many pages on one can look for them by name. */
const MANY = 12;

interface Entry {
  id: SettingsPage;
  group: (typeof GROUPS)[number];
  icon: IconName;
  label: Key;
  /** The right without which it is not offered. */
  needs?: string;
  View: React.ComponentType;
}

/** A page whose code is loaded when it is first opened. */
function page<N extends string>(load: () => Promise<Record<N, React.ComponentType>>, name: N): React.ComponentType {
  return lazy<React.ComponentType>(async () => ({ default: (await load())[name] }));
}

/** A page that brings its words along; what it shares with reports has theirs. */
const withWords = async <M,>(module: Promise<M>): Promise<M> =>
  (await Promise.all([module, ruleWords(), reportWords()]))[0];

const withReviewWords = async <M,>(module: Promise<M>): Promise<M> =>
  (await Promise.all([module, workReviewWords()]))[0];

const withSurveyWords = async <M,>(module: Promise<M>): Promise<M> =>
  (await Promise.all([module, ruleWords(), surveyWords()]))[0];

// biome-ignore format: one page, one line
const PAGES: readonly Entry[] = [
  { id: "channels", group: "connections", icon: "plug", label: "settings.channels", View: page(() => import("./channels"), "ChannelsPage") },
  { id: "agents", group: "people", icon: "users", label: "settings.agents", View: page(() => import("./agents"), "AgentsPage") },
  { id: "customers", group: "people", icon: "user", label: "settings.customers", View: page(() => import("./customers"), "CustomersPage") },
  { id: "canned", group: "replies", icon: "canned", label: "settings.canned", View: page(() => import("./canned"), "CannedPage") },
  { id: "macros", group: "replies", icon: "bolt", label: "settings.macros", View: page(() => import("./macros"), "MacrosPage") },
  { id: "tags", group: "work", icon: "tag", label: "settings.tags", View: page(() => import("./tags"), "TagsPage") },
  { id: "views", group: "work", icon: "filter", label: "rail.saved", View: page(() => import("./views"), "ViewsPage") },
  { id: "notices", group: "work", icon: "pin", label: "settings.notices", View: page(() => import("./notices"), "NoticesPage") },
  { id: "rules", group: "work", icon: "bolt", label: "settings.rules", needs: "settings", View: page(() => withWords(import("./rules")), "RulesPage") },
  { id: "second-look", group: "work", icon: "eye", label: "settings.secondLook", needs: "moderate", View: page(() => withWords(import("./second-look")), "SecondLookPage") },
  { id: "closing", group: "work", icon: "checks", label: "settings.closing", needs: "settings", View: page(() => withWords(import("./closing")), "ClosingPage") },
  { id: "chains", group: "work", icon: "flag", label: "settings.chains", needs: "settings", View: page(() => import("./chains"), "ChainsPage") },
  { id: "calendars", group: "time", icon: "cal", label: "settings.calendars", needs: "settings", View: page(() => withWords(import("./calendars")), "CalendarsPage") },
  { id: "targets", group: "time", icon: "alarm", label: "settings.targets", needs: "settings", View: page(() => withWords(import("./targets")), "TargetsPage") },
  { id: "report-mails", group: "time", icon: "chart", label: "settings.reportMails", needs: "reports", View: page(() => withWords(import("./report-mails")), "ReportMailsPage") },
  { id: "surveys", group: "work", icon: "star", label: "settings.surveys", needs: "settings", View: page(() => withSurveyWords(import("./surveys")), "SurveysPage") },
  { id: "checklists", group: "work", icon: "checks", label: "settings.checklists", needs: "reports", View: page(() => withReviewWords(import("./checklists")), "ChecklistsPage") },
  { id: "tokens", group: "programs", icon: "key", label: "settings.tokens", needs: "tokens", View: page(() => import("./tokens"), "TokensPage") },
  { id: "webhooks", group: "programs", icon: "forward", label: "settings.webhooks", needs: "tokens", View: page(() => import("./webhooks"), "WebhooksPage") },
  { id: "attention", group: "care", icon: "bell", label: "settings.attention", needs: "quarantine", View: page(() => import("./attention"), "AttentionPage") },
  { id: "quarantine", group: "care", icon: "warn", label: "settings.quarantine", needs: "quarantine", View: page(() => import("./quarantine"), "QuarantinePage") },
  { id: "me", group: "mine", icon: "user", label: "settings.me", View: page(() => import("./me"), "MePage") },
  { id: "notifications", group: "mine", icon: "bell", label: "settings.notifications", View: page(() => import("./notifications"), "NotificationsPage") },
  { id: "look", group: "mine", icon: "screen", label: "settings.look", View: page(() => import("./look"), "LookPage") },
];

/** The pages, with the words that all of them have. */
export const load = async () => {
  await settingWords();
  return { default: Settings };
};

export default function Settings({ section }: { section: SettingsPage | null }) {
  const phone = usePhone();
  const shown = section ?? (phone ? null : "channels");
  const open = PAGES.find((one) => one.id === shown);
  return (
    <div className={s.wrap}>
      {!(phone && open) && <Pages current={shown} />}
      {open && (
        <main className={s.page} data-pane>
          {phone && (
            <Link className={s.toList} to={{ page: "settings", section: null }}>
              <Icon name="left" size="s" />
              {t("settings.all")}
            </Link>
          )}
          <Boundary key={open.id}>
            <Suspense fallback={<div aria-busy="true" />}>
              <open.View />
            </Suspense>
          </Boundary>
        </main>
      )}
    </div>
  );
}

/** The pages one may open, under their headings; by name where they are many. */
function Pages({ current }: { current: SettingsPage | null }) {
  const permissions = useSelect((state) => state.me?.permissions);
  const phone = usePhone();
  const [words, setWords] = useState("");
  const offered = PAGES.filter((one) => !one.needs || permissions?.includes(one.needs));
  const wanted = words.trim().toLocaleLowerCase();
  const found = offered.filter((one) => nameOf(one).includes(wanted));
  const list = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is what it is looked for again for
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView?.({ block: "nearest" });
  }, [current]);
  return (
    <nav ref={list} className={s.nav} aria-label={t("nav.settings")} data-pane>
      {phone && <Elsewhere />}
      <h2>{t("nav.settings")}</h2>
      {offered.length > MANY && <Find words={words} setWords={setWords} />}
      {GROUPS.map((group) => {
        const pages = found.filter((one) => one.group === group);
        if (!pages.length) return null;
        return (
          <section key={group} aria-labelledby={`settings-${group}`}>
            <h3 id={`settings-${group}`}>{t(`settings.group.${group}`)}</h3>
            {pages.map((one) => (
              <PageLink key={one.id} entry={one} current={one.id === current} />
            ))}
          </section>
        );
      })}
      {!found.length && (
        <p className="small muted" role="status">
          {t("settings.findNothing")}
        </p>
      )}
    </nav>
  );
}

/** A page is found by its own name and by that of its group. */
const nameOf = (one: Entry) => `${t(one.label)} ${t(`settings.group.${one.group}`)}`.toLocaleLowerCase();

/** The key that searches elsewhere comes here. Enter opens the first page found, Escape shows all again. */
function Find({ words, setWords }: { words: string; setWords: (words: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => onSignal((what) => what === "focus-search" && field.current?.focus()), []);
  const press = (event: React.KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") field.current?.closest("nav")?.querySelector("a")?.click();
    if (event.key !== "Escape" || !words) return;
    event.preventDefault();
    setWords("");
  };
  return (
    <div className={s.find}>
      <Icon name="search" size="s" />
      <input
        ref={field}
        type="search"
        value={words}
        placeholder={t("settings.find")}
        aria-label={t("settings.find")}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={press}
      />
      <Keys command="search" />
    </div>
  );
}

function PageLink({ entry, current }: { entry: Entry; current: boolean }) {
  const sick = useSelect((state) =>
    entry.id === "channels" ? Object.values(state.channels).filter(isSick).length : 0,
  );
  return (
    <Link
      to={{ page: "settings", section: entry.id }}
      aria-current={current ? "page" : undefined}
      data-pane-focus={current || undefined}
    >
      <Icon name={entry.icon} />
      <span>{t(entry.label)}</span>
      {sick > 0 && <span className="tiny muted">{t("settings.needYou", { n: sick })}</span>}
    </Link>
  );
}
