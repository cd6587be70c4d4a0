import { t } from "../../../text/i18n";
import { Icon } from "../../../ui/icon";
import { size } from "../attachments";
import s from "./composer.module.css";
import type { PickedFile, useFiles } from "./use-files";

/** What went wrong stands where the name stood: which file it was is told with it. */
const said = ({ name, wrong }: PickedFile) => (wrong ? `${name}: ${wrong}` : name);

export function Files({ files }: { files: ReturnType<typeof useFiles> }) {
  if (!files.files.length) return null;
  return (
    <ul className={s.files}>
      {files.files.map((file) => (
        <li key={file.key} className={`${s.fileChip} ${file.wrong ? s.bad : ""}`} title={said(file)}>
          <Icon name={file.wrong ? "warn" : file.id ? "attach" : "clock"} size="s" />
          <span className="clip">{file.wrong ?? file.name}</span>
          {!file.wrong && <span className="muted nowrap">{file.id ? size(file.bytes) : t("file.uploading")}</span>}
          <button
            type="button"
            className="btn ghost sm icon-only"
            aria-label={t("file.remove", { name: file.name })}
            onClick={() => files.remove(file.key)}
          >
            <Icon name="x" size="xs" />
          </button>
        </li>
      ))}
    </ul>
  );
}
