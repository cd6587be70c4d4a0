import { useEffect, useState } from "react";
import type { SurveyShape } from "../../protocol/types.generated";
import { useCore } from "../../ui/use-core";
import type { ReportName } from "./ask";

type Named = Pick<SurveyShape, "id" | "name">;

/** The surveys that a report counts; none for the reports of something else. */
export function useSurveysOf(report: ReportName): readonly Named[] {
  const core = useCore();
  const scale = report === "csat" || report === "nps" ? report : null;
  const [surveys, setSurveys] = useState<readonly SurveyShape[]>([]);
  useEffect(() => {
    // Without them the report is of all of them.
    if (scale)
      core.api.get<{ items: SurveyShape[] }>("/surveys").then(
        ({ items }) => setSurveys(items),
        () => {},
      );
  }, [core, scale]);
  return surveys.filter((one) => one.scale === scale);
}
