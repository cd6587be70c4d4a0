import { shareDraft } from "../../../commands/drafts";
import { reason } from "../../../commands/triage";
import { draftKey } from "../../../store/state";
import { t } from "../../../text/i18n";
import { Icon } from "../../../ui/icon";
import { useCore, useSelect } from "../../../ui/use-core";

/** Lets colleagues see the words being written, and go on with them. */
export function ShareButton({ id, mode }: { id: string; mode: "reply" | "note" }) {
  const core = useCore();
  const shared = useSelect((state) => state.drafts[draftKey(id, mode)]?.shared ?? false);
  const label = t(shared ? "draft.unshare" : "draft.share");
  return (
    <button
      type="button"
      className="btn ghost sm icon-only"
      style={shared ? { color: "var(--accent-text)" } : undefined}
      aria-pressed={shared}
      aria-label={label}
      title={label}
      // The words go on being written.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => shareDraft(core, id, mode, !shared).catch((error) => core.toast(reason(error), "bad"))}
    >
      <Icon name="users" />
    </button>
  );
}
