/** F6 walks the panes. A pane is an element with `data-pane`; the focus goes to its marked child or to itself. */

export function nextPane(by: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter((pane) => pane.offsetParent !== null);
  if (!panes.length) return;
  const active = document.activeElement;
  const at = panes.findIndex((pane) => pane.contains(active));
  const next = panes[(at + by + panes.length) % panes.length];
  const target = next?.querySelector<HTMLElement>("[data-pane-focus]") ?? next;
  target?.focus();
}

/** The keys move through the list: the focus follows, so that Enter opens the row and not the link clicked before. */
export function focusList(): void {
  const list = document.querySelector<HTMLElement>("[role=listbox][data-pane-focus]");
  if (list && !list.contains(document.activeElement)) list.focus({ preventScroll: true });
}
