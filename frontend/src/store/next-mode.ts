/** Whether the next conversation is taken when one is done with: kept in this browser. */

const KEY = "inbox.nextMode";

export function readNextMode(): boolean {
  return localStorage.getItem(KEY) === "on";
}

export function writeNextMode(on: boolean): void {
  localStorage.setItem(KEY, on ? "on" : "off");
}
