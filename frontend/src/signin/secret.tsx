import { useState } from "react";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import s from "./sign-in.module.css";

interface Props {
  id: string;
  value: string;
  change: (value: string) => void;
  fresh?: boolean;
  /** The first field of its page: typing begins here. */
  focused?: boolean;
}

/** A password field that can be looked at, and that says when Caps Lock is on. */
export function Secret({ id, value, change, fresh, focused }: Props) {
  const [shown, setShown] = useState(false);
  const [caps, setCaps] = useState(false);
  return (
    <>
      <span className={s.secret}>
        <input
          id={id}
          className="input"
          type={shown ? "text" : "password"}
          autoComplete={fresh ? "new-password" : "current-password"}
          autoFocus={focused}
          minLength={fresh ? 10 : undefined}
          required
          value={value}
          onChange={(event) => change(event.target.value)}
          onKeyUp={(event) => setCaps(event.getModifierState("CapsLock"))}
        />
        <button type="button" aria-pressed={shown} aria-label={t("sign.show")} onClick={() => setShown(!shown)}>
          <Icon name="eye" size="s" />
        </button>
      </span>
      {caps && (
        <span className="hint flex" style={{ color: "var(--warning-text)" }}>
          <Icon name="keyboard" size="xs" />
          {t("sign.caps")}
        </span>
      )}
    </>
  );
}
