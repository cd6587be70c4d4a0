import { useRef, useState } from "react";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import type { IconName } from "../ui/icon-paths";
import { Menu } from "../ui/menu";
import { Handle } from "./ordered";
import { ActionForm } from "./rule-action-form";
import { type Action, DOINGS, type Doing, MOST_ACTIONS, newAction, VISIBLE } from "./rule-parts";
import type { Named } from "./rule-words";
import s from "./rules.module.css";
import { moved, useOrder } from "./use-order";

const ICONS: Readonly<Record<Doing, IconName>> = {
  tag: "tag",
  untag: "tag",
  assign: "user",
  team: "users",
  priority: "bolt",
  escalate: "flag",
  note: "note",
  close: "check",
  dismiss: "dismiss",
  spam: "xcircle",
  hide: "hide",
  reply: "reply",
  out_of_hours: "moon",
  webhook: "forward",
  notify: "bell",
};

interface Props {
  actions: readonly Action[];
  change: (actions: readonly Action[]) => void;
  named: Named;
}

/** What a rule does, in order: each action with its own small form, moved by its handle. */
export function Actions({ actions, change, named }: Props) {
  const [says, setSays] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const keys = useKeys(actions.length);
  const move = (from: number, to: number) => {
    const order = moved(actions, from, to);
    const moving = actions[from];
    if (!order || !moving) return;
    keys.move(from, to);
    change(order);
    setSays(t("targets.movedTo", { name: t(`rules.do.${moving.do}`), n: to + 1 }));
  };
  const order = useOrder({ busy: false, move });
  const add = (doing: Doing) => {
    change([...actions, newAction(doing)]);
    // One goes on in the new one's own form.
    setTimeout(() => {
      list.current?.querySelector<HTMLElement>("li:last-child :is(select, textarea, input)")?.focus();
    });
  };
  return (
    <>
      <span className="sr" role="status">
        {says}
      </span>
      {actions.length > 0 && (
        <ol ref={list} className={s.actions}>
          {actions.map((one, at) => (
            <li key={keys.of(at)} className={order.isTarget(at) ? s.target : undefined} {...order.place(at)}>
              <Handle name={t(`rules.do.${one.do}`)} at={at} order={order} bare />
              <fieldset className={s.action}>
                <legend className="strong flex">
                  <Icon name={ICONS[one.do]} size="s" />
                  {t(`rules.do.${one.do}`)}
                  {VISIBLE.has(one.do) && <span className="chip">{t("rules.seen")}</span>}
                </legend>
                <ActionForm
                  action={one}
                  change={(next) => change(actions.map((other, i) => (i === at ? next : other)))}
                  named={named}
                />
              </fieldset>
              <button
                type="button"
                className="btn ghost sm icon-only"
                aria-label={`${t("remove")}: ${t(`rules.do.${one.do}`)}`}
                title={t("remove")}
                onClick={() => {
                  keys.drop(at);
                  change(actions.filter((_, i) => i !== at));
                }}
              >
                <Icon name="x" size="s" />
              </button>
            </li>
          ))}
        </ol>
      )}
      {actions.length < MOST_ACTIONS && (
        <div>
          <Menu
            label={t("rules.addAction")}
            className="btn"
            items={DOINGS.map((one) => ({
              id: one,
              label: t(`rules.do.${one}`),
              icon: ICONS[one],
              run: () => add(one),
            }))}
          >
            <Icon name="plus" size="s" />
            {t("rules.addAction")}
          </Menu>
        </div>
      )}
    </>
  );
}

/** Names for the rows, so that each keeps its form and focus when it is moved. */
function useKeys(count: number) {
  const keys = useRef<number[]>([]);
  const next = useRef(0);
  while (keys.current.length < count) keys.current.push(next.current++);
  keys.current.length = count;
  return {
    of: (at: number) => keys.current[at],
    move: (from: number, to: number) => {
      keys.current = moved(keys.current, from, to) ?? keys.current;
    },
    drop: (at: number) => {
      keys.current.splice(at, 1);
    },
  };
}
