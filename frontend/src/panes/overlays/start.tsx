import { useState } from "react";
import { startConversation } from "../../commands/reply";
import { reason } from "../../commands/triage";
import { t } from "../../text/i18n";
import { networkName } from "../../text/network-names";
import { Confirm } from "../../ui/confirm";
import { useCore, useSelect } from "../../ui/use-core";

/** A first word from us, on a network that lets us begin. */
export function StartConversation() {
  const core = useCore();
  const channels = useSelect((state) => state.channels);
  const able = Object.values(channels).filter(
    (channel) => channel.active && Object.values(channel.capabilities).some((can) => can.starts),
  );
  const [channelId, setChannelId] = useState(able[0]?.id ?? "");
  const [to, setTo] = useState("");
  const [subject, setSubject] = useState("");
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const close = () => core.show({ sheet: null });
  const mail = Object.values(channels[channelId]?.capabilities ?? {}).some((can) => can.recipients);
  const send = async () => {
    try {
      await startConversation(core, { channel_id: channelId, to, text, ...(mail && subject ? { subject } : {}) });
      close();
    } catch (error) {
      setWrong(reason(error));
    }
  };
  return (
    <Confirm
      title={t("cmd.start")}
      text={able.length ? undefined : t("start.none")}
      action={t("send.private")}
      safe
      cancel={close}
      confirm={() => void send()}
    >
      {wrong && (
        <div className="banner bad small" role="alert">
          {wrong}
        </div>
      )}
      <div className="field">
        <label htmlFor="start-channel">{t("start.channel")}</label>
        <select
          id="start-channel"
          className="input"
          required
          value={channelId}
          onChange={(event) => setChannelId(event.target.value)}
        >
          {able.map((channel) => (
            <option key={channel.id} value={channel.id}>
              {networkName(channel)}: {channel.name}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor="start-to">{t("start.to")}</label>
        <input id="start-to" className="input" required value={to} onChange={(event) => setTo(event.target.value)} />
      </div>
      {mail && (
        <div className="field">
          <label htmlFor="start-subject">{t("mail.subject")}</label>
          <input
            id="start-subject"
            className="input"
            dir="auto"
            value={subject}
            onChange={(event) => setSubject(event.target.value)}
          />
        </div>
      )}
      <div className="field">
        <label htmlFor="start-text">{t("start.text")}</label>
        <textarea
          id="start-text"
          className="input"
          rows={5}
          required
          dir="auto"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
    </Confirm>
  );
}
