import type { SurveyShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { useDesk, useSelect } from "../ui/use-core";
import { Add, byPlace, OrderedList, useChanged, useOrdered } from "./ordered";
import { Page, Wrong } from "./page";
import { Choose, SurveyPage } from "./survey-page";

/** What people are asked after a close: all surveys in their order, or the one that the address names. */
export function SurveysPage() {
  const item = useDesk(({ route }) => (route.page === "settings" ? route.item : undefined));
  return item ? <SurveyPage key={item} id={item} /> : <AllSurveys />;
}

const keep = byPlace("/surveys");

function AllSurveys() {
  const may = useSelect((state) => can(state, "settings"));
  const changed = useChanged("survey");
  const { items, wrong, says, busy, move, turn } = useOrdered<SurveyShape>({ path: "/surveys", keep, changed });
  const add = may && items?.length !== 0 && <Add section="surveys" label={t("surveys.add")} />;
  return (
    <Page title={t("settings.surveys")} detail={t("surveys.hint")} action={add}>
      <Wrong text={wrong} />
      <span className="sr" role="status">
        {says}
      </span>
      {items?.length === 0 && (
        <>
          <p className="muted">{t("surveys.none")}</p>
          {may && <Choose />}
        </>
      )}
      {items && items.length > 0 && (
        <OrderedList
          items={items}
          section="surveys"
          may={may}
          busy={busy}
          move={move}
          turn={turn}
          active={t("surveys.active")}
          activeFor={(one) => t("surveys.activeFor", { name: one.name })}
          says={(one) => <Says survey={one} />}
        />
      )}
    </Page>
  );
}

/** Its question, and when it is asked. */
function Says({ survey }: { survey: SurveyShape }) {
  const terms = [
    t(`surveys.scale.${survey.scale}`),
    t("surveys.timing", { minutes: survey.delay_minutes }),
    ...(survey.every_days ? [t("surveys.oncePer", { n: survey.every_days })] : []),
  ];
  return (
    <>
      <span className="muted small" dir="auto">
        {survey.texts[0]?.question}
      </span>
      <span className="muted small">{terms.join(" · ")}</span>
    </>
  );
}
