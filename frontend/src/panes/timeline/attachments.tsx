import type { AttachmentShape } from "../../protocol/types.generated";
import { formatNumber, t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import s from "./timeline.module.css";

const ICONS: Record<string, IconName> = {
  image: "posts",
  video: "play",
  audio: "phone",
  location: "pin",
  contact: "user",
  link: "link",
  sticker: "emoji",
};

export function size(bytes: number | null): string {
  if (bytes === null) return "";
  if (bytes < 1024) return t("size.b", { n: bytes });
  if (bytes < 1024 * 1024) return t("size.kb", { n: Math.round(bytes / 1024) });
  return t("size.mb", { n: formatNumber(Math.round(bytes / 1024 / 102.4) / 10) });
}

export function Attachments({ items }: { items: readonly AttachmentShape[] }) {
  const shown = items.filter((item) => !item.inline);
  if (!shown.length) return null;
  return (
    <div className={s.files}>
      {shown.map((item) => (
        <Attachment key={item.id} item={item} />
      ))}
    </div>
  );
}

function Attachment({ item }: { item: AttachmentShape }) {
  const name = item.name || item.title || item.kind;
  if (item.kind === "location") return <Place item={item} />;
  if (!item.url || item.state !== "ready") {
    const words =
      item.state === "pending"
        ? t("file.fetching")
        : item.state === "too_large"
          ? t("file.tooLarge")
          : t("file.failed");
    return (
      <span className={s.file}>
        <Icon name={item.state === "pending" ? "clock" : "warn"} size="s" />
        <span className="clip">{name}</span>
        <span className="muted nowrap">{words}</span>
      </span>
    );
  }
  if (item.kind === "image" || item.kind === "sticker") {
    return (
      <a className={s.image} href={item.url} target="_blank" rel="noreferrer" title={name}>
        <img src={item.url} alt={item.title || name} loading="lazy" />
      </a>
    );
  }
  if (item.kind === "audio") return <audio controls preload="none" src={item.url} aria-label={name} />;
  if (item.kind === "video")
    return (
      <video controls preload="metadata" src={item.url} aria-label={name} style={{ maxHeight: 240, borderRadius: 8 }} />
    );
  return (
    <a className={s.file} href={item.url} target="_blank" rel="noreferrer">
      <Icon name={ICONS[item.kind] ?? "file"} size="s" />
      <span className="clip">{name}</span>
      <span className="muted nowrap">{size(item.size_bytes)}</span>
    </a>
  );
}

function Place({ item }: { item: AttachmentShape }) {
  const { latitude, longitude } = item.meta;
  const words = item.title || (latitude && longitude ? `${latitude}, ${longitude}` : item.name);
  return (
    <span className={s.file}>
      <Icon name="pin" size="s" />
      <span className="clip">{words}</span>
    </span>
  );
}
