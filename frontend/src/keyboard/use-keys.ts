/** Listens to the keyboard of the whole window and hands presses to the registry. */

import { useEffect } from "react";
import { land } from "../commands/navigate";
import { COMMANDS, type Command, isFor, keysOf, onSignal } from "../commands/registry";
import type { Core } from "../core";
import { IS_MAC } from "../ui/use-core";
import { type Binding, Dispatch, isTyping } from "./dispatch";
import { nextPane } from "./focus";

const boundNow = (): readonly Binding<Command>[] =>
  COMMANDS.map((command) => ({ keys: keysOf(command), command, whileTyping: command.whileTyping ?? false }));

export function useKeys(core: Core): void {
  useEffect(() => {
    let keys = core.desk.get().own.keys;
    let bindings = boundNow();
    // Single letters can be switched off (WCAG 2.1.4); combinations and F keys stay.
    const active = () => {
      const desk = core.desk.get();
      if (desk.own.keys !== keys) {
        keys = desk.own.keys;
        bindings = boundNow();
      }
      return desk.shortcuts ? bindings : bindings.filter((b) => b.whileTyping);
    };
    const dispatch = new Dispatch<Command>(active, IS_MAC);
    const letGo = () => land(core);
    const press = (event: KeyboardEvent) => {
      // Whatever is pressed next acts on what is open: that is what the held key came to.
      if (!event.repeat) letGo();
      if (event.defaultPrevented) return;
      const desk = core.desk.get();
      // What a dialog asks comes first: no key may reach what lies behind it.
      const busy = desk.sheet !== null || desk.picker !== null || document.querySelector("dialog[open]") !== null;
      // Enter and space belong to the button or link that has the focus.
      const target = event.target as HTMLElement;
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && target.closest("button, a, [role=menuitem]"))
        return;
      const enabled = (command: Command) =>
        (!busy || command.id === "back" || command.id === "palette") && isFor(core, command);
      const found = dispatch.match(event, isTyping(event.target), enabled);
      if (found === null) return;
      event.preventDefault();
      if (found !== "wait") found.command.run(core, event.repeat);
    };
    window.addEventListener("keydown", press);
    window.addEventListener("keyup", letGo);
    window.addEventListener("pointerdown", letGo);
    const unhear = onSignal((what) => {
      if (what === "next-pane") nextPane(1);
      if (what === "previous-pane") nextPane(-1);
    });
    return () => {
      window.removeEventListener("keydown", press);
      window.removeEventListener("keyup", letGo);
      window.removeEventListener("pointerdown", letGo);
      unhear();
    };
  }, [core]);
}
