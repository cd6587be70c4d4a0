import { BY_ID, COMMANDS, type Command, GROUPS, isFor, keysOf } from "../../commands/registry";
import { keyCaps } from "../../keyboard/dispatch";
import { t } from "../../text/i18n";
import { Dialog } from "../../ui/dialog";
import s from "../../ui/dialog.module.css";
import { Icon } from "../../ui/icon";
import { IS_MAC, useCore } from "../../ui/use-core";

/** All keys on one sheet, from the registry itself. */
export function Help() {
  const core = useCore();
  const close = () => core.show({ sheet: null });
  return (
    <Dialog label={t("cmd.help")} close={close} className={s.sheet}>
      <div className={s.title}>
        <Icon name="keyboard" />
        <span className="grow">{t("cmd.help")}</span>
        {isFor(core, BY_ID["first-steps"] as Command) && (
          <button type="button" className="btn sm" onClick={() => core.show({ sheet: "first-steps" })}>
            <Icon name="checks" size="s" />
            {t("cmd.firstSteps")}
          </button>
        )}
        <button type="button" className="btn ghost sm" onClick={close}>
          {t("close")}
          <kbd>Esc</kbd>
        </button>
      </div>
      <p className="small muted" style={{ padding: "0 20px" }}>
        {t("help.layouts")}
      </p>
      <div className={s.columns}>
        {GROUPS.map(([group, label]) => (
          <section key={group}>
            <h3>{t(label)}</h3>
            {COMMANDS.filter((command) => command.group === group && keysOf(command).length).map((command) => (
              <div key={command.id}>
                <span>{t(command.label)}</span>
                <span className="flex" style={{ gap: 3 }}>
                  {keysOf(command).map((keys, i) => (
                    <span key={keys} className="flex" style={{ gap: 3 }}>
                      {i > 0 && <span className="faint tiny">/</span>}
                      {keyCaps(keys, IS_MAC).map((cap) => (
                        <kbd key={cap}>{cap}</kbd>
                      ))}
                    </span>
                  ))}
                </span>
              </div>
            ))}
          </section>
        ))}
      </div>
    </Dialog>
  );
}
