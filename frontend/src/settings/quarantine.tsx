import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import { size } from "../panes/timeline/attachments";
import { t } from "../text/i18n";
import { fullDate, shortDate } from "../text/time";
import { NetworkBadge } from "../ui/face";
import { Icon } from "../ui/icon";
import { useCore, useNow, useSelect } from "../ui/use-core";
import { Drawer, Page, useAsk, Wrong } from "./page";
import s from "./settings.module.css";

interface Held {
  id: string;
  channel_id: string;
  received_at: string;
  state: string;
  problem: string;
  size_bytes: number;
}

interface HeldBody extends Held {
  body: string;
}

/** Deliveries that could not be understood or have no channel: kept whole, to be taken in again after a fix. */
export function QuarantinePage() {
  const core = useCore();
  const { held, further, more, put, wrong, again } = useHeld();
  const [open, setOpen] = useState<string | null>(null);
  const { running, done, replayAll } = useReplayAll(held, put);
  return (
    <>
      <Page
        title={t("settings.quarantine")}
        detail={t("quarantine.hint")}
        action={
          <button
            type="button"
            className="btn primary"
            disabled={!held?.length || running}
            onClick={() => void replayAll().then(again)}
          >
            <Icon name="refresh" size="s" />
            {running ? t("quarantine.running", { n: done }) : t("quarantine.all")}
          </button>
        }
      >
        <Wrong text={wrong} />
        {held?.length === 0 && (
          <div className="banner ok">
            <Icon name="check" />
            {t("quarantine.none")}
          </div>
        )}
        {held && held.length > 0 && <Table held={held} open={setOpen} put={put} />}
        {further && (
          <button type="button" className="btn" style={{ alignSelf: "center" }} onClick={more}>
            {t("timeline.older")}
          </button>
        )}
      </Page>
      {open && (
        <Raw
          key={open}
          id={open}
          close={() => setOpen(null)}
          replayed={(one) => {
            put(one);
            core.toast(stateWords(one), one.state === "done" ? "done" : "bad");
          }}
        />
      )}
    </>
  );
}

const stateWords = (one: Held): string =>
  one.state === "done" ? t("quarantine.done") : t("quarantine.still", { problem: one.problem });

function useHeld() {
  const core = useCore();
  const [held, setHeld] = useState<readonly Held[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const ask = useCallback(
    async (after: string | null) => {
      try {
        const query = { limit: "50", ...(after ? { cursor: after } : {}) };
        const page = await core.api.get<{ items: Held[]; next_cursor: string | null }>("/quarantine", query);
        setHeld((before) => (after ? [...(before ?? []), ...page.items] : page.items));
        setCursor(page.next_cursor);
        setWrong(null);
      } catch (error) {
        setWrong(reason(error));
      }
    },
    [core],
  );
  useEffect(() => void ask(null), [ask]);
  /** One that was taken in goes; one that failed again says why. */
  const put = (one: Held) =>
    setHeld(
      (all) => all?.flatMap((other) => (other.id !== one.id ? [other] : one.state === "done" ? [] : [one])) ?? all,
    );
  return { held, further: cursor !== null, more: () => void ask(cursor), put, wrong, again: () => void ask(null) };
}

/** One after the other, oldest first, so that they come in as they were sent. */
function useReplayAll(held: readonly Held[] | null, put: (one: Held) => void) {
  const core = useCore();
  const [running, setRunning] = useState(false);
  const [done, setDone] = useState(0);
  const replayAll = async () => {
    setRunning(true);
    setDone(0);
    let failed = 0;
    try {
      for (const one of [...(held ?? [])].reverse()) {
        const next = await core.api.post<Held>(`/quarantine/${one.id}/replay`);
        if (next.state !== "done") failed += 1;
        put(next);
        setDone((n) => n + 1);
      }
      const n = (held?.length ?? 0) - failed;
      core.toast(t("quarantine.result", { n, failed }), failed ? "bad" : "done");
    } catch (error) {
      core.toast(reason(error), "bad");
    } finally {
      setRunning(false);
    }
  };
  return { running, done, replayAll };
}

function Table({ held, open, put }: { held: readonly Held[]; open: (id: string) => void; put: (one: Held) => void }) {
  const core = useCore();
  const now = useNow(60_000);
  const { ask, busy, wrong } = useAsk();
  const replay = async (id: string) => {
    const next = await ask(() => core.api.post<Held>(`/quarantine/${id}/replay`));
    if (!next) return;
    put(next);
    core.toast(stateWords(next), next.state === "done" ? "done" : "bad");
  };
  return (
    <div className={s.panel}>
      <Wrong text={wrong} />
      <table className={s.cards}>
        <thead>
          <tr>
            <th>{t("quarantine.when")}</th>
            <th>{t("channels.channel")}</th>
            <th>{t("quarantine.problem")}</th>
            <th>{t("quarantine.size")}</th>
            <th>
              <span className="sr">{t("more")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {held.map((one) => (
            <tr key={one.id}>
              <td className="nowrap num" title={fullDate(one.received_at)}>
                {shortDate(one.received_at, now)}
              </td>
              <td>
                <ChannelName id={one.channel_id} />
              </td>
              <td>{one.problem}</td>
              <td className="muted nowrap">{size(one.size_bytes)}</td>
              <td className={s.end}>
                <button type="button" className="btn ghost sm" onClick={() => open(one.id)}>
                  {t("quarantine.look")}
                </button>
                <button type="button" className="btn ghost sm" disabled={busy} onClick={() => void replay(one.id)}>
                  {t("quarantine.replay")}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ChannelName({ id }: { id: string }) {
  const channel = useSelect((state) => state.channels[id]);
  if (!channel) return <span className="muted">{t("quarantine.noChannel")}</span>;
  return (
    <span className="flex">
      <NetworkBadge network={channel.network} channelId={id} />
      <span className="clip">{channel.name}</span>
    </span>
  );
}

/** What the network sent, as it was; JSON is set out in lines. */
function Raw({ id, close, replayed }: { id: string; close: () => void; replayed: (one: Held) => void }) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [held, setHeld] = useState<HeldBody | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for once, when it is opened
  useEffect(() => {
    void ask(() => core.api.get<HeldBody>(`/quarantine/${id}`)).then((found) => found && setHeld(found));
  }, [core, id]);
  const replay = async () => {
    const next = await ask(() => core.api.post<HeldBody>(`/quarantine/${id}/replay`));
    if (!next) return;
    replayed(next);
    if (next.state === "done") close();
    else setHeld(next);
  };
  return (
    <Drawer
      title={t("quarantine.raw")}
      close={close}
      foot={
        <button type="button" className="btn primary" disabled={busy || !held} onClick={() => void replay()}>
          {t("quarantine.replay")}
        </button>
      }
    >
      <Wrong text={wrong} />
      {held && (
        <>
          <p className="strong">{held.problem}</p>
          <pre className={s.code} dir="ltr">
            {setOut(held.body)}
          </pre>
          {held.size_bytes > held.body.length && <p className="hint">{t("quarantine.cut")}</p>}
        </>
      )}
    </Drawer>
  );
}

/** JSON set out in lines; anything else as it came. */
export function setOut(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
