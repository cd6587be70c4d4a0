/** Files on their way into an answer: checked against what the channel takes, uploaded at once, sent by id. */

import { useRef, useState } from "react";
import { reason } from "../../../commands/triage";
import { newKey } from "../../../http/api";
import type { AttachmentShape, CapabilityShape } from "../../../protocol/types.generated";
import { t } from "../../../text/i18n";
import { useCore } from "../../../ui/use-core";
import { size } from "../attachments";

export interface PickedFile {
  key: string;
  name: string;
  bytes: number;
  id: string | null;
  wrong: string | null;
}

/** Null: the channel takes it. Notes take anything. */
export function refusal(
  file: { type: string; size: number; name: string },
  capability: CapabilityShape | undefined,
): string | null {
  if (!capability) return null;
  if (!capability.attachments.length) return t("file.noneHere");
  const fitting = capability.attachments.filter((rule) => {
    const mimes = (rule.mimes ?? []) as string[];
    const [family] = file.type.split("/");
    return mimes.some((mime) => mime === "*/*" || mime === file.type || mime === `${family}/*`);
  });
  if (!fitting.length) return t("file.typeNotHere", { type: file.type || file.name.split(".").at(-1) || "?" });
  const most = Math.max(...fitting.map((rule) => Number(rule.max_bytes ?? Number.MAX_SAFE_INTEGER)));
  return file.size > most ? t("file.tooBig", { size: size(file.size), limit: size(most) }) : null;
}

export function useFiles(capability: CapabilityShape | undefined) {
  const core = useCore();
  const [files, setFiles] = useState<readonly PickedFile[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const patch = (key: string, change: Partial<PickedFile>) =>
    setFiles((all) => all.map((file) => (file.key === key ? { ...file, ...change } : file)));
  const add = (list: Iterable<File>) => {
    for (const file of list) {
      const key = newKey();
      const wrong = refusal(file, capability);
      setFiles((all) => [...all, { key, name: file.name, bytes: file.size, id: null, wrong }]);
      if (wrong) continue;
      core.api
        .upload<AttachmentShape>("/attachments", file, key)
        .then((attachment) => patch(key, { id: attachment.id }))
        .catch((error) => patch(key, { wrong: reason(error) }));
    }
  };
  return {
    files,
    input,
    add,
    remove: (key: string) => setFiles((all) => all.filter((file) => file.key !== key)),
    clear: () => setFiles([]),
    ids: files.flatMap((file) => (file.id ? [file.id] : [])),
    busy: files.some((file) => !file.id && !file.wrong),
    bad: files.some((file) => file.wrong),
  };
}
