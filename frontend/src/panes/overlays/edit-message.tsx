import { useState } from "react";
import { act } from "../../commands/reply";
import { useAsk, Wrong } from "../../settings/page";
import { t } from "../../text/i18n";
import { Confirm } from "../../ui/confirm";
import { useCore, useSelect } from "../../ui/use-core";

interface Props {
  conversation: string;
  id: string;
  close: () => void;
}

/** Other words for an answer that has arrived. They stay until the server has said yes. */
export function EditMessage({ conversation, id, close }: Props) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const said = useSelect((state) => state.timelines[conversation]?.messages[id]?.text);
  const [text, setText] = useState(said ?? "");
  const save = async () => {
    if (!busy && (await ask(() => act(core, id, { action: "edit", text }).then(() => true)))) close();
  };
  return (
    <Confirm title={t("message.edit")} action={t("save")} safe off={busy} cancel={close} confirm={() => void save()}>
      <Wrong text={wrong} />
      <textarea
        className="input"
        rows={5}
        aria-label={t("message.edit")}
        dir="auto"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </Confirm>
  );
}
