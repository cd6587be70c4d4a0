import { signal } from "../../commands/registry";
import { currentLanguage, type Key, t } from "../../text/i18n";
import { parseSnooze } from "../../text/snooze";
import { instant } from "../../text/time";
import { type Choice, Chooser } from "../../ui/chooser";

const SUGGESTED: readonly [string, Key][] = [
  ["1h", "snooze.hour"],
  ["3h", "snooze.three"],
  ["tomorrow 9", "snooze.tomorrow"],
  ["mon 9", "snooze.monday"],
];

/** When the answer in the composer leaves: chosen, or typed as for a snooze. */
export function SendLater({ close }: { close: () => void }) {
  const at = (text: string, language?: string) => {
    const read = parseSnooze(text, Date.now(), language);
    return read && "until" in read ? read.until : null;
  };
  const choice = (id: string, label: string, when: number, detail?: string): Choice => ({
    id,
    label,
    icon: "cal",
    detail,
    // After the list has closed: the composer is asked with its words.
    run: () => signal({ sendAt: when }),
  });
  const choices = SUGGESTED.flatMap(([text, label]) => {
    const when = at(text);
    return when === null ? [] : [choice(text, t(label), when, instant(when))];
  });
  const typed = (text: string) => {
    const when = at(text, currentLanguage());
    return when === null ? [] : [choice("typed", t("later.at", { time: instant(when) }), when)];
  };
  return (
    <Chooser label={t("cmd.sendLater")} placeholder={t("later.ask")} choices={choices} typed={typed} close={close} />
  );
}
