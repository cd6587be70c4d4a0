import { Fragment, useEffect, useMemo, useState } from "react";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { clock } from "../text/time";
import { Icon } from "../ui/icon";
import { useCore, useNow, useSelect } from "../ui/use-core";
import { useRuleFields } from "./rule-fields";
import type { Rule, RuleDraft } from "./rule-parts";
import { type Named, sentence } from "./rule-words";
import s from "./rules.module.css";
import p from "./settings.module.css";

/** The names that sentences about rules are made with. */
export function useNamed(): Named {
  const core = useCore();
  const state = useSelect((all) => all);
  const fields = useRuleFields();
  const sees = useSelect((all) => can(all, "tokens"));
  const [webhooks, setWebhooks] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => {
    if (!sees) return;
    core.api
      .get<{ items: { id: string; name: string }[] }>("/webhooks")
      .then((answer) => setWebhooks(Object.fromEntries(answer.items.map((one) => [one.id, one.name]))))
      .catch(() => {});
  }, [core, sees]);
  return useMemo(() => ({ state, fields, webhooks }), [state, fields, webhooks]);
}

/** "When a message comes · and Message has the words “refund” · then Tag Refund, Priority high". */
export function Sentence({
  rule,
  named,
}: {
  rule: Pick<RuleDraft, "trigger" | "condition" | "actions">;
  named: Named;
}) {
  const says = sentence(rule, named);
  return (
    <p className={s.sentence}>
      <b>{t("rules.when")}</b> {says.when}
      {says.and && (
        <>
          {" · "}
          <b>{t("rules.and")}</b> <bdi>{says.and}</bdi>
        </>
      )}
      {says.actions.length > 0 && (
        <>
          {" · "}
          <b>{t("rules.then")}</b>{" "}
          {says.actions.map((one, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an action is its place
            <Fragment key={at}>
              {at > 0 && ", "}
              {one.label}
              {one.detail && (
                <>
                  {" "}
                  <bdi className={s.detail}>{one.detail}</bdi>
                </>
              )}
            </Fragment>
          ))}
        </>
      )}
    </p>
  );
}

/** Why it does not do what it says: it rests, or names what is gone. */
export function Trouble({ rule, lost }: { rule: Rule; lost: readonly string[] }) {
  const now = useNow(60_000);
  const resting = rule.paused_until !== null && Date.parse(rule.paused_until) > now;
  return (
    <>
      {resting && rule.paused_until && (
        <span className={`${p.health} ${p.warn} small`}>
          <Icon name="pause" size="s" />
          {t("rules.paused", { time: clock(rule.paused_until), n: rule.hour_cap })}
        </span>
      )}
      {lost.length > 0 && (
        <span className={`${p.health} ${p.bad} small`}>
          <Icon name="warn" size="s" />
          {t("rules.broken", { what: lost.join(", ") })}
        </span>
      )}
    </>
  );
}
