import { useEffect, useMemo, useState } from "react";
import { sendReply } from "../../commands/reply";
import { reason } from "../../commands/triage";
import type { ConversationShape, ThreadShape } from "../../protocol/types.generated";
import { openId } from "../../store/desk";
import { row as shownRow, templateThread } from "../../store/select";
import { languageName, t } from "../../text/i18n";
import { firstName } from "../../text/names";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { useCore, useDesk, useSelect } from "../../ui/use-core";
import { begin, fieldName, filled, filledHeader, missing, type Template } from "./template-words";
import s from "./templates.module.css";

/** Where the reply window is closed: what the network lets us begin with. Chosen, filled in, seen, sent. */
export function Templates({ close }: { close: () => void }) {
  const id = useDesk(openId);
  const row = useSelect((state) => shownRow(state, id));
  const thread = useSelect((state) => templateThread(state, row));
  if (!row || !thread) return null;
  return <Picker row={row} thread={thread} close={close} />;
}

function Picker({ row, thread, close }: { row: ConversationShape; thread: ThreadShape; close: () => void }) {
  const core = useCore();
  const [all, setAll] = useState<readonly Template[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Template | null>(null);
  useEffect(() => {
    core.api
      .get<{ items: Template[] }>(`/channels/${thread.channel_id}/templates`)
      .then((answer) => setAll(answer.items))
      .catch((error) => setWrong(reason(error)));
  }, [core, thread.channel_id]);
  return (
    <Dialog label={t("templates.title")} close={close} className={s.dialog}>
      <header className={s.head}>
        <Icon name="canned" />
        <h2 className="grow">{t("templates.title")}</h2>
        <button type="button" className="btn ghost sm icon-only" aria-label={t("close")} onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      {wrong && (
        <div className="banner bad small" role="alert" style={{ margin: 14 }}>
          <Icon name="warn" size="s" />
          {wrong}
        </div>
      )}
      <div className={s.columns}>
        {all && <Choices all={all} row={row} chosen={chosen} choose={setChosen} />}
        {chosen && <Filling key={nameOf(chosen)} template={chosen} row={row} thread={thread} close={close} />}
      </div>
    </Dialog>
  );
}

const nameOf = (template: Template) => `${template.name} ${template.language}`;

interface ChoicesProps {
  all: readonly Template[];
  row: ConversationShape;
  chosen: Template | null;
  choose: (template: Template) => void;
}

/** Found by name and words; those in the customer's language first. */
function Choices({ all, row, chosen, choose }: ChoicesProps) {
  const [query, setQuery] = useState("");
  const found = useMemo(() => {
    const words = query.trim().toLocaleLowerCase();
    const mine = (template: Template) => Number(template.language.startsWith(row.language ?? "-"));
    return all
      .filter((one) => `${one.name} ${one.text}`.toLocaleLowerCase().includes(words))
      .sort((a, b) => mine(b) - mine(a) || a.name.localeCompare(b.name));
  }, [all, query, row.language]);
  return (
    <div className={s.list}>
      <input
        autoFocus
        type="search"
        className="input"
        aria-label={t("templates.search")}
        placeholder={t("templates.search")}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !found[0]) return;
          event.preventDefault();
          choose(found[0]);
        }}
      />
      {!found.length && <p className="muted small">{t(all.length ? "palette.nothing" : "templates.none")}</p>}
      {found.map((template) => (
        <button
          key={nameOf(template)}
          type="button"
          className={s.choice}
          aria-pressed={chosen !== null && nameOf(chosen) === nameOf(template)}
          onClick={() => choose(template)}
        >
          <span className="flex">
            <b className="strong clip">{template.name.replaceAll("_", " ")}</b>
            <span className="chip">{languageName(template.language.replace("_", "-"))}</span>
          </span>
          <span className="clip muted small" dir="auto">
            {template.text}
          </span>
        </button>
      ))}
    </div>
  );
}

interface FillingProps {
  template: Template;
  row: ConversationShape;
  thread: ThreadShape;
  close: () => void;
}

function Filling({ template, row, thread, close }: FillingProps) {
  const core = useCore();
  const [values, setValues] = useState(() => begin(template, firstName(row.contact.name)));
  const [wrong, setWrong] = useState<string | null>(null);
  const left = missing(template, values);
  const send = async () => {
    const text = filled(template, values);
    const body = { text, thread_id: thread.id, template: template.key, template_values: values };
    const sent = await sendReply(core, row, body, { force: true });
    if (sent.outcome === "refused") return setWrong(sent.text || t("error.refused"));
    close();
  };
  return (
    <form
      className={s.filling}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {wrong && (
        <div className="banner bad small" role="alert">
          <Icon name="warn" size="s" />
          {wrong}
        </div>
      )}
      {template.fields.map((field, i) => (
        <div key={field.name} className="field">
          <label htmlFor={`value-${i}`}>{fieldName(field)}</label>
          <input
            id={`value-${i}`}
            className="input"
            dir="auto"
            required
            type={field.kind === "text" ? "text" : "url"}
            placeholder={field.example}
            value={values[field.name] ?? ""}
            onChange={(event) => setValues({ ...values, [field.name]: event.target.value })}
          />
        </div>
      ))}
      <div>
        <span className="label">{t("templates.preview")}</span>
        <div className={s.preview} dir="auto">
          {template.header && <b>{filledHeader(template, values)}</b>}
          <p>{filled(template, values)}</p>
          {template.footer && <small className="muted">{template.footer}</small>}
          {template.buttons.map((button) => (
            <span key={button} className={s.button}>
              {button}
            </span>
          ))}
        </div>
      </div>
      <div className="flex">
        <span className="muted small grow" role="status">
          {left > 0 && t("templates.missing", { n: left })}
        </span>
        <button type="submit" className="btn primary" disabled={left > 0}>
          <Icon name="lock" size="s" />
          {t("send.private")}
        </button>
      </div>
    </form>
  );
}
