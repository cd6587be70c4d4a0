import { lazy, Suspense, useEffect } from "react";
import s from "./app.module.css";
import { run } from "./commands/registry";
import { flushWaiting } from "./commands/reply";
import { useKeys } from "./keyboard/use-keys";
import { FloatingToast } from "./panes/conversations/foot";
import { ConversationList } from "./panes/conversations/list";
import { loadAhead, Overlays } from "./panes/overlays";
import { firstSteps } from "./panes/start/with-words";
import { Conversation } from "./panes/timeline/conversation";
import { Rail } from "./panes/views/rail";
import { openId } from "./store/desk";
import type { Route } from "./store/route";
import { can, unreadNotifications } from "./store/select";
import { t } from "./text/i18n";
import { Boundary } from "./ui/boundary";
import { AgentFace } from "./ui/face";
import { Icon } from "./ui/icon";
import type { IconName } from "./ui/icon-paths";
import { Keys } from "./ui/keys";
import { Link } from "./ui/link";
import { Logo } from "./ui/logo";
import { useCore, useDesk, useMedia, usePhone, useSelect } from "./ui/use-core";

const FirstSteps = lazy(() => firstSteps().then((m) => ({ default: m.FirstSteps })));
const Person = lazy(() => import("./panes/contact/person").then((m) => ({ default: m.Person })));
const PostsPage = lazy(() => import("./panes/posts/posts-page"));
const CampaignsPage = lazy(() => import("./panes/posts/campaigns-page"));
const FloorPage = lazy(() => import("./panes/floor/floor-page"));
const ScreenLink = lazy(() => import("./panes/floor/screen").then((m) => ({ default: m.ScreenLink })));
const FloorScreen = lazy(() => import("./panes/floor/screen").then((m) => ({ default: m.FloorScreen })));
const MyDayPage = lazy(() => import("./panes/my-day/my-day-page").then((m) => m.load()));
const WorkReviewsPage = lazy(() => import("./panes/work-reviews/work-reviews-page").then((m) => m.load()));
const ReportsPage = lazy(() => import("./panes/reports/reports-page").then((m) => m.load()));
const Settings = lazy(() => import("./settings/settings").then((m) => m.load()));
const SignIn = lazy(() => import("./signin/sign-in").then((m) => ({ default: m.SignIn })));
const LinkPage = lazy(() => import("./signin/link-page"));

export function App() {
  const session = useDesk((desk) => desk.session);
  const page = useDesk((desk) => desk.route.page);
  const zone = useDesk((desk) => desk.own.zone);
  if (page === "link") {
    return (
      <Suspense>
        <LinkPage />
      </Suspense>
    );
  }
  if (page === "screen") {
    return (
      <Suspense>
        <ScreenLink />
      </Suspense>
    );
  }
  if (session === "unknown") return <div className={s.loading} />;
  // In another time zone every time on the screen reads otherwise.
  if (session === "in") return <Shell key={zone} />;
  return (
    <Suspense>
      <SignIn />
    </Suspense>
  );
}

function Shell() {
  const core = useCore();
  const route = useDesk((desk) => desk.route);
  const phase = useDesk((desk) => desk.sync.phase);
  useKeys(core);
  useTitle();
  useEffect(() => {
    if (phase === "live") void flushWaiting(core);
  }, [core, phase]);
  useEffect(() => {
    // Not of the first load: nothing rings before the desk is there.
    let stop: (() => void) | null = null;
    let gone = false;
    void import("./notices/listen").then(({ listen }) => {
      if (!gone) stop = listen(core);
    });
    return () => {
      gone = true;
      stop?.();
    };
  }, [core]);
  useEffect(() => {
    let stop: (() => void) | null = null;
    let gone = false;
    void import("./panes/start/watch").then(({ watch }) => {
      if (!gone) stop = watch(core);
    });
    return () => {
      gone = true;
      stop?.();
    };
  }, [core]);
  useEffect(loadAhead, []);
  if (route.page === "floor" && route.screen) {
    return (
      <Suspense>
        <FloorScreen />
      </Suspense>
    );
  }
  return (
    <>
      <div className={[s.app, LAYOUT[route.page]].filter(Boolean).join(" ")}>
        <Spine route={route} />
        <Place route={route} />
        <Tabs route={route} />
      </div>
      {!TELLS_BELOW.has(route.page) && <FloatingToast />}
      <Overlays />
    </>
  );
}

/** Pages with a list of conversations: what is to be told stands below it. */
const TELLS_BELOW: ReadonlySet<Route["page"]> = new Set(["desk", "search", "posts"]);

/** Pages that divide the window otherwise than the desk. */
const LAYOUT: Partial<Record<Route["page"], string>> = {
  settings: s.page,
  posts: s.whole,
  campaigns: s.whole,
  floor: s.whole,
  reports: s.whole,
  "my-day": s.whole,
  "work-reviews": s.whole,
};

/** The page that the address names; all but the desk are loaded when first opened. */
function Place({ route }: { route: Route }) {
  if (route.page === "desk" || route.page === "search") return <DeskPanes />;
  return (
    <Boundary key={route.page}>
      <Suspense fallback={<div />}>
        {route.page === "settings" && <Settings section={route.section} />}
        {route.page === "posts" && <PostsPage route={route} />}
        {route.page === "campaigns" && <CampaignsPage />}
        {route.page === "floor" && <FloorPage />}
        {route.page === "my-day" && <MyDayPage />}
        {route.page === "work-reviews" && <WorkReviewsPage route={route} />}
        {route.page === "reports" && <ReportsPage query={route.query} />}
      </Suspense>
    </Boundary>
  );
}

/** Which panes are beside each other depends on the width alone; the same parts, the same keys. */
function DeskPanes() {
  const core = useCore();
  const id = useDesk(openId);
  const drawer = useDesk((desk) => desk.drawer);
  const wide = useMedia("(min-width: 1280px)");
  const medium = useMedia("(min-width: 1024px)");
  const phone = usePhone();
  const close = () => core.show({ drawer: null });
  const person = id && (
    <Boundary key={`p${id}`}>
      <Suspense>
        <Person id={id} />
      </Suspense>
    </Boundary>
  );
  return (
    <>
      {medium && <Rail />}
      {!medium && drawer === "rail" && (
        <Drawer side="start" close={close}>
          <Rail />
        </Drawer>
      )}
      {!(phone && id) && (
        <Boundary>
          <ConversationList />
        </Boundary>
      )}
      {id ? (
        <Boundary key={id}>
          <Conversation id={id} />
        </Boundary>
      ) : (
        !phone && <NothingOpen />
      )}
      {wide &&
        (person || (
          <aside style={{ background: "var(--surface-base)", borderInlineStart: "1px solid var(--border)" }} />
        ))}
      {!wide && drawer === "person" && person && (
        <Drawer side="end" close={close}>
          {person}
        </Drawer>
      )}
    </>
  );
}

function Drawer({ side, close, children }: { side: "start" | "end"; close: () => void; children: React.ReactNode }) {
  return (
    <>
      <button type="button" tabIndex={-1} aria-label={t("close")} className={s.scrim} onClick={close} />
      <div className={`${s.drawer} ${s[side]}`}>{children}</div>
    </>
  );
}

function NothingOpen() {
  return (
    <main className={s.empty} aria-label={t("pane.conversation")}>
      <Boundary>
        <Suspense>
          <FirstSteps />
        </Suspense>
      </Boundary>
      <strong className="strong">{t("empty.pick")}</strong>
      <span className="small">
        <Keys command="next" /> <Keys command="previous" /> {t("empty.move")} · <Keys command="open" />{" "}
        {t("empty.open")} · <Keys command="help" /> {t("empty.keys")}
      </span>
    </main>
  );
}

function Spine({ route }: { route: Route }) {
  const core = useCore();
  const me = useSelect((state) => state.me?.agent.id);
  const unread = useSelect(unreadNotifications);
  const reports = useSelect((state) => can(state, "reports"));
  const attention = useSelect((state) =>
    Object.values(state.channels).some(
      (channel) => channel.active && channel.health !== "ok" && channel.health !== "connecting",
    ),
  );
  return (
    <nav className={s.spine} aria-label={t("pane.main")}>
      <Logo className={s.logo} />
      <SpineLink
        icon="inbox"
        label={t("nav.desk")}
        to={{ page: "desk", view: "waiting", conversation: null }}
        current={route.page === "desk" || route.page === "search"}
      />
      <SpineLink
        icon="posts"
        label={t("nav.posts")}
        to={{ page: "posts", post: null, tab: "waiting", conversation: null }}
        current={route.page === "posts" || route.page === "campaigns"}
      />
      <SpineLink icon="sun" label={t("nav.myDay")} to={{ page: "my-day" }} current={route.page === "my-day"} />
      {reports && (
        <>
          <SpineLink icon="floor" label={t("nav.floor")} to={{ page: "floor" }} current={route.page === "floor"} />
          <SpineLink
            icon="chart"
            label={t("nav.reports")}
            to={{ page: "reports", query: "" }}
            current={route.page === "reports" || route.page === "work-reviews"}
          />
        </>
      )}
      <SpineLink
        icon="settings"
        label={t("nav.settings")}
        to={{ page: "settings", section: "channels" }}
        current={route.page === "settings"}
        dot={attention}
      />
      <span className={s.space} />
      <button
        type="button"
        className={s.item}
        title={t("nav.notifications")}
        aria-label={t("nav.notificationsCount", { n: unread })}
        onClick={() => core.show({ sheet: "notifications" })}
      >
        <Icon name="bell" />
        {unread > 0 && <b className={s.count}>{unread > 99 ? "99+" : unread}</b>}
      </button>
      <button
        type="button"
        className={s.item}
        title={`${t("cmd.help")}  ?`}
        aria-label={t("cmd.help")}
        onClick={() => core.show({ sheet: "help" })}
      >
        <Icon name="keyboard" />
      </button>
      {me && (
        <Link className={s.item} to={{ page: "settings", section: "me" }} title={t("cmd.me")}>
          <AgentFace id={me} size="md" />
        </Link>
      )}
    </nav>
  );
}

function SpineLink({
  icon,
  label,
  to,
  current,
  dot,
}: {
  icon: IconName;
  label: string;
  to: Route;
  current: boolean;
  dot?: boolean;
}) {
  return (
    <Link className={s.item} to={to} title={label} aria-label={label} aria-current={current ? "page" : undefined}>
      <Icon name={icon} />
      {dot && <span className={s.dot} />}
    </Link>
  );
}

/** Pages that have a tab of their own; all others are reached by the last one. */
const PHONE_TABS: ReadonlySet<Route["page"]> = new Set(["desk", "search", "posts"]);

/** Phones: the spine's places as tabs at the bottom. Hidden while a conversation is open, the composer sits there. */
function Tabs({ route }: { route: Route }) {
  const core = useCore();
  const phone = usePhone();
  const open = useDesk(openId);
  const unread = useSelect(unreadNotifications);
  const waiting = useSelect((state) => state.views.waiting?.count ?? 0);
  if (!phone || open) return null;
  return (
    <nav className={s.tabs} aria-label={t("pane.main")}>
      <Link
        className={s.tab}
        to={{ page: "desk", view: "waiting", conversation: null }}
        aria-current={route.page === "desk" ? "page" : undefined}
      >
        <Icon name="inbox" />
        {t("nav.desk")}
        {waiting > 0 && <b className={s.badge}>{waiting}</b>}
      </Link>
      <button
        type="button"
        className={s.tab}
        aria-current={route.page === "search" ? "page" : undefined}
        onClick={() => run(core, "search")}
      >
        <Icon name="search" />
        {t("search")}
      </button>
      <Link
        className={s.tab}
        to={{ page: "posts", post: null, tab: "waiting", conversation: null }}
        aria-current={route.page === "posts" ? "page" : undefined}
      >
        <Icon name="posts" />
        {t("nav.posts")}
      </Link>
      <button type="button" className={s.tab} onClick={() => core.show({ sheet: "notifications" })}>
        <Icon name="bell" />
        {t("nav.notifications")}
        {unread > 0 && <b className={s.badge}>{unread}</b>}
      </button>
      <Link
        className={s.tab}
        to={{ page: "settings", section: null }}
        aria-current={PHONE_TABS.has(route.page) ? undefined : "page"}
      >
        <Icon name="menu" />
        {t("nav.more")}
      </Link>
    </nav>
  );
}

/** "(37) Inbox": how many wait, for a tab in the background. */
function useTitle() {
  const waiting = useSelect((state) => state.views.waiting?.count ?? 0);
  const unread = useSelect(unreadNotifications);
  const name = useSelect((state) => String(state.workspace.name ?? "Inbox"));
  useEffect(() => {
    document.title = waiting ? `(${waiting}${unread ? "!" : ""}) ${name}` : name;
  }, [waiting, unread, name]);
}
