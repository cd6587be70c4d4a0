import { useEffect, useRef, useState } from "react";
import { type MacroPreview, previewMacro, runMacro, stepsInWords } from "../../commands/macros";
import { reason } from "../../commands/triage";
import type { MacroShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { type Choice, Chooser } from "../../ui/chooser";
import { Dialog } from "../../ui/dialog";
import d from "../../ui/dialog.module.css";
import { Icon } from "../../ui/icon";
import { useCore, useSelect } from "../../ui/use-core";
import s from "./desk.module.css";

interface Props {
  ids: readonly string[];
  close: () => void;
}

/** Which macro; then, what it would do. */
export function MacroPicker({ close }: Pick<Props, "close">) {
  const core = useCore();
  const macros = useSelect((state) => state.macros);
  const choices: Choice[] = Object.values(macros)
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((macro) => ({
      id: macro.id,
      label: macro.name,
      icon: "bolt",
      detail: <span className={`clip ${s.does}`}>{stepsInWords(macro, core.state()).join(", ")}</span>,
      also: macro.shortcut,
      run: () => core.show({ picker: `macro:${macro.id}` }),
    }));
  // The list closes before its choice runs: what the choice opens stays.
  const leave = () => core.desk.get().picker === "macro" && close();
  return (
    <Chooser
      label={t("cmd.macro")}
      placeholder={choices.length ? t("macro.ask") : t("macro.none")}
      choices={choices}
      close={leave}
    />
  );
}

/** What a macro does here, with the words of its answer as the customer would read them. Enter runs it. */
export function MacroDialog({ ids, id, close }: Props & { id: string }) {
  const core = useCore();
  const macro = useSelect((state) => state.macros[id]);
  const only = ids.length === 1 ? ids[0] : undefined;
  const { preview, wrong } = usePreview(only, macro);
  const waits = only !== undefined && !preview && !wrong;
  const stopped = wrong ?? preview?.problem?.detail;
  // Enter runs it: the focus goes there as soon as it may.
  const go = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!waits && !stopped) go.current?.focus();
  }, [waits, stopped]);
  if (!macro) return null;
  const run = () => {
    if (waits || stopped) return;
    close();
    void runMacro(core, ids, macro);
  };
  return (
    <Dialog label={macro.name} close={close}>
      <form
        className={d.box}
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <h2 className="flex">
          <Icon name="bolt" />
          {macro.name}
        </h2>
        {ids.length > 1 && <p className="muted">{t("macro.onMany", { n: ids.length })}</p>}
        <ol className={s.steps}>
          {stepsInWords(macro, core.state()).map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        {preview?.text && (
          <blockquote className={s.words} dir="auto">
            {preview.text}
          </blockquote>
        )}
        {stopped && (
          <div className="banner bad small" role="alert">
            <Icon name="warn" size="s" />
            {stopped}
          </div>
        )}
        <div className={d.buttons}>
          <button type="button" className="btn" onClick={close}>
            {t("cancel")}
          </button>
          <button ref={go} type="submit" className="btn primary" disabled={waits || Boolean(stopped)}>
            {t("macro.run")}
            <kbd>↵</kbd>
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function usePreview(conversation: string | undefined, macro: MacroShape | undefined) {
  const core = useCore();
  const [preview, setPreview] = useState<MacroPreview | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    if (!conversation || !macro) return;
    previewMacro(core, conversation, macro)
      .then(setPreview)
      .catch((error) => setWrong(reason(error)));
  }, [core, conversation, macro]);
  return { preview, wrong };
}
