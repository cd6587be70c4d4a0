import { Suspense } from "react";
import { t } from "../text/i18n";
import { Boundary } from "../ui/boundary";
import { later } from "../ui/later";
import { useCore, useDesk } from "../ui/use-core";
import { firstSteps } from "./start/with-words";

// None of these is on the first screen; each is loaded when its key is first pressed, and kept.
const Account = later(() => import("./overlays/account").then((m) => m.Account));
const FirstSteps = later(() => firstSteps().then((m) => m.FirstStepsSheet));
const Help = later(() => import("./overlays/help").then((m) => m.Help));
const Notifications = later(() => import("./overlays/notifications").then((m) => m.Notifications));
const Palette = later(() => import("./overlays/palette").then((m) => m.Palette));
const Pickers = later(() => import("./overlays/pickers").then((m) => m.Pickers));
const StartConversation = later(() => import("./overlays/start").then((m) => m.StartConversation));

/** What floats above the panes: at most one sheet and one picker. */
export function Overlays() {
  const core = useCore();
  const sheet = useDesk((desk) => desk.sheet);
  const picker = useDesk((desk) => desk.picker);
  const failed = () => {
    core.show({ sheet: null, picker: null });
    core.toast(t("error.unreachable"), "bad", { label: t("error.again"), run: () => location.reload() });
  };
  return (
    <Boundary key={`${sheet} ${picker}`} failed={failed}>
      <Suspense>
        {sheet === "palette" && <Palette />}
        {sheet === "help" && <Help />}
        {sheet === "notifications" && <Notifications />}
        {sheet === "start" && <StartConversation />}
        {sheet === "account" && <Account />}
        {sheet === "first-steps" && <FirstSteps />}
        {picker && <Pickers key={picker} picker={picker} />}
      </Suspense>
    </Boundary>
  );
}

/** Loads them while nothing else happens, so that the first press waits for nothing. */
export function loadAhead(): void {
  const load = () => {
    for (const part of [Palette, Pickers, Help, Notifications]) part.ahead();
  };
  if ("requestIdleCallback" in window) requestIdleCallback(load, { timeout: 5000 });
  else setTimeout(load, 2000);
}
