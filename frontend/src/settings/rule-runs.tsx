import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { DeedShape, RuleRunShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { fullDate, shortDate } from "../text/time";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore, useNow, useSelect } from "../ui/use-core";
import { useAsk, Wrong } from "./page";
import type { Doing } from "./rule-parts";
import s from "./rules.module.css";
import p from "./settings.module.css";

interface Runs {
  items: RuleRunShape[];
  next_cursor: string | null;
}

/** What a rule did, newest first, each run to be taken back. */
export function Runs({ rule }: { rule: string }) {
  const core = useCore();
  const [runs, setRuns] = useState<readonly RuleRunShape[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [lost, setLost] = useState<string | null>(null);
  const { ask, busy, wrong } = useAsk();
  const now = useNow(60_000);
  const look = useCallback(
    (after: string | null) =>
      core.api
        .get<Runs>(`/rules/${rule}/runs`, { limit: "20", cursor: after ?? undefined })
        .then((page) => {
          setRuns((before) => (after ? [...(before ?? []), ...page.items] : page.items));
          setCursor(page.next_cursor);
          setLost(null);
        })
        .catch((error) => setLost(reason(error))),
    [core, rule],
  );
  useEffect(() => void look(null), [look]);
  const undo = (run: RuleRunShape) =>
    ask(async () => {
      const undone = await core.api.post<RuleRunShape>(`/rules/runs/${run.id}/undo`);
      setRuns((before) => before?.map((one) => (one.id === undone.id ? undone : one)) ?? null);
    });
  return (
    <section className={p.panel} aria-label={t("rules.runs")}>
      <div className={p.panelHead}>
        <h2>{t("rules.runs")}</h2>
      </div>
      <Wrong text={lost ?? wrong} />
      {runs?.length === 0 && <p className={`muted ${p.none}`}>{t("rules.runsNone")}</p>}
      {runs && runs.length > 0 && (
        <div className={s.scrolls}>
          <table className={s.runs}>
            <thead>
              <tr>
                <th>{t("rules.at")}</th>
                <th>{t("whatif.conversation")}</th>
                <th>{t("rules.runs")}</th>
                <th>
                  <span className="sr">{t("more")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.id}>
                  <td className="num nowrap" title={fullDate(run.at)}>
                    {shortDate(run.at, now)}
                  </td>
                  <td>
                    <Conversation run={run} />
                  </td>
                  <td>
                    <ul className={s.deeds}>
                      {run.deeds.map((deed, at) => (
                        // biome-ignore lint/suspicious/noArrayIndexKey: a deed is its place
                        <Deed key={at} deed={deed} />
                      ))}
                    </ul>
                  </td>
                  <td className={p.end}>
                    <TakeBack run={run} busy={busy} undo={() => void undo(run)} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {cursor && (
        <button type="button" className={`btn sm ${s.older}`} onClick={() => void look(cursor)}>
          {t("timeline.older")}
        </button>
      )}
    </section>
  );
}

/** "#47 Eleni". */
function Conversation({ run }: { run: RuleRunShape }) {
  const name = run.contact_name;
  return (
    <Link to={{ page: "desk", view: "all", conversation: run.conversation_id }}>
      #{run.conversation_number} {name && <bdi>{name}</bdi>}
    </Link>
  );
}

/** One action and what became of it: done, refused, so already; taken back, or left and why. */
export function Deed({ deed }: { deed: DeedShape }) {
  const bad = deed.refused !== "" || deed.undone === false;
  const words =
    deed.do === REST
      ? deed.refused
      : deed.refused
        ? t("rules.refused", { why: deed.refused })
        : deed.undone === true
          ? t("rules.wasTaken")
          : deed.undone === false
            ? t("rules.left", { why: deed.why })
            : deed.changed
              ? ""
              : t("rules.already");
  return (
    <li>
      <Icon name={deed.refused ? "xcircle" : deed.undone ? "undo" : "check"} size="s" />
      <span className={deed.undone ? s.taken : undefined}>{t(`rules.do.${deed.do as Doing | typeof REST}`)}</span>
      {words && <span className={`small ${bad ? p.warn : "muted"}`}>{words}</span>}
    </li>
  );
}

/** No action: what a surge's last run before its cap says of the conversations that are left (`automation/step.py`). */
const REST = "rest";
const FOR_GOOD: ReadonlySet<string> = new Set(["note", "notify", "webhook"]);

function TakeBack({ run, busy, undo }: { run: RuleRunShape; busy: boolean; undo: () => void }) {
  const may = useSelect((state) => can(state, "triage"));
  if (run.undone_at) {
    return (
      <span className="muted small" title={fullDate(run.undone_at)}>
        {t("rules.takenBack", { name: run.undone_by })}
      </span>
    );
  }
  if (!may || run.deeds.every((one) => one.refused || !one.changed || FOR_GOOD.has(one.do))) return null;
  return (
    <button type="button" className="btn ghost sm" disabled={busy} onClick={undo}>
      <Icon name="undo" size="s" />
      {t("rules.takeBack")}
    </button>
  );
}
