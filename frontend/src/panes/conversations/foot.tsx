import { undoLast } from "../../commands/triage";
import { t } from "../../text/i18n";
import { clock, duration } from "../../text/time";
import { Icon } from "../../ui/icon";
import { Keys } from "../../ui/keys";
import { useCore, useDesk, useNow, useSelect } from "../../ui/use-core";
import s from "./list.module.css";

/** Below the list: what can be taken back, and the one thing to be told. */
export function Foot() {
  const undo = useDesk((desk) => desk.undos.at(-1));
  const toast = useDesk((desk) => desk.toast);
  if (!undo && !toast) return null;
  return (
    <div className={s.foot}>
      <UndoBar />
      <ToastBar />
    </div>
  );
}

const SHOWN_MS = 15_000;

function UndoBar() {
  const core = useCore();
  const undo = useDesk((desk) => desk.undos.at(-1));
  const now = useNow() - useSelect((state) => state.clockOffsetMs);
  const born = useBorn(undo?.id);
  if (!undo) return null;
  const left = undo.until === null ? null : undo.until - now;
  if (left !== null && left <= 0) return null;
  if (left === null && Date.now() - born > SHOWN_MS) return null;
  const words = left === null ? undo.text : `${undo.text} ${t("undo.in", { time: duration(left, 3_600_000) })}`;
  return (
    <div className={s.undo} role="status">
      <Icon name={left === null ? "check" : "undo"} size="s" />
      <span className="clip grow">{words}</span>
      <button type="button" className="btn ghost sm" onClick={() => void undoLast(core)}>
        {t("cmd.undo")}
        {/* Whoever just sent is still in the field, where a letter is a letter. */}
        <Keys command="undo" nth={document.activeElement?.matches("[data-composer]") ? 1 : 0} />
      </button>
      {left !== null && (
        <i className={s.fuse} style={{ width: `${Math.min(100, (left / (undo.seconds * 1000)) * 100)}%` }} />
      )}
    </div>
  );
}

const births = new Map<string, number>();

/** When a thing was first shown. */
function useBorn(id: string | undefined): number {
  if (!id) return 0;
  const known = births.get(id);
  if (known) return known;
  births.clear();
  births.set(id, Date.now());
  return Date.now();
}

/** The one thing to be told, above whatever is there: for pages that have no list to tell it below. */
export function FloatingToast() {
  const toast = useDesk((desk) => desk.toast);
  return (
    toast && (
      <div className={s.floating}>
        <ToastBar />
      </div>
    )
  );
}

const TONES = { done: "check", open: "history", bad: "warn" } as const;

function ToastBar() {
  const core = useCore();
  const toast = useDesk((desk) => desk.toast);
  if (!toast) return null;
  const bad = toast.tone === "bad";
  return (
    <div className={`${s.toast} ${bad ? s.bad : ""}`} role={bad ? "alert" : "status"}>
      <Icon name={TONES[toast.tone]} size="s" />
      <span className="grow">{toast.text}</span>
      {toast.action && (
        <button type="button" className="btn sm" onClick={toast.action.run}>
          {toast.action.label}
        </button>
      )}
      <button
        type="button"
        className="btn ghost sm icon-only"
        aria-label={t("close")}
        onClick={() => core.show({ toast: null })}
      >
        <Icon name="x" size="s" />
      </button>
    </div>
  );
}

/** What the connection is worth right now, in words; nothing while it is live. */
export function NetBar() {
  const core = useCore();
  const sync = useDesk((desk) => desk.sync);
  const since = useDesk((desk) => desk.offlineSince);
  const waiting = useSelect((state) => state.waitingSends.length);
  const ready = useSelect((state) => state.ready);
  const now = Date.now();
  useNow();
  if (!ready || sync.phase === "live" || sync.phase === "ended") return null;
  if (sync.phase === "stale") {
    if (sync.missed < 20) return null;
    const share = Math.round((1 - sync.missing / sync.missed) * 100);
    return (
      <div className={s.netbar} role="status">
        <Icon name="refresh" size="s" />
        <span className="grow">
          <b className="strong">{t("net.back")}</b> {t("net.fetching", { n: sync.missed })}
        </span>
        <span className="num">{t("percent", { n: share })}</span>
        <i style={{ width: `${share}%` }} />
      </div>
    );
  }
  // A blink of a second is nobody's business.
  if (since === null || now - since < 2500) return null;
  return (
    <div className={`${s.netbar} ${s.off}`} role="status">
      <Icon name="wifioff" size="s" />
      <span className="grow">
        <b style={{ fontWeight: "var(--weight-strong)" }}>{t("net.off", { time: clock(since) })}</b> {t("net.canWork")}{" "}
        {waiting > 0 && t("net.waiting", { n: waiting })}
      </span>
      <button type="button" className="btn sm" onClick={() => core.live?.retry()}>
        {t("net.try")}
      </button>
    </div>
  );
}
