/** Being called by push in this browser: asked for, kept while the session lasts, taken back. */

import type { Core } from "../core";
import type { BrowserShape, PushShape } from "../protocol/types.generated";

/** `ask`: not asked yet. `denied`: only the browser's own settings can change that. */
export type PushState = "on" | "off" | "ask" | "denied" | "unsupported";

export async function pushState(): Promise<PushState> {
  if (!window.isSecureContext || !("serviceWorker" in navigator) || !("PushManager" in window)) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  if (Notification.permission === "default") return "ask";
  return (await subscription()) ? "on" : "off";
}

async function subscription(): Promise<PushSubscription | null> {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return (await worker?.pushManager.getSubscription()) ?? null;
}

/** Asks the reader, subscribes, and tells the server. What the browser refuses is thrown in its words. */
export async function callMeHere(core: Core): Promise<PushState> {
  if ((await Notification.requestPermission()) !== "granted") return pushState();
  const worker = await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
  const { key } = await core.api.get<PushShape>("/push");
  const known = await worker.pushManager.getSubscription();
  const made =
    known ?? (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) }));
  await tell(core, made);
  return "on";
}

export async function stopHere(core: Core, browsers: readonly BrowserShape[]): Promise<PushState> {
  await (await subscription())?.unsubscribe();
  const mine = browsers.find((one) => one.current);
  if (mine) await core.api.delete(`/push/browsers/${mine.id}`);
  return "off";
}

/** A new session in a browser that was subscribed before: it is called again, without being asked. */
export async function keepCalling(core: Core): Promise<void> {
  if ((await pushState()) !== "on") return;
  const { browsers } = await core.api.get<PushShape>("/push");
  const made = await subscription();
  if (made && !browsers.some((one) => one.current)) await tell(core, made);
}

async function tell(core: Core, made: PushSubscription): Promise<void> {
  const { endpoint, keys } = made.toJSON();
  await core.api.post("/push/browsers", { endpoint, keys, name: browserName() });
}

/** "Firefox, Linux": enough to tell one's machines apart. */
export function browserName(agent = navigator.userAgent): string {
  const browser = [
    [/Edg\//, "Edge"],
    [/OPR\//, "Opera"],
    [/Firefox\//, "Firefox"],
    [/Chrome\//, "Chrome"],
    [/Safari\//, "Safari"],
  ].find(([mark]) => (mark as RegExp).test(agent))?.[1];
  const system = [
    [/Android/, "Android"],
    [/iPhone|iPad/, "iOS"],
    [/Windows/, "Windows"],
    [/Mac OS X/, "macOS"],
    [/Linux/, "Linux"],
  ].find(([mark]) => (mark as RegExp).test(agent))?.[1];
  return [browser, system].filter(Boolean).join(", ") || agent.slice(0, 60);
}

function bytesOf(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** What is read here needs not stand on the machine's own list any more. */
export async function closeShown(tag: string): Promise<void> {
  const worker = "serviceWorker" in navigator ? await navigator.serviceWorker.getRegistration("/") : undefined;
  for (const one of (await worker?.getNotifications({ tag })) ?? []) one.close();
}
