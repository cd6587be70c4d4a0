import { readLook, writeLook } from "../settings/look-store";
import { currentLanguage, isLanguage, LANGUAGES, t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { Logo } from "../ui/logo";
import { kindIcon, kindLabel } from "../ui/marks";
import s from "./sign-in.module.css";

const LANES: readonly [kind: string, audience: "public" | "private", start: number, width: number][] = [
  ["comment", "public", 0, 269],
  ["direct", "private", 64, 218],
  ["review", "public", 24, 355],
  ["mention", "public", 112, 190],
  ["mail", "private", 48, 298],
  ["chat", "private", 140, 161],
];

/** The two halves of every page that comes before the desk. */
export function SignFrame({ children }: { children: React.ReactNode }) {
  return (
    <div className={s.page}>
      <main className={s.left}>
        <div className={s.brand}>
          <Logo dark />
          {t("app")}
        </div>
        {children}
        <Languages />
      </main>
      <div className={s.right} aria-hidden>
        <div className={s.lanes}>
          {LANES.map(([kind, audience, start, width]) => (
            <div key={kind} className={`${s.lane} ${s[audience]}`} style={{ marginInlineStart: start, width }}>
              <Icon name={kindIcon(kind)} />
              {kindLabel(kind)}
              <i />
            </div>
          ))}
        </div>
        <p>{t("sign.motto")}</p>
      </div>
    </div>
  );
}

/** Chosen before signing in; the page starts again in that language. */
export function Languages() {
  return (
    <div className={s.languages}>
      {Object.entries(LANGUAGES).map(([code, name]) => (
        <button
          key={code}
          type="button"
          lang={code}
          aria-pressed={code === currentLanguage()}
          onClick={() => {
            if (isLanguage(code)) writeLook({ ...readLook(), language: code });
            location.reload();
          }}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
