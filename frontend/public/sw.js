// Shows what the service pushes, and opens the conversation when it is clicked. Nothing is cached here.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const told = event.data?.json() ?? {};
  event.waitUntil(show(told));
});

async function show(told) {
  // In a window that somebody looks at it is on the screen already.
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (told.tag !== "test" && windows.some((one) => one.focused && one.visibilityState === "visible")) return;
  await self.registration.showNotification(told.title ?? "Inbox", {
    body: told.body ?? "",
    tag: told.tag ?? "inbox",
    renotify: true,
    requireInteraction: told.urgent === true,
    icon: "/icon.svg",
    badge: "/icon.svg",
    data: { path: told.path ?? "/" },
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.path ?? "/"));
});

async function open(path) {
  const windows = await self.clients.matchAll({ type: "window" });
  const [there] = windows;
  if (!there) return self.clients.openWindow(path);
  there.postMessage({ type: "open", path });
  return there.focus();
}
