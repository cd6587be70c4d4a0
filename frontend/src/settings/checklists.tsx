import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { ChecklistShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { Confirm } from "../ui/confirm";
import { Icon } from "../ui/icon";
import { useCore, useSelect } from "../ui/use-core";
import { Collection, FormDrawer, NameField } from "./collection";
import { useChanged } from "./ordered";
import { Page, useAsk, Wrong } from "./page";
import s from "./settings.module.css";
import { Conflict, useEdited } from "./use-edited";

const MOST = 12;

/** What supervisors ask of every conversation that they look at. */
export function ChecklistsPage() {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const [lists, setLists] = useState<readonly ChecklistShape[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const look = useCallback(
    () =>
      core.api
        .get<{ items: ChecklistShape[] }>("/checklists")
        .then((answer) => setLists(answer.items))
        .catch((error) => setWrong(reason(error))),
    [core],
  );
  const changed = useChanged("checklist");
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever changed one, the list is asked for again
  useEffect(() => void look(), [look, changed]);
  if (!lists) {
    return (
      <Page title={t("settings.checklists")} detail={t("checklists.hint")}>
        <Wrong text={wrong} />
      </Page>
    );
  }
  return (
    <Collection
      title={t("settings.checklists")}
      detail={t("checklists.hint")}
      items={lists}
      may={may}
      add={t("checklists.add")}
      empty={t("checklists.none")}
      columns={[
        { label: t("checklists.name"), className: "strong", cell: (one) => <bdi>{one.name}</bdi> },
        {
          label: t("checklists.questions"),
          className: `muted ${s.cellWords}`,
          cell: (one) => (
            <div className="clip" dir="auto">
              {one.questions.join(" · ")}
            </div>
          ),
        },
      ]}
      editor={(one, close) => (
        <ChecklistForm
          key={one?.id ?? "new"}
          list={one}
          close={close}
          changed={() => {
            close();
            void look();
          }}
        />
      )}
    />
  );
}

type Draft = Pick<ChecklistShape, "name" | "questions">;
const draftOf = ({ name, questions }: Draft): Draft => ({ name, questions });
const BLANK: Draft = { name: "", questions: [""] };

/** Six questions to begin with, in the language of the interface. */
const example = (): Draft => ({
  name: t("checklists.example"),
  questions: [
    t("checklists.example.1"),
    t("checklists.example.2"),
    t("checklists.example.3"),
    t("checklists.example.4"),
    t("checklists.example.5"),
    t("checklists.example.6"),
  ],
});

interface FormProps {
  list: ChecklistShape | null;
  close: () => void;
  changed: () => void;
}

function ChecklistForm({ list, close, changed }: FormProps) {
  const core = useCore();
  const [removing, setRemoving] = useState(false);
  const { draft, set, save, busy, wrong, conflict, clean, version } = useEdited<ChecklistShape, Draft>({
    path: "/checklists",
    saved: list,
    draftOf,
    blank: BLANK,
  });
  const removal = useAsk();
  const remove = () =>
    removal.ask(async () => {
      await core.api.delete(`/checklists/${list?.id}`, undefined, { etag: version });
      changed();
    });
  const put = async () => {
    if (await save()) changed();
  };
  const untouched = !list && !draft.name && draft.questions.every((one) => !one);
  return (
    <>
      <FormDrawer
        title={list?.name ?? t("checklists.add")}
        wrong={wrong ?? removal.wrong}
        busy={busy || removal.busy}
        close={close}
        save={() => void put()}
        clean={clean}
        remove={list ? { label: t("remove"), run: () => setRemoving(true) } : undefined}
      >
        <Conflict both={conflict} names={{ name: t("checklists.name"), questions: t("checklists.questions") }} />
        {untouched && (
          <button type="button" className="btn" onClick={() => set(example())}>
            <Icon name="checks" size="s" />
            {t("checklists.useExample")}
          </button>
        )}
        <NameField label={t("checklists.name")} value={draft.name} change={(name) => set({ name })} />
        <Questions questions={draft.questions} change={(questions) => set({ questions })} />
      </FormDrawer>
      {removing && list && (
        <Confirm
          title={t("checklists.removeTitle", { name: list.name })}
          text={t("checklists.removeText")}
          action={t("remove")}
          cancel={() => setRemoving(false)}
          confirm={() => {
            setRemoving(false);
            void remove();
          }}
        />
      )}
    </>
  );
}

interface QuestionsProps {
  questions: readonly string[];
  change: (questions: string[]) => void;
}

/** One line for each question; they are moved by arrows, and go by the cross. */
function Questions({ questions, change }: QuestionsProps) {
  const put = (at: number, text: string) => change(questions.map((one, i) => (i === at ? text : one)));
  const swap = (at: number) => {
    const moved = [...questions];
    [moved[at], moved[at + 1]] = [moved[at + 1] ?? "", moved[at] ?? ""];
    change(moved);
  };
  return (
    <fieldset className="field">
      <legend className="label">{t("checklists.questions")}</legend>
      {questions.map((one, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a question has no name but its place
        <div key={i} className="flex">
          <input
            className="input grow"
            required
            maxLength={200}
            aria-label={t("checklists.question", { n: i + 1 })}
            value={one}
            onChange={(event) => put(i, event.target.value)}
          />
          <button
            type="button"
            className="btn ghost sm icon-only"
            disabled={i === 0}
            title={t("checklists.up")}
            aria-label={t("checklists.up")}
            onClick={() => swap(i - 1)}
          >
            <Icon name="up" size="s" />
          </button>
          <button
            type="button"
            className="btn ghost sm icon-only"
            disabled={questions.length === 1}
            title={t("remove")}
            aria-label={`${t("remove")}: ${t("checklists.question", { n: i + 1 })}`}
            onClick={() => change(questions.filter((_, other) => other !== i))}
          >
            <Icon name="x" size="s" />
          </button>
        </div>
      ))}
      <div>
        <button
          type="button"
          className="btn sm"
          disabled={questions.length >= MOST}
          onClick={() => change([...questions, ""])}
        >
          <Icon name="plus" size="s" />
          {t("checklists.addQuestion")}
        </button>
      </div>
      <span className="hint">{t("checklists.questionsHint", { n: MOST })}</span>
    </fieldset>
  );
}
