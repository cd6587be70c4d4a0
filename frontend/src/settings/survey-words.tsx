import { LANGUAGES, t } from "../text/i18n";
import { Icon } from "../ui/icon";
import p from "./settings.module.css";
import type { Wording } from "./survey-parts";

interface Props {
  texts: readonly Wording[];
  change: (texts: Wording[]) => void;
}

/** The question and the thanks in each language. Languages that this page does not speak keep their code. */
export function SurveyWords({ texts, change }: Props) {
  const put = (at: number, part: Partial<Wording>) =>
    change(texts.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const taken = new Set(texts.map((one) => one.language));
  const free = Object.keys(LANGUAGES).filter((code) => !taken.has(code));
  return (
    <>
      {texts.map((one, at) => (
        <div key={one.language} className={p.variant}>
          <div className="flex">
            <select
              className="input"
              aria-label={t("surveys.language")}
              value={one.language}
              onChange={(event) => put(at, { language: event.target.value })}
            >
              {[one.language, ...free].map((code) => (
                <option key={code} value={code}>
                  {LANGUAGES[code as keyof typeof LANGUAGES] ?? code}
                </option>
              ))}
            </select>
            {at === 0 && texts.length > 1 && <span className="chip">{t("surveys.first")}</span>}
            <span className="grow" />
            {texts.length > 1 && (
              <button
                type="button"
                className="btn ghost sm icon-only"
                aria-label={t("remove")}
                onClick={() => change(texts.filter((_, i) => i !== at))}
              >
                <Icon name="trash" />
              </button>
            )}
          </div>
          <textarea
            className="input"
            rows={2}
            required
            maxLength={500}
            dir="auto"
            aria-label={t("surveys.question")}
            placeholder={t("surveys.question")}
            value={one.question}
            onChange={(event) => put(at, { question: event.target.value })}
          />
          <input
            className="input"
            maxLength={500}
            dir="auto"
            aria-label={t("surveys.thanks")}
            placeholder={`${t("surveys.thanks")}: ${t("surveys.thanksHint")}`}
            value={one.thanks}
            onChange={(event) => put(at, { thanks: event.target.value })}
          />
        </div>
      ))}
      {free[0] && (
        <button
          type="button"
          className="btn sm"
          onClick={() => change([...texts, { language: free[0] ?? "en", question: "", thanks: "" }])}
        >
          <Icon name="plus" size="s" />
          {t("surveys.addLanguage")}
        </button>
      )}
    </>
  );
}
