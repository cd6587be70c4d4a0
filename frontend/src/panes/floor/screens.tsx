import { useCallback, useEffect, useState } from "react";
import { reason } from "../../commands/triage";
import { CopyLine, Drawer, useAsk, Wrong } from "../../settings/page";
import { t } from "../../text/i18n";
import { shortDate } from "../../text/time";
import { useCore, useNow } from "../../ui/use-core";
import s from "./floor.module.css";

interface Screen {
  id: string;
  name: string;
  created_at: string;
  last_used_at: string | null;
}

/** Links for screens on a wall: made, shown once, taken back. */
export function ScreensDrawer({ close }: { close: () => void }) {
  const core = useCore();
  const now = useNow(60_000);
  const { ask, busy, wrong } = useAsk();
  const [lost, setLost] = useState<string | null>(null);
  const [screens, setScreens] = useState<readonly Screen[] | null>(null);
  const [name, setName] = useState("");
  const [made, setMade] = useState<{ name: string; token: string } | null>(null);
  const look = useCallback(
    () =>
      core.api
        .get<{ items: Screen[] }>("/screens")
        .then((answer) => setScreens(answer.items))
        .catch((error) => setLost(reason(error))),
    [core],
  );
  useEffect(() => void look(), [look]);
  const make = () =>
    ask(async () => {
      setMade(await core.api.post<{ name: string; token: string }>("/screens", { name: name.trim() }));
      setName("");
      await look();
    });
  const revoke = (id: string) =>
    ask(async () => {
      await core.api.delete(`/screens/${id}`);
      setMade(null);
      await look();
    });
  return (
    <Drawer title={t("screens.title")} close={close}>
      <p className="hint">{t("screens.hint")}</p>
      <Wrong text={lost ?? wrong} />
      {made && (
        <>
          <div className="banner ok small">{t("screens.once")}</div>
          <CopyLine text={`${location.origin}/screen#${made.token}`} label={made.name} />
        </>
      )}
      <form
        className="flex"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <input
          className="input"
          required
          maxLength={200}
          aria-label={t("screens.name")}
          placeholder={t("screens.name")}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="btn primary" disabled={busy}>
          {t("screens.make")}
        </button>
      </form>
      {screens?.length === 0 && <p className="muted">{t("screens.none")}</p>}
      <ul className={s.screens}>
        {screens?.map((one) => (
          <li key={one.id}>
            <span className="grow">
              <bdi className="strong">{one.name}</bdi>
              <span className="muted small">
                {" "}
                {one.last_used_at ? t("screens.used", { time: shortDate(one.last_used_at, now) }) : t("screens.unused")}
              </span>
            </span>
            <button
              type="button"
              className="btn ghost sm danger-quiet"
              aria-label={t("screens.revokeOne", { name: one.name })}
              disabled={busy}
              onClick={() => void revoke(one.id)}
            >
              {t("screens.revoke")}
            </button>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}
