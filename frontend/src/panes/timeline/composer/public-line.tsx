import { useId } from "react";
import { t } from "../../../text/i18n";
import { lengthIn } from "../../../text/length";
import { Icon } from "../../../ui/icon";
import type { Target } from "./audience";
import s from "./composer.module.css";
import { Counter } from "./parts";

interface Props {
  target: Target;
  /** Null: none is left. */
  text: string | null;
  change: (text: string | null) => void;
  language: string | null;
}

/** Beside a private answer: one line where everyone can see that the person was not ignored. Both leave together. */
export function PublicLine({ target, text, change, language }: Props) {
  const id = useId();
  const limit = target.capability?.text_limit ?? null;
  const unit = target.capability?.text_unit ?? "characters";
  return (
    <div className={`${s.line} ${text === null ? "" : s.lineOn}`}>
      <label className="flex">
        <input
          type="checkbox"
          checked={text !== null}
          onChange={(event) => change(event.target.checked ? lastLine(language) : null)}
        />
        <Icon name="globe" size="xs" />
        {t("line.leave")}
      </label>
      {text !== null && (
        <>
          <input
            id={id}
            className={s.lineText}
            data-missing={text.trim() === "" || undefined}
            dir="auto"
            aria-label={t("line.words")}
            placeholder={t("line.hint")}
            value={text}
            onChange={(event) => change(event.target.value)}
          />
          {limit !== null && lengthIn(text, unit) > limit * 0.9 && (
            <span className="tiny num nowrap">
              <Counter length={lengthIn(text, unit)} limit={limit} unit={unit} />
            </span>
          )}
        </>
      )}
    </div>
  );
}

const key = (language: string | null) => `inbox.line.${language ?? "any"}`;

/** The line this agent left last time for customers of this language. */
export function lastLine(language: string | null): string {
  return localStorage.getItem(key(language)) ?? "";
}

export function rememberLine(language: string | null, text: string): void {
  localStorage.setItem(key(language), text);
}
