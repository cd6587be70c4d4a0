import { lazy, Suspense } from "react";
import { t } from "../text/i18n";
import { Boundary } from "../ui/boundary";
import { useCore, useDesk } from "../ui/use-core";
import { firstSteps } from "./start/with-words";

// None of these is on the first screen; each is loaded when its key is first pressed, and kept.
const Account = lazy(() => import("./overlays/account").then((m) => ({ default: m.Account })));
const FirstSteps = lazy(() => firstSteps().then((m) => ({ default: m.FirstStepsSheet })));
const Help = lazy(() => import("./overlays/help").then((m) => ({ default: m.Help })));
const Notifications = lazy(() => import("./overlays/notifications").then((m) => ({ default: m.Notifications })));
const Palette = lazy(() => import("./overlays/palette").then((m) => ({ default: m.Palette })));
const Pickers = lazy(() => import("./overlays/pickers").then((m) => ({ default: m.Pickers })));
const StartConversation = lazy(() => import("./overlays/start").then((m) => ({ default: m.StartConversation })));

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
    void import("./overlays/palette");
    void import("./overlays/pickers");
    void import("./overlays/help");
    void import("./overlays/notifications");
  };
  if ("requestIdleCallback" in window) requestIdleCallback(load, { timeout: 5000 });
  else setTimeout(load, 2000);
}
