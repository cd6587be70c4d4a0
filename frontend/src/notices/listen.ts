/**
 * What happens in this window when something is told: a tone, a line for what is urgent, the mark on the tab's icon, and
 * word to the server that it was seen here, so that other devices stay still.
 */

import { openConversation } from "../commands/navigate";
import type { Core } from "../core";
import type { NotificationShape, PreferencesShape } from "../protocol/types.generated";
import { openId } from "../store/desk";
import { unreadNotifications } from "../store/select";
import { t } from "../text/i18n";
import { badge } from "./badge";
import { kindOf, lineOf, saysOf, type Way, waysOf } from "./kinds";
import { keepCalling } from "./push";
import { isQuiet } from "./quiet";
import { readConversation } from "./read";
import { ring } from "./sound";

/** Older ones were told while nobody was here: they stand in the centre, and do not ring. */
const NEWS_MS = 60_000;
const SEEN_AFTER_MS = 1_500;

export const CHOSEN = "inbox:chosen";

export function listen(core: Core): () => void {
  let known = core.state().notifications;
  let primed = core.state().ready;
  let chosen: PreferencesShape | null = null;
  let seen = "0";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () =>
    core.api
      .get<PreferencesShape>("/notification-preferences")
      .then((found) => {
        chosen = found;
      })
      .catch(() => {});
  void ask();
  void keepCalling(core).catch(() => {});

  const looks = () => document.visibilityState === "visible" && document.hasFocus();
  const saySeen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const newest = newestId(core.state().notifications);
      if (!looks() || !isAfter(newest, seen)) return;
      seen = newest;
      core.api.put("/notifications/seen", { up_to: newest }).catch(() => {});
    }, SEEN_AFTER_MS);
  };
  const changed = () => {
    const state = core.state();
    badge(unreadNotifications(state));
    const open = openId(core.desk.get());
    if (open && looks()) readConversation(core, open);
    if (state.notifications === known) return;
    const before = known;
    known = state.notifications;
    if (!primed) {
      primed = state.ready;
      return;
    }
    const now = Date.now() + state.clockOffsetMs;
    const fresh = Object.values(known).filter(
      (one) => !one.read && !before[one.id] && one.conversation_id !== open && now - Date.parse(one.at) < NEWS_MS,
    );
    if (fresh.length) tell(core, fresh, chosen, now);
    saySeen();
  };
  const stops = [core.store.subscribe(changed), core.desk.subscribe(changed)];
  window.addEventListener(CHOSEN, ask);
  window.addEventListener("focus", saySeen);
  navigator.serviceWorker?.addEventListener("message", opened);
  changed();
  saySeen();

  function opened(event: MessageEvent<{ type?: string; path?: string }>) {
    const id = event.data.type === "open" ? event.data.path?.match(/^\/conversations\/(\d+)$/)?.[1] : undefined;
    if (id) openConversation(core, id);
  }
  return () => {
    for (const stop of stops) stop();
    clearTimeout(timer);
    window.removeEventListener(CHOSEN, ask);
    window.removeEventListener("focus", saySeen);
    navigator.serviceWorker?.removeEventListener("message", opened);
    badge(0);
  };
}

function tell(core: Core, fresh: readonly NotificationShape[], chosen: PreferencesShape | null, now: number): void {
  if (!chosen) return;
  const by = (one: NotificationShape, way: Way) => waysOf(chosen, kindOf(one.kind)).includes(way);
  const wanted = fresh.filter((one) => by(one, "in_app"));
  const loud = wanted.filter((one) => by(one, "sound") && !isQuiet(chosen, kindOf(one.kind), now));
  const urgent = (one: NotificationShape) => chosen.urgent.includes(kindOf(one.kind));
  if (loud.length) ring(loud.some(urgent));
  const first = wanted.find(urgent);
  if (!first) return;
  const id = first.conversation_id;
  const text = [lineOf(first), saysOf(first)].filter(Boolean).join(": ");
  core.toast(text, "bad", id ? { label: t("open"), run: () => openConversation(core, id) } : undefined);
}

function newestId(notifications: Readonly<Record<string, NotificationShape>>): string {
  return Object.keys(notifications).reduce((newest, id) => (isAfter(id, newest) ? id : newest), "0");
}

/** Ids are numbers too large for a number. */
const isAfter = (id: string, other: string) => id.length > other.length || (id.length === other.length && id > other);
