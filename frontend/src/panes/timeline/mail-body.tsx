import { useEffect, useMemo, useRef, useState } from "react";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import s from "./timeline.module.css";

const REMOTE = /\b(?:src|background|poster)\s*=\s*["']?\s*(?:https?:)?\/\/|url\(\s*["']?\s*(?:https?:)?\/\//i;

/**
 * The document of a mail: nothing is loaded from elsewhere until the agent allows it. The frame's sandbox runs no
 * script, sends no form and opens nothing in this window, so even what a sanitiser missed could do nothing.
 */
export function mailDocument(html: string, images: boolean): string {
  const origin = location.origin;
  const img = images ? `${origin} https: http: data:` : `${origin} data:`;
  const policy = `default-src 'none'; img-src ${img}; style-src 'unsafe-inline'; font-src 'none'; form-action 'none'; base-uri 'none'`;
  // Intake has moved the address of every remote image to `data-remote-src`.
  const shown = images ? html.replaceAll(" data-remote-src=", " src=") : html;
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><base target="_blank"><style>
body{margin:12px;font:14px/1.5 system-ui,sans-serif;color:#17191a;background:#fff;overflow-wrap:anywhere}
img{max-width:100%;height:auto}table{max-width:100%}blockquote{margin:8px 0;padding-left:10px;border-left:2px solid #ccc;color:#555}
pre{white-space:pre-wrap}</style></head><body>${shown}</body></html>`;
}

export function MailBody({ html, quoted }: { html: string; quoted: string | null }) {
  const [images, setImages] = useState(false);
  const [whole, setWhole] = useState(false);
  const [height, setHeight] = useState(80);
  const frame = useRef<HTMLIFrameElement>(null);
  const content = whole && quoted ? `${html}${quoted}` : html;
  const remote = useMemo(() => REMOTE.test(content), [content]);
  const source = useMemo(() => mailDocument(content, images), [content, images]);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    // allow-same-origin without allow-scripts: we may measure it, it can run nothing.
    const measure = () => {
      const body = element.contentDocument?.body;
      if (body) setHeight(Math.min(4000, Math.max(40, body.scrollHeight + 24)));
    };
    element.addEventListener("load", measure);
    const later = setTimeout(measure, 400);
    return () => {
      element.removeEventListener("load", measure);
      clearTimeout(later);
    };
  }, []);
  return (
    <div className={s.mail}>
      {remote && !images && (
        <div className={s.mailbar}>
          <Icon name="shield" size="s" />
          <span className="grow">{t("mail.imagesOff")}</span>
          <button type="button" className="btn sm" onClick={() => setImages(true)}>
            {t("mail.showImages")}
          </button>
        </div>
      )}
      <iframe
        ref={frame}
        title={t("mail.body")}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        srcDoc={source}
        style={{ height }}
      />
      {quoted && (
        <div className={s.mailbar}>
          <button type="button" className={s.link} aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? t("mail.hideQuoted") : t("mail.showQuoted")}
          </button>
        </div>
      )}
    </div>
  );
}
