import { useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { PolicyVersionShape } from "../protocol/types.generated";
import { type Key, t } from "../text/i18n";
import { fullDate, instant } from "../text/time";
import { useCore } from "../ui/use-core";
import s from "./calendars.module.css";
import { Wrong } from "./page";
import p from "./settings.module.css";
import { Conditions, lasting } from "./target-words";

/** What was promised from when on. Nothing here can be changed: each target names the version it was set by. */
export function TargetVersions({ id }: { id: string }) {
  const core = useCore();
  const [versions, setVersions] = useState<readonly PolicyVersionShape[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    core.api
      .get<PolicyVersionShape[]>(`/sla-policies/${id}/versions`)
      .then(setVersions)
      .catch((error) => setWrong(reason(error)));
  }, [core, id]);
  return (
    <section className={`${p.panel} ${p.block}`} aria-label={t("targets.versions")}>
      <h2>{t("targets.versions")}</h2>
      <Wrong text={wrong} />
      <ol className={s.versions}>
        {versions?.map((one, at) => (
          <li key={one.version}>
            <div className="flex">
              <time className="strong" dateTime={one.valid_from} title={fullDate(one.valid_from)}>
                {t("calendars.since", { time: instant(one.valid_from) })}
              </time>
              {at === 0 && <span className="chip ok">{t("calendars.inForce")}</span>}
            </div>
            <div className="small num">
              <Promises version={one} />
            </div>
            <div className="muted small">
              <Conditions policy={one} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** "First answer 1 h · Resolution 24 h · Business hours". */
function Promises({ version }: { version: PolicyVersionShape }) {
  const said: [Key, number | null][] = [
    ["targets.first", version.first_response_seconds],
    ["targets.next", version.next_response_seconds],
    ["targets.resolution", version.resolution_seconds],
    ["targets.warning", version.warning_seconds],
  ];
  const parts = said.flatMap(([label, seconds]) => (seconds ? [`${t(label)} ${lasting(seconds, version.time)}`] : []));
  return <>{[...parts, t(`targets.time.${version.time}`)].join(" · ")}</>;
}
