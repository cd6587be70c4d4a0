/** How many are unread, on the icon of the tab. */

const PLAIN = "/icon.svg";

export function badge(unread: number): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) return;
  const href = unread ? `data:image/svg+xml,${encodeURIComponent(drawn(unread))}` : PLAIN;
  if (link.getAttribute("href") !== href) link.setAttribute("href", href);
}

/** The icon of public/icon.svg with a mark over it. */
function drawn(unread: number): string {
  const text = unread > 99 ? "99" : String(unread);
  const size = text.length > 1 ? 11 : 13;
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28"><rect width="28" height="28" rx="8" fill="#0f2d36"/>' +
    '<path d="M7 8.5h14M7 14h9M7 19.5h5" stroke="#e9f4f6" stroke-width="2.6" stroke-linecap="round" fill="none"/>' +
    '<circle cx="19" cy="19" r="9" fill="#d6391b"/>' +
    `<text x="19" y="23.4" font-family="sans-serif" font-weight="700" font-size="${size}" fill="#fff" ` +
    `text-anchor="middle">${text}</text></svg>`
  );
}
