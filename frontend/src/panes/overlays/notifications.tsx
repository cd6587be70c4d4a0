import { openConversation } from "../../commands/navigate";
import type { NotificationShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { shortDate } from "../../text/time";
import { Dialog } from "../../ui/dialog";
import s from "../../ui/dialog.module.css";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import { useCore, useNow, useSelect } from "../../ui/use-core";

const ICONS: Record<string, IconName> = {
  mention: "at",
  assigned: "user",
  escalated: "flag",
  failed: "xcircle",
  deadline: "alarm",
  woken: "moon",
};

export function Notifications() {
  const core = useCore();
  const now = useNow(60_000);
  const notifications = useSelect((state) => state.notifications);
  const all = Object.values(notifications).sort((a, b) => b.at.localeCompare(a.at));
  const close = () => core.show({ sheet: null });
  const mark = (id: string) => {
    core.store.update((state) => {
      const known = state.notifications[id];
      return known ? { ...state, notifications: { ...state.notifications, [id]: { ...known, read: true } } } : state;
    }, true);
    core.api.put(`/notifications/${id}/read`).catch(() => {});
  };
  const markAll = () => {
    core.store.update(
      (state) => ({
        ...state,
        notifications: Object.fromEntries(
          Object.entries(state.notifications).map(([id, one]) => [id, { ...one, read: true }]),
        ),
      }),
      true,
    );
    core.api.put("/notifications/read").catch(() => {});
  };
  const open = (one: NotificationShape) => {
    mark(one.id);
    close();
    if (one.conversation_id) openConversation(core, one.conversation_id);
  };
  return (
    <Dialog label={t("nav.notifications")} close={close} className={s.palette}>
      <div className={s.title}>
        <Icon name="bell" />
        <span className="grow">{t("nav.notifications")}</span>
        <button type="button" className="btn ghost sm" onClick={markAll}>
          {t("notifications.allRead")}
        </button>
      </div>
      <div className={s.options}>
        {!all.length && (
          <p className="muted" style={{ padding: 10 }}>
            {t("notifications.none")}
          </p>
        )}
        {all.map((one) => (
          <button key={one.id} type="button" className={s.option} onClick={() => open(one)}>
            <Icon name={ICONS[one.kind] ?? "bell"} />
            <span className={`clip ${one.read ? "" : "strong"}`} dir="auto">
              {one.text}
            </span>
            <span className={s.detail}>{shortDate(one.at, now)}</span>
          </button>
        ))}
      </div>
    </Dialog>
  );
}
