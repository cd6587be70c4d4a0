import { useState } from "react";
import type { SurveyPresetShape } from "../protocol/types.generated";
import { LANGUAGES, t } from "../text/i18n";
import p from "./settings.module.css";
import { type Scale, scoresOf, type Wording } from "./survey-parts";
import s from "./surveys.module.css";

interface Props {
  scale: Scale;
  texts: readonly Wording[];
  preset: SurveyPresetShape;
}

/** What the person gets, as it is written: in the thread, and on the page. */
export function SurveyPreview({ scale, texts, preset }: Props) {
  const [language, setLanguage] = useState(texts[0]?.language ?? "en");
  const shown = texts.find((one) => one.language === language) ?? texts[0];
  if (!shown) return null;
  const ends = [preset.low[shown.language] ?? preset.low.en, preset.high[shown.language] ?? preset.high.en];
  const scores = scoresOf(scale);
  const question = shown.question || t("surveys.question");
  return (
    <section className={`${p.panel} ${p.block} ${s.preview}`} aria-label={t("surveys.preview")}>
      <div className="flex">
        <h2 className="grow">{t("surveys.preview")}</h2>
        {texts.length > 1 && (
          <select
            className="input"
            style={{ width: "auto" }}
            aria-label={t("surveys.previewIn")}
            value={shown.language}
            onChange={(event) => setLanguage(event.target.value)}
          >
            {texts.map((one) => (
              <option key={one.language} value={one.language}>
                {LANGUAGES[one.language as keyof typeof LANGUAGES] ?? one.language}
              </option>
            ))}
          </select>
        )}
      </div>
      <span className="muted small">{t("surveys.inThread")}</span>
      <div className={s.thread} lang={shown.language} dir="auto">
        <p className={s.bubble}>{question}</p>
        <ul className={`${s.options} ${scale === "nps" ? s.many : ""}`}>
          {scores.map((n) => (
            <li key={n}>{scale === "csat" ? `${n} ${"★".repeat(n)}` : n}</li>
          ))}
        </ul>
      </div>
      <span className="muted small">{t("surveys.onPage")}</span>
      <div className={s.paper} lang={shown.language} dir="auto">
        <p className={s.question}>{question}</p>
        <ul className={`${s.boxes} ${scale === "nps" ? s.many : ""}`}>
          {scores.map((n) => (
            <li key={n}>{n}</li>
          ))}
        </ul>
        <p className={s.ends}>
          <span>
            {scores[0]}: {ends[0]}
          </span>
          <span>
            {scores.at(-1)}: {ends[1]}
          </span>
        </p>
        <p className={s.field}>{t("surveys.comment")}</p>
        {shown.thanks && <p className="small">{shown.thanks}</p>}
      </div>
    </section>
  );
}
