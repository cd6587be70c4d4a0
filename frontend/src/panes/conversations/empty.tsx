import { narrow, openView } from "../../commands/navigate";
import { run } from "../../commands/registry";
import { isEmpty, NO_FILTER, readListName } from "../../store/filter";
import { can } from "../../store/select";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { Keys } from "../../ui/keys";
import { Link } from "../../ui/link";
import { useCore, usePhone, useSelect } from "../../ui/use-core";
import s from "./list.module.css";

/** Nothing here is calm news; with no channel at all it is the first step. */
export function Empty({ name }: { name: string }) {
  const core = useCore();
  const { view, filter } = readListName(name);
  const snoozed = useSelect((state) => state.views.snoozed?.count ?? 0);
  const channels = useSelect((state) => Object.keys(state.channels).length);
  const phone = usePhone();
  const admin = useSelect((state) => can(state, "channels"));
  if (channels === 0) {
    return (
      <div className={s.void}>
        <b>{t("first.title")}</b>
        <p>{t("first.hint")}</p>
        {admin && (
          <Link className="btn primary" to={{ page: "settings", section: "channels" }}>
            <Icon name="plus" size="s" />
            {t("channels.connect")}
          </Link>
        )}
        {admin && phone && (
          <button type="button" className="btn" onClick={() => run(core, "first-steps")}>
            {t("cmd.firstSteps")}
          </button>
        )}
      </div>
    );
  }
  if (!isEmpty(filter)) {
    return (
      <div className={s.void}>
        <b>{t("filter.nothing")}</b>
        <p>{t("filter.nothingHint")}</p>
        <button type="button" className="btn" onClick={() => narrow(core, NO_FILTER, null)}>
          {t("cmd.clearFilter")}
        </button>
      </div>
    );
  }
  return (
    <div className={s.void}>
      <svg viewBox="0 0 64 44" aria-hidden>
        <path d="M14 32a18 18 0 0 1 36 0M6 32h52M32 4v4M12 10l3 3M52 10l-3 3M14 38h14M34 38h16" />
      </svg>
      <b>{view === "waiting" ? t("empty.nobodyWaits") : t("empty.view")}</b>
      <p>{view === "waiting" ? t("empty.snoozed", { n: snoozed }) : t("empty.viewHint")}</p>
      {view === "waiting" ? (
        <button type="button" className="btn" onClick={() => openView(core, "snoozed")}>
          {t("empty.openSnoozed")}
        </button>
      ) : (
        <ToWaiting />
      )}
    </div>
  );
}

/** A view that was taken away, or an address that never was one: the server's words, and the way out. */
export function Refused({ words }: { words: string }) {
  return (
    <div className={s.void} role="alert">
      <p>{words}</p>
      <ToWaiting />
    </div>
  );
}

function ToWaiting() {
  const core = useCore();
  return (
    <button type="button" className="btn" onClick={() => openView(core, "waiting")}>
      {t("view.waiting")}
      <Keys command="go-waiting" />
    </button>
  );
}

/** Only for the first moments: nothing known is ever covered by it. */
export function Skeleton() {
  return (
    <div aria-hidden style={{ flex: 1, overflow: "hidden" }}>
      {[62, 78, 48, 70, 58, 66].map((width) => (
        <div key={width} className={s.skRow}>
          <span className={s.sk} style={{ width: 32, height: 32, borderRadius: "50%" }} />
          <div>
            <span className={s.sk} style={{ width: `${width - 12}%` }} />
            <span className={s.sk} style={{ width: `${width + 18}%` }} />
            <span className={s.sk} style={{ width: "30%", height: 8 }} />
          </div>
        </div>
      ))}
    </div>
  );
}
