import type { Core } from "../../core";
import type { Report, ReportLine } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { AgentFace } from "../../ui/face";
import { Link } from "../../ui/link";
import { type Ask, questionOf } from "./ask";
import { Behind } from "./charts";
import { useAsked } from "./report";
import s from "./reports.module.css";

interface Figures {
  people: Report;
  posts: Report;
}

async function asked(core: Core, ask: Ask): Promise<Figures> {
  const get = (by: string) => core.api.get<Report>("/reports/moderation", { ...questionOf(ask), by });
  const [people, posts] = await Promise.all([get("agent"), get("post")]);
  return { people, posts };
}

export const useModeration = (ask: Ask) => useAsked(ask, asked);

const CELLS = ["hidden", "shown", "deleted", "deleted_by_author", "reacted", "spam", "no_spam"] as const;
const WHO = ["by_person", "by_rule", "outside"] as const;

interface Props {
  figures: Figures;
  change: (change: Partial<Ask>) => void;
}

/** What was done to public items: by each person, and under each post. */
export function Moderation({ figures, change }: Props) {
  const open = (cell: string, of = "") => change({ cell: `moderation.${cell}`, of, wait: "" });
  const { people, posts } = figures;
  const some = people.lines.length > 0;
  return (
    <>
      <section className={s.key} aria-label={t("reports.key")}>
        {(["hidden", "deleted", "reacted", "spam"] as const).map((cell) => (
          <div key={cell} className={s.figure}>
            <span className="label">{t(`moderation.${cell}`)}</span>
            <span className={s.big}>
              <Behind n={people.total.cells[cell] ?? 0} open={() => open(cell)} />
            </span>
          </div>
        ))}
        <div className={s.figure}>
          <span className="label">{t("moderation.who")}</span>
          {WHO.map((cell) => (
            <span key={cell} className="small">
              {t(`moderation.${cell}`)}: <Behind n={people.total.cells[cell] ?? 0} open={() => open(cell)} />
            </span>
          ))}
        </div>
      </section>
      {!some && <p className="muted">{t("moderation.none")}</p>}
      {some && (
        <>
          <Lines
            title={t("moderation.byPerson")}
            of="agent"
            lines={people.lines}
            open={open}
            head={(line) =>
              line.key.agent === "none" ? (
                <span className="muted">{t("moderation.nobody")}</span>
              ) : (
                <span className="flex">
                  <AgentFace id={line.key.agent ?? ""} />
                  <bdi className="clip">{line.name.agent}</bdi>
                </span>
              )
            }
          />
          <Lines
            title={t("moderation.byPost")}
            of="post"
            lines={posts.lines}
            open={open}
            head={(line) =>
              line.key.post === "none" ? (
                <span className="muted">{t("moderation.noPost")}</span>
              ) : (
                <Link
                  className="clip"
                  style={{ display: "block" }}
                  to={{ page: "posts", post: line.key.post ?? null, tab: "all", conversation: null }}
                  title={line.name.post}
                >
                  <bdi>{line.name.post}</bdi>
                </Link>
              )
            }
          />
        </>
      )}
    </>
  );
}

interface LinesProps {
  title: string;
  of: "agent" | "post";
  lines: readonly ReportLine[];
  open: (cell: string, of: string) => void;
  head: (line: ReportLine) => React.ReactNode;
}

function Lines({ title, of, lines, open, head }: LinesProps) {
  return (
    <section className={`${s.panel} ${s.wide}`} aria-label={title}>
      <div className={s.panelHead}>
        <h2>{title}</h2>
      </div>
      <table>
        <thead>
          <tr>
            <th>{title}</th>
            {CELLS.map((cell) => (
              <th key={cell} className={s.r}>
                {t(`moderation.${cell}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.key[of]}>
              <th scope="row">{head(line)}</th>
              {CELLS.map((cell) => (
                <td key={cell} className={s.r}>
                  <Behind n={line.cells[cell] ?? 0} open={() => open(cell, `${of}:${line.key[of]}`)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
