import type { SettingsPage } from "../store/route";
import { can } from "../store/select";
import { type Key, t } from "../text/i18n";
import { Boundary } from "../ui/boundary";
import { Icon } from "../ui/icon";
import type { IconName } from "../ui/icon-paths";
import { Link } from "../ui/link";
import { useSelect } from "../ui/use-core";
import { AgentsPage } from "./agents";
import { CannedPage } from "./canned";
import { ChannelsPage } from "./channels";
import { LookPage } from "./look";
import { MePage } from "./me";
import s from "./settings.module.css";
import { TagsPage } from "./tags";
import { TokensPage } from "./tokens";

const PAGES: readonly { id: SettingsPage; icon: IconName; label: Key; admin: boolean; View: () => React.ReactNode }[] =
  [
    { id: "channels", icon: "plug", label: "settings.channels", admin: false, View: ChannelsPage },
    { id: "agents", icon: "users", label: "settings.agents", admin: false, View: AgentsPage },
    { id: "tags", icon: "tag", label: "settings.tags", admin: false, View: TagsPage },
    { id: "canned", icon: "canned", label: "settings.canned", admin: false, View: CannedPage },
    { id: "tokens", icon: "key", label: "settings.tokens", admin: true, View: TokensPage },
    { id: "me", icon: "user", label: "settings.me", admin: false, View: MePage },
    { id: "look", icon: "screen", label: "settings.look", admin: false, View: LookPage },
  ];

export default function Settings({ section }: { section: SettingsPage }) {
  const admin = useSelect((state) => can(state, "tokens"));
  const sick = useSelect(
    (state) =>
      Object.values(state.channels).filter(
        (channel) => channel.active && (channel.health === "down" || channel.health === "needs_attention"),
      ).length,
  );
  const page = PAGES.find((one) => one.id === section);
  return (
    <div className={s.wrap}>
      <nav className={s.nav} aria-label={t("nav.settings")} data-pane>
        <h2>{t("nav.settings")}</h2>
        {PAGES.filter((one) => admin || !one.admin).map((one) => (
          <Link
            key={one.id}
            to={{ page: "settings", section: one.id }}
            aria-current={one.id === section ? "page" : undefined}
            data-pane-focus={one.id === section || undefined}
          >
            <Icon name={one.icon} />
            <span>{t(one.label)}</span>
            {one.id === "channels" && sick > 0 && (
              <span className="tiny muted">{t("settings.needYou", { n: sick })}</span>
            )}
          </Link>
        ))}
      </nav>
      <main className={s.page} data-pane>
        <Boundary key={section}>{page && <page.View />}</Boundary>
      </main>
    </div>
  );
}
