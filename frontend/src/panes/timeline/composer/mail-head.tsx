import { useState } from "react";
import type { ConversationShape, ThreadShape } from "../../../protocol/types.generated";
import { t } from "../../../text/i18n";
import { useSelect } from "../../../ui/use-core";
import { recipientsOf } from "./audience";
import s from "./composer.module.css";

export interface MailFields {
  to: string;
  cc: string;
  bcc: string;
  subject: string;
  forward: boolean;
  changed: boolean;
}

export function startMail(row: ConversationShape): MailFields {
  const subject = row.subject && !/^(re|aw|vs|απ|sv):/i.test(row.subject) ? `Re: ${row.subject}` : row.subject;
  return { to: "", cc: "", bcc: "", subject, forward: false, changed: false };
}

const list = (text: string) =>
  text
    .split(/[,;\n]/)
    .map((one) => one.trim())
    .filter(Boolean);

/** Untouched, the server answers the sender; changed, exactly these. */
export function mailBody(mail: MailFields, row: ConversationShape) {
  if (!mail.changed) return {};
  return {
    to: list(mail.to),
    cc: list(mail.cc),
    bcc: list(mail.bcc),
    ...(mail.subject !== startMail(row).subject ? { subject: mail.subject } : {}),
    ...(mail.forward ? { forward: true, quote: true } : {}),
  };
}

interface Props {
  row: ConversationShape;
  thread: ThreadShape;
  mail: MailFields;
  change: (mail: MailFields) => void;
}

/** To, Cc, Bcc and subject; folded to one line until someone wants them. */
export function MailHead({ row, thread, mail, change }: Props) {
  const own = useSelect((state) => state.channels[thread.channel_id]?.asset_id ?? "");
  const [open, setOpen] = useState(false);
  const one = recipientsOf(thread, own, false);
  const all = recipientsOf(thread, own, true);
  const several = all.to.length + all.cc.length > one.to.length;
  const fill = (to: string[], cc: string[], forward = false) => {
    const subject = forward ? `Fwd: ${row.subject}` : startMail(row).subject;
    change({ ...mail, to: to.join(", "), cc: cc.join(", "), subject, forward, changed: true });
    setOpen(true);
  };
  const set = (field: "to" | "cc" | "bcc" | "subject", value: string) =>
    change({ ...mail, [field]: value, changed: true });
  if (!open && !mail.changed) {
    return (
      <div className={s.replyTo}>
        <span className="clip grow">
          {t("mail.to")} <b className="strong">{one.to.join(", ") || row.contact.name}</b>
        </span>
        {several && (
          <button type="button" className="btn ghost sm" onClick={() => fill(all.to, all.cc)}>
            {t("mail.all", { n: all.to.length + all.cc.length })}
          </button>
        )}
        <button type="button" className="btn ghost sm" onClick={() => fill([], [], true)}>
          {t("mail.forward")}
        </button>
        <button type="button" className="btn ghost sm" onClick={() => fill(one.to, one.cc)}>
          {t("mail.fields")}
        </button>
      </div>
    );
  }
  const fields = ["to", "cc", "bcc", "subject"] as const;
  return (
    <div className={s.mail}>
      {fields.map((field) => (
        <Line
          key={field}
          id={`mail-${field}`}
          label={t(`mail.${field}`)}
          value={mail[field]}
          change={(value) => set(field, value)}
        />
      ))}
    </div>
  );
}

function Line({
  id,
  label,
  value,
  change,
}: {
  id: string;
  label: string;
  value: string;
  change: (value: string) => void;
}) {
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input id={id} value={value} dir="auto" onChange={(event) => change(event.target.value)} />
    </>
  );
}
