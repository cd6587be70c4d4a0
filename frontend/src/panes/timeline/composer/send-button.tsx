import { t } from "../../../text/i18n";
import { Icon } from "../../../ui/icon";
import { Keys } from "../../../ui/keys";
import { Menu } from "../../../ui/menu";
import { useCore, useDesk, usePhone } from "../../../ui/use-core";
import type { Target } from "./audience";
import s from "./composer.module.css";
import type { SendOptions } from "./use-send";

interface Props {
  target: Target | undefined;
  /** A public line goes with the private answer. */
  both: boolean;
  disabled: boolean;
  busy: boolean;
  send: (options?: SendOptions) => Promise<void>;
}

/** Says once more who will read it. The arrow has the other ways to send. */
export function SendButton({ target, both, disabled, busy, send }: Props) {
  const core = useCore();
  const phone = usePhone();
  const offline = useDesk((desk) => desk.sync.phase === "offline");
  const tone = !target ? "note" : target.audience === "public" ? "public" : "primary";
  const icon = !target ? "note" : target.audience === "public" ? "globe" : "lock";
  const label = !target
    ? t("send.note")
    : target.audience === "public"
      ? t("send.public")
      : t(both ? "send.both" : "send.private");
  return (
    <span className={target ? s.split : ""}>
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
        <Menu
          label={t("send.more")}
          className={`btn ${tone}`}
          disabled={disabled}
          up
          items={[
            {
              id: "close",
              label: t("send.close"),
              icon: "check",
              detail: <Keys command="send-close" />,
              run: () => void send({ thenClose: true }),
            },
            {
              id: "later",
              label: t("cmd.sendLater"),
              icon: "cal",
              detail: <Keys command="send-later" />,
              run: () => core.show({ picker: "send-later" }),
            },
            {
              id: "holding",
              label: t("send.holding"),
              icon: "clock",
              run: () => void send({ endsWait: false }),
            },
          ]}
        >
          <Icon name="down" size="s" />
        </Menu>
      )}
    </span>
  );
}
