import { useEffect, useState } from "react";
import { type Command, GROUPS, keysOf } from "../commands/registry";
import { describe, keyCaps } from "../keyboard/dispatch";
import { arrange } from "../panes/start/own";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { IS_MAC, useCore, useDesk } from "../ui/use-core";
import { asUsual, isSingle, remappable, takenBy, withKey } from "./remap";
import s from "./settings.module.css";

const MODIFIERS = ["Shift", "Control", "Alt", "Meta", "AltGraph"];

/** Every command that single keys reach, with its key, and the way to another one. */
export default function OwnKeys() {
  const core = useCore();
  const keys = useDesk((desk) => desk.own.keys);
  const [asked, setAsked] = useState<string | null>(null);
  const save = (next: Record<string, string>) => {
    setAsked(null);
    void arrange(core, { keys: next });
  };
  return (
    <>
      <p className="small muted">{t("keys.intro")}</p>
      {Object.keys(keys).length > 0 && (
        <button type="button" className="btn sm" onClick={() => save({})}>
          {t("keys.resetAll")}
        </button>
      )}
      {GROUPS.map(([group, label]) => (
        <section key={group} className={s.ownKeys} aria-label={t(label)}>
          <h3>{t(label)}</h3>
          <ul>
            {remappable(group).map((commands) => (
              <Row
                key={commands[0]?.id}
                commands={commands}
                asked={asked === commands[0]?.id}
                ask={(on) => setAsked(on ? (commands[0]?.id ?? null) : null)}
                save={save}
              />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

interface RowProps {
  commands: readonly Command[];
  asked: boolean;
  ask: (on: boolean) => void;
  save: (next: Record<string, string>) => void;
}

function Row({ commands, asked, ask, save }: RowProps) {
  const keys = useDesk((desk) => desk.own.keys);
  const [first] = commands;
  if (!first) return null;
  const name = commands.map((one) => t(one.label).replace("…", "")).join(" / ");
  const own = commands.some((one) => keys[one.id] !== undefined);
  return (
    <li>
      <span className="grow">{name}</span>
      {own && <span className="tiny muted">{t("keys.own")}</span>}
      <Caps keys={keysOf(first)} />
      {own && (
        <button
          type="button"
          className="btn ghost sm icon-only"
          aria-label={t("keys.reset", { command: name })}
          onClick={() => save(asUsual(keys, commands))}
        >
          <Icon name="undo" size="s" />
        </button>
      )}
      <button
        type="button"
        className="btn ghost sm icon-only"
        aria-label={t("keys.change", { command: name })}
        aria-expanded={asked}
        onClick={() => ask(!asked)}
      >
        <Icon name="keyboard" size="s" />
      </button>
      {asked && <Ask commands={commands} done={() => ask(false)} save={save} />}
    </li>
  );
}

/** Listens for one key before the app does. */
function Ask({ commands, done, save }: { commands: readonly Command[]; done: () => void; save: RowProps["save"] }) {
  const keys = useDesk((desk) => desk.own.keys);
  const [wanted, setWanted] = useState("");
  const good = isSingle(wanted);
  const taken = good ? takenBy(wanted, commands) : [];
  const listens = !good;
  useEffect(() => {
    if (!listens) return;
    const press = (event: KeyboardEvent) => {
      if (MODIFIERS.includes(event.key) || event.key === "Tab") return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") return done();
      if (event.key === "Backspace" || event.key === "Delete") return save(withKey(keys, commands, ""));
      const key = describe(event, IS_MAC);
      if (isSingle(key) && !takenBy(key, commands).length) save(withKey(keys, commands, key));
      else setWanted(key);
    };
    window.addEventListener("keydown", press, true);
    return () => window.removeEventListener("keydown", press, true);
  }, [listens, keys, commands, done, save]);
  const cap = keyCaps(wanted, IS_MAC).join(" ");
  return (
    <div className={s.askKey} role="status">
      {good ? (
        <>
          <span className="grow">
            {t("keys.taken", { key: cap, command: taken.map((one) => t(one.label).replace("…", "")).join(", ") })}
          </span>
          <button type="button" className="btn sm" onClick={() => save(withKey(keys, commands, wanted))}>
            {t("keys.take")}
          </button>
          <button type="button" className="btn ghost sm" onClick={done}>
            {t("cancel")}
          </button>
        </>
      ) : (
        <span>{wanted ? t("keys.notThis", { key: cap }) : t("keys.press")}</span>
      )}
    </div>
  );
}

function Caps({ keys }: { keys: readonly string[] }) {
  if (!keys.length) return <span className="tiny muted">{t("keys.none")}</span>;
  return (
    <span className="flex" style={{ gap: 3 }}>
      {keys.map((one, i) => (
        <span key={one} className="flex" style={{ gap: 3 }}>
          {i > 0 && <span className="faint tiny">/</span>}
          {keyCaps(one, IS_MAC).map((cap) => (
            <kbd key={cap}>{cap}</kbd>
          ))}
        </span>
      ))}
    </span>
  );
}
