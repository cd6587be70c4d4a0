/** Reads how the agent has arranged the app, and ticks the steps of the sandbox as they are done. */

import type { Core } from "../../core";
import { isSandbox } from "../../store/select";
import { t } from "../../text/i18n";
import { startWords } from "../../text/start/load";
import { arrange, loadOwn } from "./own";
import { STEPS, type Step, stepOf, stepsShown } from "./steps";

export const CHECKLIST = "sandbox";

/** Until what it returns is called. */
export function watch(core: Core): () => void {
  void startWords();
  void loadOwn(core).catch(() => {});
  const tick = (step: Step) => {
    const { own } = core.desk.get();
    if (!own.loaded || own.done.includes(step) || !isSandbox(core.state())) return;
    void arrange(core, { done: [step] });
    if (own.hidden.includes(CHECKLIST)) return;
    const done = core.desk.get().own.done;
    const n = STEPS.filter((one) => done.includes(one)).length;
    core.toast(t("steps.ticked", { step: t(`steps.${step}`), n, all: STEPS.length }));
  };
  core.api.onDone = (method, path, body) => {
    const step = stepOf(method, path, body);
    if (step) tick(step);
  };
  let before = core.desk.get();
  const look = () => {
    const now = core.desk.get();
    const shown = stepsShown(before, now, core.state());
    before = now;
    for (const step of shown) tick(step);
  };
  const stops = [core.desk.subscribe(look), core.store.subscribe(look)];
  return () => {
    core.api.onDone = () => {};
    for (const stop of stops) stop();
  };
}
