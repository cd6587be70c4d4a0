import { signOut } from "../../commands/kept-here";
import { BY_ID, type Command, isFor, run } from "../../commands/registry";
import type { Core } from "../../core";
import { type Look, readLook, writeLook } from "../../settings/look-store";
import { type Key, t } from "../../text/i18n";
import { type Choice, Chooser } from "../../ui/chooser";
import { useCore, useDesk } from "../../ui/use-core";

const THEMES: readonly [Look["theme"], Key][] = [
  ["system", "theme.system"],
  ["light", "theme.light"],
  ["dark", "theme.dark"],
  ["contrast", "theme.contrast"],
];

export function setLook(core: Core, change: Partial<Look>): void {
  const look = { ...readLook(), ...change };
  writeLook(look);
  core.show({ theme: look.theme, compact: look.compact, shortcuts: look.shortcuts });
}

export function Account() {
  const core = useCore();
  const theme = useDesk((desk) => desk.theme);
  const compact = useDesk((desk) => desk.compact);
  const choices: Choice[] = [
    { id: "me", label: t("cmd.me"), icon: "user", run: () => core.go({ page: "settings", section: "me" }) },
    ...(isFor(core, BY_ID["first-steps"] as Command)
      ? [
          {
            id: "first-steps",
            label: t("cmd.firstSteps"),
            icon: "checks",
            run: () => run(core, "first-steps"),
          } as const,
        ]
      : []),
    ...THEMES.map(
      ([value, label]): Choice => ({
        id: value,
        label: t(label),
        group: t("look.theme"),
        icon: value === theme ? "check" : "screen",
        run: () => setLook(core, { theme: value }),
      }),
    ),
    {
      id: "density",
      label: compact ? t("look.comfortable") : t("look.compact"),
      group: t("look.density"),
      icon: "sort",
      run: () => setLook(core, { compact: !compact }),
    },
    {
      id: "out",
      label: t("signOut"),
      group: t("account"),
      icon: "logout",
      run: () => void signOut(core),
    },
  ];
  return <Chooser label={t("account")} choices={choices} close={() => core.show({ sheet: null })} />;
}
