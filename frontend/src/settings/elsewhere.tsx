import { BY_ID, type Command, isFor, run } from "../commands/registry";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useCore, useSelect } from "../ui/use-core";

/** Commands that lead to what wide windows have at their edge. */
const WAYS = ["go-my-day", "go-floor", "go-reports", "go-campaigns", "first-steps", "availability"];

/** On phones, above the settings: the places that the tabs below have no room for. */
export function Elsewhere() {
  const core = useCore();
  // What one may open follows from permissions and channels.
  useSelect((state) => state.me?.permissions);
  useSelect((state) => state.channels);
  const ways = WAYS.map((id) => BY_ID[id]).filter((one): one is Command => one !== undefined && isFor(core, one));
  return (
    <section aria-label={t("app")}>
      {ways.map((one) => (
        <button key={one.id} type="button" onClick={() => run(core, one.id)}>
          <Icon name={one.icon} />
          <span>{t(one.label)}</span>
        </button>
      ))}
      <button type="button" onClick={() => core.show({ sheet: "account" })}>
        <Icon name="user" />
        <span>{t("account")}</span>
      </button>
    </section>
  );
}
