import { useEffect, useState } from "react";
import type { MessageShape, VersionShape } from "../../protocol/types.generated";
import { diff, type Run } from "../../text/diff";
import { t } from "../../text/i18n";
import { fullDate, shortDate } from "../../text/time";
import { Stars } from "../../ui/marks";
import { useCore, useNow } from "../../ui/use-core";
import s from "./timeline.module.css";

/** Every version of an item, each compared with the one before. */
export function Versions({ message }: { message: MessageShape }) {
  const core = useCore();
  const now = useNow(60_000);
  const [versions, setVersions] = useState<VersionShape[] | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is a reason to ask again
  useEffect(() => {
    core.api
      .get<{ items: VersionShape[] }>(`/messages/${message.id}/versions`)
      .then((answer) => setVersions([...answer.items].sort((a, b) => a.version - b.version)))
      .catch(() => setVersions([]));
  }, [core, message.id, message.version]);
  if (!versions) return null;
  return (
    <div className={s.versions}>
      {versions.map((version, i) => {
        const next = versions[i + 1];
        const before = versions[i - 1];
        const runs: Run[] = next
          ? diff(version.text, next.text).before
          : before
            ? diff(before.text, version.text).after
            : [{ kind: "same", text: version.text }];
        return (
          <div key={version.version} className={s.version}>
            <div className={s.when} title={fullDate(version.at)}>
              {t("version", { n: version.version })}
              <br />
              {shortDate(version.at, now)}
            </div>
            <p dir="auto">
              {version.rating !== null && <Stars rating={version.rating} />} <Runs runs={runs} />
            </p>
          </div>
        );
      })}
    </div>
  );
}

function Runs({ runs }: { runs: readonly Run[] }) {
  return runs.map((run, i) => {
    const key = `${i}${run.kind}`;
    if (run.kind === "add") return <ins key={key}>{run.text}</ins>;
    if (run.kind === "del") return <del key={key}>{run.text}</del>;
    return <span key={key}>{run.text}</span>;
  });
}
