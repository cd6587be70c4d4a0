import { run } from "../../commands/registry";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import { titleOf } from "../../ui/keys";
import { useCore, useDesk } from "../../ui/use-core";
import { useMay } from "../../ui/use-may";
import s from "./list.module.css";

const ACTIONS: readonly [string, IconName][] = [
  ["close", "check"],
  ["assign", "user"],
  ["tag", "tag"],
  ["snooze", "moon"],
  ["dismiss", "dismiss"],
  ["macro", "bolt"],
  ["bulk-reply", "send"],
  ["spam", "xcircle"],
];

/** What to do with the rows ticked: the same commands, the same keys. */
export function BulkBar() {
  const core = useCore();
  const n = useDesk((desk) => desk.selected.size);
  const may = useMay();
  const selecting = useDesk((desk) => desk.selecting);
  if (!selecting) return null;
  return (
    <div className={s.bulk} role="toolbar" aria-label={t("bulk.label")}>
      <span className="strong small num grow" role="status">
        {t("bulk.selected", { n })}
      </span>
      {ACTIONS.filter(([id]) => may(id)).map(([id, icon]) => (
        <button
          key={id}
          type="button"
          className="btn ghost sm icon-only"
          title={titleOf(id)}
          aria-label={titleOf(id)}
          disabled={n === 0}
          onClick={() => run(core, id)}
        >
          <Icon name={icon} />
        </button>
      ))}
      <button
        type="button"
        className="btn ghost sm icon-only"
        aria-label={t("bulk.none")}
        onClick={() => core.show({ selected: new Set(), selecting: false })}
      >
        <Icon name="x" />
      </button>
    </div>
  );
}
