import { useCallback, useEffect, useState } from "react";
import type {
  CustomFieldShape,
  ImportRow,
  ImportShape,
  RecentImport,
  UndoneRow,
  UndoneShape,
} from "../protocol/types.generated";
import { t } from "../text/i18n";
import { clock } from "../text/time";
import { Icon } from "../ui/icon";
import { useCore, useNow } from "../ui/use-core";
import { Page, useAsk, Wrong } from "./page";
import s from "./settings.module.css";

const OUTCOMES = ["created", "changed", "unchanged", "refused"] as const;
const SHOWN_ROWS = 200;

interface Read {
  name: string;
  csv: string;
  result: ImportShape;
}

/** People in from a CSV file, looked at before it is taken and taken back for an hour after; and out into one. */
export function PeopleFiles({ may, fields }: { may: boolean; fields: readonly CustomFieldShape[] }) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [read, setRead] = useState<Read | null>(null);
  const [recent, setRecent] = useState<readonly RecentImport[]>([]);
  const [undone, setUndone] = useState<readonly UndoneRow[] | null>(null);
  const look = useCallback(
    () =>
      core.api
        .get<{ items: RecentImport[] }>("/people/imports")
        .then((page) => setRecent(page.items))
        .catch(() => {}),
    [core],
  );
  useEffect(() => {
    if (may) void look();
  }, [may, look]);
  if (!may) return null;
  const send = (csv: string, preview: boolean) => core.api.post<ImportShape>("/people/import", { csv, preview });
  const choose = async (file: File | undefined) => {
    if (!file) return;
    setRead(null);
    setUndone(null);
    const csv = await file.text();
    const result = await ask(() => send(csv, true));
    if (result) setRead({ name: file.name, csv, result });
  };
  const take = async () => {
    if (!read) return;
    const result = await ask(() => send(read.csv, false));
    if (result) setRead({ ...read, result });
    await look();
  };
  const takeBack = async (one: RecentImport) => {
    const result = await ask(() => core.api.post<UndoneShape>(`/people/imports/${one.id}/undo`));
    if (result) {
      setRead(null);
      setUndone(result.rows);
    }
    await look();
  };
  const own = fields.filter((field) => field.subject === "contact").map((field) => `field.${field.key}`);
  const columns = ["name", "email", "phone", "company", "language", "note", "system", "external_id", ...own];
  return (
    <Page
      title={t("people.title")}
      action={
        <a className="btn" href="/api/v1/people.csv" download>
          <Icon name="download" size="s" />
          {t("people.export")}
        </a>
      }
    >
      <Wrong text={wrong} />
      <div className={s.panel}>
        <div style={{ padding: "12px 14px" }}>
          <label className="btn">
            <Icon name="plus" size="s" />
            {t("people.choose")}
            <input
              type="file"
              accept=".csv,text/csv"
              className="sr"
              disabled={busy}
              onChange={(event) => {
                void choose(event.target.files?.[0]);
                event.target.value = "";
              }}
            />
          </label>
          <p className="muted small" style={{ marginTop: 8 }}>
            {t("people.hint")} <span className="mono">{columns.join(", ")}</span>
          </p>
          {busy && <p role="status">{t("people.working")}</p>}
        </div>
        {read && <Looked read={read} busy={busy} take={() => void take()} />}
        {undone && <Undone rows={undone} />}
        <Recent imports={recent} busy={busy} takeBack={(one) => void takeBack(one)} />
      </div>
    </Page>
  );
}

function Looked({ read, busy, take }: { read: Read; busy: boolean; take: () => void }) {
  const { rows, preview, ignored } = read.result;
  const count = (outcome: ImportRow["outcome"]) => rows.filter((row) => row.outcome === outcome).length;
  const coming = count("created") + count("changed");
  const first = [...rows].sort((a, b) => Number(b.outcome === "refused") - Number(a.outcome === "refused"));
  return (
    <>
      <div className="flex wrap" style={{ gap: 8, padding: "0 14px 10px" }} role="status">
        <b className="strong">{preview ? read.name : t("people.done")}</b>
        {OUTCOMES.filter((outcome) => count(outcome) > 0).map((outcome) => (
          <span key={outcome} className={`chip ${outcome === "refused" ? "bad" : ""}`}>
            {t(`people.${outcome}`)} <b className="num">{count(outcome)}</b>
          </span>
        ))}
        {ignored.length > 0 && (
          <span className="muted small">{t("people.ignored", { columns: ignored.join(", ") })}</span>
        )}
        <span className="grow" />
        {preview && coming > 0 && (
          <button type="button" className="btn primary" disabled={busy} onClick={take}>
            {t("people.take", { n: coming })}
          </button>
        )}
      </div>
      <table>
        <tbody>
          {first.slice(0, SHOWN_ROWS).map((row) => (
            <tr key={row.row}>
              <td className="num muted">{row.row}</td>
              <td>
                <bdi>{row.name || "–"}</bdi>
              </td>
              <td>
                <span className={`chip ${row.outcome === "refused" ? "bad" : ""}`}>{t(`people.${row.outcome}`)}</span>
              </td>
              <td className="muted">{row.detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

interface RecentProps {
  imports: readonly RecentImport[];
  busy: boolean;
  takeBack: (one: RecentImport) => void;
}

/** Files of the last hour, each with the way back. */
function Recent({ imports, busy, takeBack }: RecentProps) {
  const now = useNow(60_000);
  const open = imports.filter((one) => Date.parse(one.until) > now);
  if (!open.length) return null;
  return (
    <ul className={s.recent} aria-label={t("people.recent")}>
      {open.map((one) => (
        <li key={one.id} className="flex wrap" style={{ gap: 8, padding: "8px 14px" }}>
          <span className="grow">
            {t("people.took", { name: one.by.name, time: clock(Date.parse(one.at)) })}{" "}
            <span className="muted small">
              {t("people.tookWhat", { created: one.created, changed: one.changed })}{" "}
              {t("people.undoUntil", { time: clock(Date.parse(one.until)) })}
            </span>
          </span>
          <button type="button" className="btn sm" disabled={busy} onClick={() => takeBack(one)}>
            <Icon name="undo" size="s" />
            {t("people.undo")}
          </button>
        </li>
      ))}
    </ul>
  );
}

const UNDONE = ["removed", "restored", "partly", "stays"] as const;

/** What became of everybody; those who stay, and why, come first. */
function Undone({ rows }: { rows: readonly UndoneRow[] }) {
  const count = (outcome: UndoneRow["outcome"]) => rows.filter((row) => row.outcome === outcome).length;
  const kept = rows.filter((row) => row.because !== null);
  return (
    <>
      <div className="flex wrap" style={{ gap: 8, padding: "0 14px 10px" }} role="status">
        <b className="strong">{t("people.undone")}</b>
        {UNDONE.filter((outcome) => count(outcome) > 0).map((outcome) => (
          <span key={outcome} className={`chip ${outcome === "stays" ? "warn" : ""}`}>
            {t(`people.undone.${outcome}`)} <b className="num">{count(outcome)}</b>
          </span>
        ))}
      </div>
      {kept.length > 0 && (
        <table>
          <tbody>
            {kept.slice(0, SHOWN_ROWS).map((row) => (
              <tr key={row.contact_id}>
                <td>
                  <bdi>{row.name || t("person.nameless")}</bdi>
                </td>
                <td>
                  <span className="chip">{t(`people.undone.${row.outcome}`)}</span>
                </td>
                <td className="muted">{row.because && t(`people.because.${row.because}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
