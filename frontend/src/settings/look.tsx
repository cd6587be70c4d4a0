import { lazy, Suspense, useState } from "react";
import { setLook } from "../panes/overlays/account";
import { arrange } from "../panes/start/own";
import { Languages } from "../signin/frame";
import { type Key, t } from "../text/i18n";
import { startWords } from "../text/start/load";
import { machineZone, ownZone } from "../text/zone";
import { useCore, useDesk } from "../ui/use-core";
import type { Look } from "./look-store";
import { Page } from "./page";
import s from "./settings.module.css";
import { isZone, ZoneField } from "./zone-field";

const OwnKeys = lazy(async () => {
  const [page] = await Promise.all([import("./own-keys"), startWords()]);
  return page;
});

const THEMES: readonly [Look["theme"], Key][] = [
  ["system", "theme.system"],
  ["light", "theme.light"],
  ["dark", "theme.dark"],
  ["contrast", "theme.contrast"],
];

/** The zone that times are told in, for whoever works in another one than his machine. Kept with the account. */
function OwnZone() {
  const core = useCore();
  const kept = useDesk((desk) => desk.own.zone);
  const [typed, setTyped] = useState<string | null>(kept || null);
  return (
    <>
      <h2>{t("look.zone")}</h2>
      <div className={s.options}>
        <button
          type="button"
          className="btn"
          aria-pressed={typed === null}
          onClick={() => (kept ? void arrange(core, { zone: "" }) : setTyped(null))}
        >
          {t("look.zoneHere", { zone: machineZone() })}
        </button>
        <button type="button" className="btn" aria-pressed={typed !== null} onClick={() => setTyped(ownZone())}>
          {t("look.zoneOther")}
        </button>
      </div>
      {typed !== null && (
        <form
          className="flex"
          style={{ alignItems: "start", flexWrap: "wrap" }}
          onSubmit={(event) => {
            event.preventDefault();
            if (isZone(typed)) void arrange(core, { zone: typed });
          }}
        >
          <ZoneField zone={typed} change={setTyped} />
          {typed !== kept && (
            <button type="submit" className="btn primary" style={{ marginTop: 22 }} disabled={!isZone(typed)}>
              {t("save")}
            </button>
          )}
        </form>
      )}
      <p className="hint">{t("look.zoneHint")}</p>
    </>
  );
}

/** How this machine shows the app. */
export function LookPage() {
  const core = useCore();
  const theme = useDesk((desk) => desk.theme);
  const compact = useDesk((desk) => desk.compact);
  const shortcuts = useDesk((desk) => desk.shortcuts);
  return (
    <Page title={t("settings.look")} detail={t("look.here")}>
      <div className={`${s.panel} ${s.narrow}`}>
        <div className={s.block}>
          <h2>{t("look.theme")}</h2>
          <div className={s.options}>
            {THEMES.map(([value, label]) => (
              <button
                key={value}
                type="button"
                className="btn"
                aria-pressed={theme === value}
                onClick={() => setLook(core, { theme: value })}
              >
                {t(label)}
              </button>
            ))}
          </div>
          <h2>{t("look.density")}</h2>
          <div className={s.options}>
            <button
              type="button"
              className="btn"
              aria-pressed={!compact}
              onClick={() => setLook(core, { compact: false })}
            >
              {t("look.comfortable")}
            </button>
            <button
              type="button"
              className="btn"
              aria-pressed={compact}
              onClick={() => setLook(core, { compact: true })}
            >
              {t("look.compact")}
            </button>
          </div>
          <h2>{t("look.language")}</h2>
          <Languages />
          <OwnZone />
          <h2>{t("look.keys")}</h2>
          <label className="flex">
            <input
              type="checkbox"
              checked={shortcuts}
              onChange={(event) => setLook(core, { shortcuts: event.target.checked })}
            />
            {t("look.singleKeys")}
          </label>
          {shortcuts && (
            <Suspense fallback={<div aria-busy="true" />}>
              <OwnKeys />
            </Suspense>
          )}
        </div>
      </div>
    </Page>
  );
}
