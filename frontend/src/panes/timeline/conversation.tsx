import { useEffect, useState } from "react";
import { loadConversation, markRead, openConversation } from "../../commands/navigate";
import { reason } from "../../commands/triage";
import { row as shownRow } from "../../store/select";
import { t } from "../../text/i18n";
import { afterPaint } from "../../ui/after-paint";
import { useCore, useDesk, useSelect } from "../../ui/use-core";
import { Composer } from "./composer/composer";
import { Header } from "./header";
import { Notices } from "./notices";
import { Timeline } from "./timeline";
import s from "./timeline.module.css";

/** Fetches what an opened conversation needs, and marks it read while it is on a visible screen. */
export function useLoaded(id: string): { failed: string | null } {
  const core = useCore();
  const loaded = useSelect((state) => state.timelines[id]?.loaded ?? false);
  const ready = useSelect((state) => state.ready);
  const last = useSelect((state) => state.lastIn[id] ?? 0);
  const connected = useDesk((desk) => desk.offlineSince === null);
  const [failed, setFailed] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what failed for want of a connection is fetched when it is back
  useEffect(() => {
    if (!ready || loaded) return;
    setFailed(null);
    return afterPaint(() => {
      loadConversation(core, id).catch((error) => setFailed(reason(error)));
    });
  }, [core, id, ready, loaded, connected]);
  // Read is what has been on a visible screen, not what arrived in a tab nobody looks at.
  useEffect(() => {
    const look = () => {
      if (loaded && last && document.visibilityState === "visible") markRead(core, id);
    };
    const drop = afterPaint(look);
    document.addEventListener("visibilitychange", look);
    return () => {
      drop();
      document.removeEventListener("visibilitychange", look);
    };
  }, [core, id, loaded, last]);
  return { failed };
}

/** The open conversation: its head, what was said, and the place to answer. */
export function Conversation({ id }: { id: string }) {
  const core = useCore();
  const row = useSelect((state) => shownRow(state, id));
  const { failed } = useLoaded(id);
  if (!row) {
    return (
      <main className={s.pane} aria-label={t("pane.conversation")} data-pane tabIndex={-1}>
        {failed && (
          <div className="banner bad" role="alert" style={{ margin: 16 }}>
            <span className="grow">{failed}</span>
            <button type="button" className="btn sm" onClick={() => openConversation(core, null)}>
              {t("back")}
            </button>
          </div>
        )}
      </main>
    );
  }
  return (
    <main className={s.pane} aria-label={t("pane.conversation")} data-pane>
      <Header row={row} />
      <Timeline row={row} failed={failed} />
      <Notices row={row} />
      <Composer row={row} />
    </main>
  );
}
