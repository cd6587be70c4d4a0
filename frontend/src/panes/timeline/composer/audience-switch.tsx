import type { ConversationShape } from "../../../protocol/types.generated";
import { t } from "../../../text/i18n";
import { firstName } from "../../../text/names";
import { networkName } from "../../../text/network-names";
import { duration } from "../../../text/time";
import { Icon } from "../../../ui/icon";
import { useSelect } from "../../../ui/use-core";
import { keyOf, type Target } from "./audience";
import s from "./composer.module.css";

interface Props {
  row: ConversationShape;
  targets: readonly Target[];
  target: Target | undefined;
  choose: (mode: string) => void;
  left: number | null;
}

/** A reply window that ends sooner than this is said in the colour of late things. */
const SOON_MS = 3_600_000;

/** Who will read it: glyph, words, line and colour change together. */
export function Audience({ row, targets, target, choose, left }: Props) {
  const inPublic = targets.find((option) => option.audience === "public");
  const inPrivate = targets.find((option) => option.audience === "private");
  const move = (event: React.KeyboardEvent<HTMLElement>) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    event.preventDefault();
    const radios = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("button:not(:disabled)")];
    const at = radios.indexOf(document.activeElement as HTMLButtonElement);
    const next = radios[(at + by + radios.length) % radios.length];
    next?.focus();
    next?.click();
  };
  return (
    <div className={s.top}>
      <div className={s.seg} role="radiogroup" aria-label={t("audience.label")} onKeyDown={move}>
        {inPublic && (
          <Choice
            className={s.toPublic}
            icon="globe"
            label={t("audience.public")}
            on={target?.audience === "public"}
            choose={() => choose(keyOf(inPublic))}
          />
        )}
        {inPrivate && (
          <Choice
            icon="lock"
            label={t("audience.private")}
            on={target?.audience === "private"}
            choose={() => choose(keyOf(inPrivate))}
          />
        )}
        <Choice
          className={s.toNote}
          icon="note"
          label={t("audience.note")}
          on={!target}
          choose={() => choose("note")}
        />
      </div>
      <span className={`${s.to} clip grow`}>
        {target ? <To row={row} targets={targets} target={target} choose={choose} /> : t("note.who")}
      </span>
      {left !== null && left > 0 && (
        <span
          className={`tiny flex nowrap ${left < SOON_MS ? s.near : "muted"}`}
          title={t(target?.privateReply ? "window.onePrivate" : "window.title")}
        >
          <Icon name="hourglass" size="xs" />
          <span className={s.windowLong}>{t("window.ends")}</span> {duration(left)}
        </span>
      )}
    </div>
  );
}

function Choice({
  icon,
  label,
  on,
  choose,
  className,
}: {
  icon: "globe" | "lock" | "note";
  label: string;
  on: boolean;
  choose: () => void;
  className?: string;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a radio that looks like a button, in a radiogroup with its keys
    <button type="button" role="radio" aria-checked={on} tabIndex={on ? 0 : -1} className={className} onClick={choose}>
      <Icon name={icon} size="s" />
      {label}
    </button>
  );
}

function To({
  row,
  targets,
  target,
  choose,
}: {
  row: ConversationShape;
  targets: readonly Target[];
  target: Target;
  choose: (mode: string) => void;
}) {
  const channels = useSelect((state) => state.channels);
  const network = (option: Target) => networkName(channels[option.thread.channel_id]) ?? option.thread.network;
  const name = firstName(target.name || row.contact.name) || t("person.somebody");
  const same = targets.filter((option) => option.audience === target.audience);
  if (same.length < 2) {
    return (
      <>
        {t("composer.to")}{" "}
        <b>
          {target.audience === "public"
            ? t("composer.everyone")
            : target.thread.kind === "group"
              ? target.thread.title || name
              : name}
        </b>{" "}
        {t("composer.on")} <b>{network(target)}</b>
      </>
    );
  }
  return (
    <>
      {t("composer.to")} <b>{name}</b> {t("composer.on")}{" "}
      <select aria-label={t("composer.place")} value={keyOf(target)} onChange={(event) => choose(event.target.value)}>
        {same.map((option) => (
          <option key={keyOf(option)} value={keyOf(option)}>
            {[network(option), option.thread.title || option.name].filter(Boolean).join(", ")}
          </option>
        ))}
      </select>
    </>
  );
}
