/** Files on their way into an answer: checked against what the channel takes, uploaded at once, sent by id. */

import { useEffect, useRef, useState } from "react";
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

/** How many go at once: a browser has few ways to a server, and the words beside them need one, too. */
const AT_ONCE = 3;

export function useFiles(capability: CapabilityShape | undefined) {
  const core = useCore();
  const [files, setFiles] = useState<readonly PickedFile[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const patch = (key: string, change: Partial<PickedFile>) =>
    setFiles((all) => all.map((file) => (file.key === key ? { ...file, ...change } : file)));
  const line = useLine(({ key, file }) =>
    core.api
      .upload<AttachmentShape>("/attachments", file, key)
      .then((attachment) => patch(key, { id: attachment.id }))
      .catch((error) => patch(key, { wrong: reason(error) })),
  );
  const add = (list: Iterable<File>) => {
    for (const file of list) {
      const key = newKey();
      const wrong = refusal(file, capability);
      setFiles((all) => [...all, { key, name: file.name, bytes: file.size, id: null, wrong }]);
      if (!wrong) line.push({ key, file });
    }
  };
  const keep = (stays: (file: { key: string }) => boolean) => {
    setFiles((all) => all.filter(stays));
    line.keep(stays);
  };
  return {
    files,
    input,
    add,
    remove: (key: string) => keep((file) => file.key !== key),
    clear: () => keep(() => false),
    ids: files.flatMap((file) => (file.id ? [file.id] : [])),
    busy: files.some((file) => !file.id && !file.wrong),
    bad: files.some((file) => file.wrong),
  };
}

interface Upload {
  key: string;
  file: File;
}

/** Files wait here for their turn; those that are not wanted any more, or whose writer is gone, never go. */
function useLine(upload: (next: Upload) => Promise<void>) {
  const line = useRef({ waiting: [] as Upload[], going: 0 }).current;
  const goOn = () => {
    const next = line.going < AT_ONCE ? line.waiting.shift() : undefined;
    if (!next) return;
    line.going += 1;
    void upload(next).finally(() => {
      line.going -= 1;
      goOn();
    });
  };
  const keep = (stays: (next: Upload) => boolean) => {
    line.waiting = line.waiting.filter(stays);
  };
  useEffect(
    () => () => {
      line.waiting = [];
    },
    [line],
  );
  const push = (next: Upload) => {
    line.waiting.push(next);
    goOn();
  };
  return { push, keep };
}
