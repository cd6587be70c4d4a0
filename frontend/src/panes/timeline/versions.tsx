import { useEffect, useState } from "react";
import type { Core } from "../../core";
import type { MessageShape, VersionShape } from "../../protocol/types.generated";
import { diff, type Run } from "../../text/diff";
import { t } from "../../text/i18n";
import { fullDate, shortDate } from "../../text/time";
import { Stars } from "../../ui/marks";
import { useCore, useNow } from "../../ui/use-core";
import s from "./timeline.module.css";

/** Oldest first; null until they are here. Asked for again when there is a new one. */
export function useVersions(core: Core, message: MessageShape, wanted: boolean): readonly VersionShape[] | null {
  const [versions, setVersions] = useState<readonly VersionShape[] | null>(null);
  const { id, version } = message;
  useEffect(() => {
    if (!wanted || version < 1) return;
    core.api
      .get<{ items: VersionShape[] }>(`/messages/${id}/versions`)
      .then((answer) => setVersions([...answer.items].sort((a, b) => a.version - b.version)))
      .catch(() => setVersions([]));
  }, [core, wanted, id, version]);
  return versions;
}

/** Every version of an item, each compared with the one before. */
export function Versions({ message }: { message: MessageShape }) {
  const now = useNow(60_000);
  const versions = useVersions(useCore(), message, true);
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

export function Runs({ runs }: { runs: readonly Run[] }) {
  return runs.map((run, i) => {
    const key = `${i}${run.kind}`;
    if (run.kind === "add") return <ins key={key}>{run.text}</ins>;
    if (run.kind === "del") return <del key={key}>{run.text}</del>;
    return <span key={key}>{run.text}</span>;
  });
}
