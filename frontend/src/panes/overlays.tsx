import { useDesk } from "../ui/use-core";
import { Account } from "./overlays/account";
import { Help } from "./overlays/help";
import { Notifications } from "./overlays/notifications";
import { Palette } from "./overlays/palette";
import { Pickers } from "./overlays/pickers";
import { StartConversation } from "./overlays/start";

/** What floats above the panes: at most one sheet and one picker. */
export function Overlays() {
  const sheet = useDesk((desk) => desk.sheet);
  const picker = useDesk((desk) => desk.picker);
  return (
    <>
      {sheet === "palette" && <Palette />}
      {sheet === "help" && <Help />}
      {sheet === "notifications" && <Notifications />}
      {sheet === "start" && <StartConversation />}
      {sheet === "account" && <Account />}
      {picker && <Pickers key={picker} picker={picker} />}
    </>
  );
}
