import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { SurveyShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore, useDesk, useSelect } from "../ui/use-core";
import { Page, useAsk, Wrong } from "./page";
import rules from "./rules.module.css";
import p from "./settings.module.css";
import { Choose, SurveyPage } from "./survey-page";
import { moved, useOrder } from "./use-order";

/** What people are asked after a close: all surveys in their order, or the one that the address names. */
export function SurveysPage() {
  const item = useDesk(({ route }) => (route.page === "settings" ? route.item : undefined));
  return item ? <SurveyPage key={item} id={item} /> : <AllSurveys />;
}

function AllSurveys() {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const [surveys, setSurveys] = useState<readonly SurveyShape[] | null>(null);
  const [lost, setLost] = useState<string | null>(null);
  const [says, setSays] = useState("");
  const { ask, busy, wrong } = useAsk();
  const look = useCallback(
    () =>
      core.api
        .get<{ items: SurveyShape[] }>("/surveys")
        .then((answer) => setSurveys(answer.items))
        .catch((error) => setLost(reason(error))),
    [core],
  );
  useEffect(() => void look(), [look]);
  const move = async (from: number, to: number) => {
    const order = surveys && moved(surveys, from, to);
    if (!order) return;
    setSurveys(order);
    setSays(t("targets.movedTo", { name: order[to]?.name ?? "", n: to + 1 }));
    await ask(async () => {
      for (const [at, one] of order.entries()) {
        if (one.place !== at + 1) await core.api.patch(`/surveys/${one.id}`, { place: at + 1 }, { etag: one.version });
      }
    });
    // Also where it was refused: what is shown is then what there is.
    await look();
  };
  const turn = (one: SurveyShape) =>
    ask(() => core.api.patch(`/surveys/${one.id}`, { active: !one.active }, { etag: one.version })).then(look);
  return (
    <Page title={t("settings.surveys")} detail={t("surveys.hint")} action={may && surveys?.length !== 0 && <Add />}>
      <Wrong text={lost ?? wrong} />
      <span className="sr" role="status">
        {says}
      </span>
      {surveys?.length === 0 && (
        <>
          <p className="muted">{t("surveys.none")}</p>
          {may && <Choose />}
        </>
      )}
      {surveys && surveys.length > 0 && <Ordered surveys={surveys} may={may} busy={busy} move={move} turn={turn} />}
    </Page>
  );
}

function Add() {
  return (
    <Link className="btn primary" to={{ page: "settings", section: "surveys", item: "new" }}>
      <Icon name="plus" size="s" />
      {t("surveys.add")}
    </Link>
  );
}

interface OrderedProps {
  surveys: readonly SurveyShape[];
  may: boolean;
  busy: boolean;
  move: (from: number, to: number) => void;
  turn: (survey: SurveyShape) => void;
}

function Ordered({ surveys, may, busy, move, turn }: OrderedProps) {
  const order = useOrder({ busy, move });
  return (
    <ol className={`${p.panel} ${rules.list}`}>
      {surveys.map((one, at) => (
        <li
          key={one.id}
          className={[rules.rule, one.active ? "" : rules.off, order.isTarget(at) ? rules.target : ""].join(" ")}
          {...order.place(at)}
        >
          {may && (
            <button
              type="button"
              className={rules.handle}
              aria-label={t("targets.move", { name: one.name, n: at + 1 })}
              title={t("targets.moveHint")}
              {...order.handle(at)}
            >
              <Icon name="sort" size="s" />
              {at + 1}
            </button>
          )}
          <div className={rules.says}>
            <Link className="strong" to={{ page: "settings", section: "surveys", item: one.id }}>
              <bdi>{one.name}</bdi>
            </Link>
            <span className="muted small" dir="auto">
              {one.texts[0]?.question}
            </span>
            <span className="muted small">
              {[
                t(`surveys.scale.${one.scale}`),
                t("surveys.timing", { minutes: one.delay_minutes }),
                ...(one.every_days ? [t("surveys.oncePer", { n: one.every_days })] : []),
              ].join(" · ")}
            </span>
          </div>
          <label className={rules.switch}>
            <input
              type="checkbox"
              aria-label={t("surveys.activeFor", { name: one.name })}
              disabled={!may || busy}
              checked={one.active}
              onChange={() => turn(one)}
            />
            {t("surveys.active")}
          </label>
        </li>
      ))}
    </ol>
  );
}
