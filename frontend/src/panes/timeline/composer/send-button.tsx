import { useState } from "react";
import { t } from "../../../text/i18n";
import { Icon } from "../../../ui/icon";
import { Keys } from "../../../ui/keys";
import { usePhone } from "../../../ui/use-core";
import type { Target } from "./audience";
import s from "./composer.module.css";

interface Props {
  target: Target | undefined;
  disabled: boolean;
  busy: boolean;
  offline: boolean;
  send: (options?: { thenClose?: boolean; endsWait?: boolean }) => Promise<void>;
}

/** Says once more who will read it. The arrow has the other ways to send. */
export function SendButton({ target, disabled, busy, offline, send }: Props) {
  const [menu, setMenu] = useState(false);
  const phone = usePhone();
  const tone = !target ? "note" : target.audience === "public" ? "public" : "primary";
  const icon = !target ? "note" : target.audience === "public" ? "globe" : "lock";
  const label = !target ? t("send.note") : target.audience === "public" ? t("send.public") : t("send.private");
  const choose = (options: { thenClose?: boolean; endsWait?: boolean }) => {
    setMenu(false);
    void send(options);
  };
  return (
    <span className={target ? s.split : ""} style={{ position: "relative" }}>
      <button
        type="submit"
        className={`btn ${tone}`}
        disabled={disabled}
        title={offline ? t("send.offline") : undefined}
      >
        <Icon name={busy ? "refresh" : icon} size="s" />
        {offline && <Icon name="clock" size="s" />}
        {busy ? t("send.busy") : label}
        {!phone && <Keys command="send" />}
      </button>
      {target && (
        <button
          type="button"
          className={`btn ${tone}`}
          aria-label={t("send.more")}
          aria-expanded={menu}
          aria-haspopup="menu"
          disabled={disabled}
          onClick={() => setMenu(!menu)}
        >
          <Icon name="down" size="s" />
        </button>
      )}
      {menu && (
        <div className={`${s.pop} ${s.menu}`} role="menu">
          <button type="button" role="menuitem" onClick={() => choose({ thenClose: true })}>
            <Icon name="check" size="s" />
            {t("send.close")}
            <Keys command="send-close" />
          </button>
          <button type="button" role="menuitem" onClick={() => choose({ endsWait: false })}>
            <Icon name="clock" size="s" />
            {t("send.holding")}
          </button>
        </div>
      )}
    </span>
  );
}
