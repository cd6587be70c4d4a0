import type { Filter, Sort } from "../../store/filter";
import type { DeskRoute } from "../../store/route";
import { formatNumber } from "../../text/i18n";
import { Link } from "../../ui/link";
import s from "./floor.module.css";

/** The list behind a number: a view of the desk, narrowed. */
export function listOf(view: string, filter: Filter = {}, sort?: Sort): DeskRoute {
  const narrowed = Object.keys(filter).length ? { filter } : {};
  return { page: "desk", view, conversation: null, ...narrowed, ...(sort ? { sort } : {}) };
}

/** A number that opens its list; nothing is behind a nought. */
export function Count({ n, to, tone = "" }: { n: number; to: DeskRoute | null; tone?: string }) {
  if (n === 0) return <span className="num faint">0</span>;
  if (!to) return <span className={`num ${tone}`}>{formatNumber(n)}</span>;
  return (
    <Link className={`num ${s.count} ${tone}`} to={to}>
      {formatNumber(n)}
    </Link>
  );
}
