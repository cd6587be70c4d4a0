/**
 * Puts a text on the clipboard. False where the browser does not let us.
 *
 * Pages that came over plain http have no clipboard to write to: there the copy command is given, and our text put in
 * place of what is selected.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (!navigator.clipboard) return commanded(text);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function commanded(text: string): boolean {
  const put = (event: ClipboardEvent): void => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("copy", put, { capture: true });
  try {
    return document.execCommand("copy");
  } finally {
    document.removeEventListener("copy", put, { capture: true });
  }
}
