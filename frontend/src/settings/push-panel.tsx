import { useCallback, useEffect, useState } from "react";
import { callMeHere, type PushState, pushState, stopHere } from "../notices/push";
import type { BrowserShape, PushShape } from "../protocol/types.generated";
import { type Key, t } from "../text/i18n";
import { shortDate } from "../text/time";
import { Icon } from "../ui/icon";
import { useCore, useNow } from "../ui/use-core";
import n from "./notifications.module.css";
import { useAsk, Wrong } from "./page";
import s from "./settings.module.css";

/** Push in this browser: what the browser allows, the one button, and all browsers that are called. */
export function PushPanel({ words, setWords }: { words: boolean; setWords: (on: boolean) => void }) {
  const core = useCore();
  const now = useNow(60_000);
  const { ask, busy, wrong } = useAsk();
  const [state, setState] = useState<PushState | null>(null);
  const [browsers, setBrowsers] = useState<readonly BrowserShape[]>([]);
  const look = useCallback(async () => {
    setState(await pushState());
    setBrowsers((await core.api.get<PushShape>("/push")).browsers);
  }, [core]);
  useEffect(() => {
    look().catch(() => {});
  }, [look]);
  const enable = () =>
    ask(async () => {
      setState(await callMeHere(core));
      await look();
    });
  const disable = () =>
    ask(async () => {
      setState(await stopHere(core, browsers));
      await look();
    });
  const forget = (id: string) =>
    ask(async () => {
      await core.api.delete(`/push/browsers/${id}`);
      await look();
    });
  const test = () =>
    ask(async () => {
      const called = await core.api.post<{ browsers: number }>("/push/test");
      core.toast(t("notify.push.tested", { n: called.browsers }));
    });
  if (!state) return null;
  return (
    <div className={`${s.panel} ${n.wide}`}>
      <div className={s.block}>
        <h2>{t("notify.push")}</h2>
        <Wrong text={wrong} />
        <p className={n.state}>
          <Icon name={state === "on" ? "check" : state === "denied" || state === "unsupported" ? "warn" : "bell"} />
          {t(`notify.push.${state}` as Key)}
        </p>
        <div className={s.actions}>
          {(state === "ask" || state === "off") && (
            <button type="button" className="btn primary" disabled={busy} onClick={() => void enable()}>
              {t("notify.push.enable")}
            </button>
          )}
          {state === "on" && (
            <button type="button" className="btn" disabled={busy} onClick={() => void disable()}>
              {t("notify.push.disable")}
            </button>
          )}
          <button type="button" className="btn" disabled={busy || !browsers.length} onClick={() => void test()}>
            {t("notify.push.test")}
          </button>
        </div>
        <label className="flex">
          <input type="checkbox" checked={words} onChange={(event) => setWords(event.target.checked)} />
          <span>
            {t("notify.push.words")} <span className="hint">{t("notify.push.wordsHint")}</span>
          </span>
        </label>
        {browsers.map((one) => (
          <div key={one.id} className="flex">
            <Icon name="screen" />
            <span className="grow">
              {one.name}
              <span className="tiny muted">
                {" · "}
                {one.sent_at ? t("notify.push.last", { time: shortDate(one.sent_at, now) }) : t("notify.push.never")}
              </span>
            </span>
            {one.failing && <span className="chip">{t("notify.push.failing")}</span>}
            {one.current ? (
              <span className="chip ok">{t("notify.push.here")}</span>
            ) : (
              <button type="button" className="btn ghost sm" disabled={busy} onClick={() => void forget(one.id)}>
                {t("notify.push.disable")}
              </button>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}
