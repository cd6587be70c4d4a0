import type { OptionsShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { optionWords } from "../../text/options/load";
import { Icon } from "../../ui/icon";
import s from "./choices.module.css";

/** What a message lets its reader choose from, as he sees it: quiet chips, for there is nothing to press here. */
function Choices({ options, out }: { options: OptionsShape; out: boolean }) {
  const { title, location, items } = options;
  return (
    <ul className={`${s.choices} ${out ? s.out : ""}`} aria-label={title || t("options.offered")}>
      {title && (
        <li className={s.head}>
          <Icon name="menu" size="xs" />
          <bdi>{title}</bdi>
        </li>
      )}
      {location && (
        <li>
          <Icon name="pin" size="xs" />
          {t("options.place")}
        </li>
      )}
      {items.map((one) => (
        <li key={one.title} title={one.url || undefined}>
          {one.url && <Icon name="ext" size="xs" />}
          <span dir="auto">{one.title}</span>
          {one.description && (
            <span className={s.description} dir="auto">
              {one.description}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The chips, with their words. */
export const load = async () => {
  await optionWords();
  return { default: Choices };
};
