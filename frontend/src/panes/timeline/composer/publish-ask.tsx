import { t } from "../../../text/i18n";
import { Icon } from "../../../ui/icon";
import s from "./composer.module.css";

/** Asked once before words begun in private become public. */
export function PublishAsk({ yes, no }: { yes: () => void; no: () => void }) {
  return (
    <div className={`banner warn ${s.refused}`} role="alert">
      <Icon name="globe" />
      <span className="grow">
        <b className="strong">{t("publish.title")}</b> {t("publish.ask")}
      </span>
      <button type="button" className="btn public sm" onClick={yes}>
        {t("publish.yes")}
      </button>
      <button type="button" className="btn sm" onClick={no}>
        {t("publish.no")}
      </button>
    </div>
  );
}
