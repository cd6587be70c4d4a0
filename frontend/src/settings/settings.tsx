import type { SettingsPage } from "../store/route";
import { type Key, t } from "../text/i18n";
import { Boundary } from "../ui/boundary";
import { Icon } from "../ui/icon";
import type { IconName } from "../ui/icon-paths";
import { Link } from "../ui/link";
import { useSelect } from "../ui/use-core";
import { AgentsPage } from "./agents";
import { AttentionPage } from "./attention";
import { CannedPage } from "./canned";
import { ChannelsPage, isSick } from "./channels";
import { LookPage } from "./look";
import { MePage } from "./me";
import { QuarantinePage } from "./quarantine";
import s from "./settings.module.css";
import { TagsPage } from "./tags";
import { TokensPage } from "./tokens";
import { WebhooksPage } from "./webhooks";

interface Entry {
  id: SettingsPage;
  icon: IconName;
  label: Key;
  /** The right without which it is not offered. */
  needs?: string;
  View: () => React.ReactNode;
}

const PAGES: readonly Entry[] = [
  { id: "channels", icon: "plug", label: "settings.channels", View: ChannelsPage },
  { id: "agents", icon: "users", label: "settings.agents", View: AgentsPage },
  { id: "tags", icon: "tag", label: "settings.tags", View: TagsPage },
  { id: "canned", icon: "canned", label: "settings.canned", View: CannedPage },
  { id: "tokens", icon: "key", label: "settings.tokens", needs: "tokens", View: TokensPage },
  { id: "webhooks", icon: "forward", label: "settings.webhooks", needs: "tokens", View: WebhooksPage },
  { id: "attention", icon: "bell", label: "settings.attention", needs: "quarantine", View: AttentionPage },
  { id: "quarantine", icon: "warn", label: "settings.quarantine", needs: "quarantine", View: QuarantinePage },
  { id: "me", icon: "user", label: "settings.me", View: MePage },
  { id: "look", icon: "screen", label: "settings.look", View: LookPage },
];

export default function Settings({ section }: { section: SettingsPage }) {
  const permissions = useSelect((state) => state.me?.permissions);
  const sick = useSelect((state) => Object.values(state.channels).filter(isSick).length);
  const page = PAGES.find((one) => one.id === section);
  return (
    <div className={s.wrap}>
      <nav className={s.nav} aria-label={t("nav.settings")} data-pane>
        <h2>{t("nav.settings")}</h2>
        {PAGES.filter((one) => !one.needs || permissions?.includes(one.needs)).map((one) => (
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
