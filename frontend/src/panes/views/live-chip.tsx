import { t } from "../../text/i18n";
import { useDesk, useSelect } from "../../ui/use-core";
import s from "./rail.module.css";

/** Live, and how old what is shown is: from commit to this screen, in seconds. */
export function LiveChip() {
  const phase = useDesk((desk) => desk.sync.phase);
  const delay = useSelect((state) =>
    state.delayMs === null ? null : Math.max(0.1, Math.round(state.delayMs / 100) / 10),
  );
  const live = phase === "live";
  const words = live ? t("live") : phase === "stale" ? t("live.catching") : t("live.off");
  return (
    <span
      className={`${s.live} ${live ? "" : s.off}`}
      role="status"
      title={live && delay !== null ? t("live.delay", { s: delay }) : words}
    >
      <i />
      {words}
      {live && delay !== null && <span>{t("live.seconds", { s: delay })}</span>}
    </span>
  );
}
