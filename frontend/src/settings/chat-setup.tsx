import { isLight } from "../../widget/src/colour";
import { currentLanguage, type Key, t } from "../text/i18n";
import { duration, weekdayName } from "../text/time";
import { ownZone } from "../text/zone";
import { Icon } from "../ui/icon";
import {
  ASKED,
  type Opening,
  type Questions,
  readOpening,
  readQuestions,
  wordsFor,
  writeOpening,
  writeQuestions,
} from "./chat-parts";
import s from "./chat-setup.module.css";
import { FieldInput, type Manifest, type ManifestField } from "./manifests";
import { ZoneField } from "./zone-field";

interface Props {
  manifest: Manifest;
  /** What visitors read above the chat where it has no name of its own. */
  name: string;
  value: (field: string) => string;
  set: (field: string, value: string) => void;
  /** The channel exists: an empty secret stays what it is. */
  kept?: boolean;
}

/** The order in which one thinks of them; the rest is for few and folded. */
const SEEN = ["site_name", "colour", "greeting", "quick_replies", "reply_seconds"];
const RULES = ["pre_chat_form", "hours", "offline_text", "allowed_origins"];
const COLOUR = /^#[0-9a-f]{6}$/i;

/** The website's chat: how it looks, shown while one chooses, when it is open and what it asks first. */
export function ChatSetup({ manifest, name, value, set, kept }: Props) {
  const fields = new Map(manifest.fields.map((field) => [field.name, field]));
  const known = [...SEEN, ...RULES];
  const input = (field: ManifestField) => {
    const props = { field, value: value(field.name), change: (next: string) => set(field.name, next) };
    if (field.name === "colour") return <Colour key={field.name} {...props} />;
    if (field.name === "pre_chat_form") return <Asks key={field.name} {...props} />;
    if (field.name === "reply_seconds") return <Answers key={field.name} {...props} />;
    if (field.name === "hours") return <Hours key={field.name} {...props} />;
    return <FieldInput key={field.name} {...props} kept={kept} lines={LINES[field.name]} />;
  };
  const all = (names: readonly string[]) => names.flatMap((one) => fields.get(one) ?? []).map(input);
  const rest = manifest.fields.filter((field) => !known.includes(field.name));
  return (
    <>
      <Preview name={name} value={value} />
      {all(SEEN)}
      {all(RULES)}
      <details>
        <summary className="label">{t("chat.more")}</summary>
        <div className={s.more}>{rest.map(input)}</div>
      </details>
    </>
  );
}

/** Fields of several lines. */
const LINES: Readonly<Record<string, number>> = {
  greeting: 2,
  quick_replies: 3,
  offline_text: 2,
  allowed_origins: 2,
  blocked_addresses: 2,
};

/** As a visitor sees it, with what stands in the fields now. */
function Preview({ name, value }: Pick<Props, "name" | "value">) {
  const colour = COLOUR.test(value("colour")) ? value("colour") : "#0b6377";
  const tone = { background: colour, color: isLight(colour) ? "#111" : "#fff" };
  const language = currentLanguage();
  const seconds = Number(value("reply_seconds"));
  const title = value("site_name") || name;
  const greeting = wordsFor(value("greeting"), language);
  const quick = wordsFor(value("quick_replies"), language).split("\n");
  return (
    <section aria-label={t("chat.preview")}>
      <h3 className="label">{t("chat.preview")}</h3>
      <div className={s.stage}>
        <div className={s.chat}>
          <header style={tone}>
            <b dir="auto">{title}</b>
            {seconds > 0 && <span>{t("chat.answersIn", { time: duration(seconds * 1000) })}</span>}
          </header>
          <div className={s.log}>
            {greeting && (
              <p className={s.theirs} dir="auto">
                {greeting}
              </p>
            )}
            {quick.some((one) => one.trim()) && (
              <p className={s.quick}>
                {quick
                  .filter((one) => one.trim())
                  .map((one) => (
                    <span key={one} dir="auto">
                      {one}
                    </span>
                  ))}
              </p>
            )}
            <p className={s.mine} style={tone}>
              {t("chat.hello")}
            </p>
          </div>
        </div>
        <span className={s.launcher} style={tone}>
          <Icon name="chat" />
        </span>
      </div>
    </section>
  );
}

interface PartProps {
  field: ManifestField;
  value: string;
  change: (value: string) => void;
}

function Colour({ field, value, change }: PartProps) {
  return (
    <div className="field">
      <label htmlFor="chat-colour">{field.label}</label>
      <span className="flex">
        <input
          id="chat-colour"
          type="color"
          className={s.colour}
          value={COLOUR.test(value) ? value : field.default}
          onChange={(event) => change(event.target.value)}
        />
        <input
          className="input"
          aria-label={field.label}
          pattern="#[0-9a-fA-F]{6}"
          maxLength={7}
          dir="ltr"
          spellCheck={false}
          value={value}
          onChange={(event) => change(event.target.value.trim())}
        />
      </span>
    </div>
  );
}

/** Times that a visitor believes, in seconds. */
const PROMISES = [60, 300, 900, 3_600, 14_400, 86_400];

function Answers({ field, value, change }: PartProps) {
  const given = Number(value);
  const choices = !given || PROMISES.includes(given) ? PROMISES : [...PROMISES, given].sort((a, b) => a - b);
  return (
    <div className="field">
      <label htmlFor="chat-answers">
        {field.label} <span className="muted">{t("optional")}</span>
      </label>
      <select id="chat-answers" className="input" value={value} onChange={(event) => change(event.target.value)}>
        <option value="">–</option>
        {choices.map((seconds) => (
          <option key={seconds} value={seconds}>
            {duration(seconds * 1000)}
          </option>
        ))}
      </select>
    </div>
  );
}

const NAMES: Readonly<Record<(typeof ASKED)[number], Key>> = {
  name: "link.name",
  email: "sign.email",
  phone: "person.phone",
};

/** What is asked before the first message. A form written by hand stays as it is. */
function Asks({ field, value, change }: PartProps) {
  const questions = readQuestions(value);
  if (!questions) return <FieldInput field={field} value={value} change={change} lines={4} />;
  const put = (next: Questions) => change(writeQuestions(next));
  return (
    <fieldset className={s.group}>
      <legend className="label">{field.label}</legend>
      {ASKED.map((one) => (
        <span key={one} className={s.asked}>
          <label className="flex">
            <input
              type="checkbox"
              checked={questions[one] !== undefined}
              onChange={(event) => put({ ...questions, [one]: event.target.checked ? "may" : undefined })}
            />
            {t(NAMES[one])}
          </label>
          {questions[one] && (
            <label className="flex small">
              <input
                type="checkbox"
                checked={questions[one] === "must"}
                aria-label={`${t(NAMES[one])}: ${t("chat.must")}`}
                onChange={(event) => put({ ...questions, [one]: event.target.checked ? "must" : "may" })}
              />
              {t("chat.must")}
            </label>
          )}
        </span>
      ))}
    </fieldset>
  );
}

const WEEK = [0, 1, 2, 3, 4, 5, 6];

/** One span on some days of the week; hours written by hand stay as they are. */
function Hours({ field, value, change }: PartProps) {
  const opening = readOpening(value);
  if (opening === undefined) return <FieldInput field={field} value={value} change={change} lines={4} />;
  const usual = (): Opening => ({
    zone: ownZone(),
    days: [0, 1, 2, 3, 4],
    begin: "09:00",
    end: "18:00",
  });
  const put = (what: Partial<Opening>) => change(writeOpening({ ...(opening ?? usual()), ...what }));
  const flip = (day: number) => {
    const days = opening?.days ?? [];
    const next = days.includes(day) ? days.filter((one) => one !== day) : [...days, day];
    if (next.length) put({ days: next });
  };
  const time = (which: "begin" | "end", label: string) => (
    <input
      type="time"
      className="input"
      aria-label={label}
      required
      value={opening?.[which] ?? ""}
      onChange={(event) => event.target.value && put({ [which]: event.target.value })}
    />
  );
  return (
    <fieldset className={s.group}>
      <legend className="label">{field.label}</legend>
      <label className="flex">
        <input
          type="checkbox"
          checked={opening === null}
          onChange={(event) => (event.target.checked ? change("") : put({}))}
        />
        {t("chat.always")}
      </label>
      {opening && (
        <>
          <span className={s.days}>
            {WEEK.map((day) => (
              <button
                key={day}
                type="button"
                className="btn sm"
                aria-pressed={opening.days.includes(day)}
                onClick={() => flip(day)}
              >
                {weekdayName(day)}
              </button>
            ))}
          </span>
          <span className="flex">
            {time("begin", t("notify.from"))} – {time("end", t("notify.to"))}
          </span>
          <ZoneField zone={opening.zone} change={(zone) => put({ zone })} />
        </>
      )}
    </fieldset>
  );
}
