import type { ChainShape, LevelShape } from "../protocol/types.generated";
import { type Key, t } from "../text/i18n";
import { duration } from "../text/time";
import { useSelect } from "../ui/use-core";
import s from "./chains.module.css";

type Asked = Pick<ChainShape, "levels" | "repeats" | "repeat_seconds">;

/** The chain as time goes by: at once the owner, after 10 min the team, … */
export function ChainLine({ chain }: { chain: Asked }) {
  let since = 0;
  const last = chain.levels.at(-1);
  return (
    <ol className={s.line}>
      {chain.levels.map((level, i) => {
        since += level.after_seconds;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a level is its place
          <li key={i}>
            <time>{since ? `+${duration(since * 1000)}` : t("chains.now")}</time>
            <span>
              <Who level={level} />
            </span>
          </li>
        );
      })}
      {chain.repeats > 0 && last && (
        <li>
          <time>+{duration((since + chain.repeat_seconds) * 1000)}</time>
          <span>{t("chains.again", { n: chain.repeats, time: duration(chain.repeat_seconds * 1000) })}</span>
        </li>
      )}
    </ol>
  );
}

/** Whom a level asks, in words. */
export function Who({ level }: { level: LevelShape }) {
  const names = useSelect((state) => level.agent_ids.map((id) => state.agents[id]?.name ?? "?").join(", "));
  const who = t(`chains.to.${level.to}` as Key);
  if (level.to === "agents") return names || who;
  return level.to === "on_call" && names ? `${who} (${names})` : who;
}
