import { use } from "react";
import { correct, mayCorrect, readAsBefore, type Sentiment } from "../../commands/readings";
import type { MessageShape, ReadingShape, ReasonShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import { Menu, type MenuItem } from "../../ui/menu";
import { useCore } from "../../ui/use-core";
import { ReadOnly } from "./read-only";
import s from "./reading-mark.module.css";

const SENTIMENTS: readonly Sentiment[] = ["negative", "mixed", "neutral", "positive"];
const FACES: Record<Sentiment, IconName> = { negative: "frown", mixed: "wavy", neutral: "meh", positive: "emoji" };

/**
 * How a customer's item reads and why, as one quiet glyph; what is ordinary shows only where one looks (hover, focus). Its
 * menu says otherwise.
 */
export function ReadingMark({ message }: { message: MessageShape }) {
  const core = useCore();
  const readOnly = use(ReadOnly);
  const reading = message.reading;
  if (!reading || message.erased) return null;
  const what = readsAs(reading.sentiment, reading.urgency);
  const label = t("reading.mark", { what });
  const plain = reading.urgency === "normal" && (reading.sentiment === "neutral" || reading.sentiment === "positive");
  const why = reading.reasons.map(words);
  const glyphs = (
    <>
      {reading.urgency === "urgent" && <Icon name="alarm" size="xs" />}
      {(reading.urgency === "normal" || reading.sentiment !== "neutral") && (
        <Icon name={FACES[reading.sentiment]} size="xs" />
      )}
    </>
  );
  const classes = [s.mark, plain && s.plain, reading.urgency === "urgent" && s.urgent].filter(Boolean).join(" ");
  const title = [label, ...why].join(" · ");
  if (readOnly || !mayCorrect(core, message)) {
    return plain ? null : (
      <span className={classes} title={title}>
        {glyphs}
        <span className="sr">{label}</span>
      </span>
    );
  }
  return (
    <span className={classes} data-reading>
      <Menu
        label={label}
        title={title}
        className={s.button}
        items={items(core, message, reading)}
        head={<Why reading={reading} what={label} />}
      >
        {glyphs}
      </Menu>
    </span>
  );
}

const readsAs = (sentiment: string, urgency: string): string =>
  [t(`reading.${sentiment as Sentiment}`), ...(urgency === "urgent" ? [t("reading.urgent")] : [])].join(", ");

const words = (one: ReasonShape): string => t(`reading.why.${one.what}`, { words: one.words });

function Why({ reading, what }: { reading: ReadingShape; what: string }) {
  return (
    <>
      <div className={s.what}>{what}</div>
      {reading.reasons.map((one) => (
        <div key={`${one.what}${one.start}${one.words}`} dir="auto">
          {words(one)}
        </div>
      ))}
      <div className="faint">
        {reading.reasons.length || reading.by === "agent" ? t(`reading.by.${reading.by}`) : t("reading.nothing")}
      </div>
    </>
  );
}

function items(core: ReturnType<typeof useCore>, message: MessageShape, reading: ReadingShape): MenuItem[] {
  const done = (yes: boolean) => (yes ? <Icon name="check" size="s" /> : undefined);
  const found: MenuItem[] = SENTIMENTS.map((sentiment) => ({
    id: sentiment,
    label: t(`reading.${sentiment}`),
    icon: FACES[sentiment],
    detail: done(reading.sentiment === sentiment),
    run: () => void correct(core, message, { sentiment }),
  }));
  const flip = reading.urgency === "urgent" ? "normal" : "urgent";
  found.push({
    id: flip,
    label: t(`reading.${flip}`),
    icon: "alarm",
    run: () => void correct(core, message, { urgency: flip }),
  });
  const [sentiment, urgency] = reading.said;
  if (sentiment && urgency) {
    const label = t("reading.undo", { what: readsAs(sentiment, urgency) });
    found.push({ id: "undo", label, icon: "undo", run: () => void readAsBefore(core, message) });
  }
  return found;
}
