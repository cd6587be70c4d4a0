import type { ReportLine } from "../../protocol/types.generated";
import { Behind } from "./charts";
import { percent } from "./report";
import s from "./reports.module.css";

interface Props {
  title: string;
  line: ReportLine;
  /** The cell that holds how many there are in all. */
  all: string;
  /** Groups of rows, each of a cell and what it is called; those of the first of several stand out. */
  rows: readonly (readonly (readonly [cell: string, label: string])[])[];
  open: (cell: string) => void;
}

/** How many fall to each value: a bar, the number with what is behind it, the share. */
export function Spread({ title, line, all, rows, open }: Props) {
  const total = Math.max(1, line.cells[all] ?? 0);
  return (
    <section className={s.panel} aria-label={title}>
      <div className={s.panelHead}>
        <h2>{title}</h2>
      </div>
      <table>
        {rows.map((group, nth) => (
          <tbody key={group[0]?.[0]} className={nth < rows.length - 1 ? "strong" : undefined}>
            {group.map(([cell, label]) => {
              const n = line.cells[cell] ?? 0;
              return (
                <tr key={cell}>
                  <th scope="row" className="nowrap">
                    {label}
                  </th>
                  <td className={s.meter}>
                    <i style={{ inlineSize: `${(n / total) * 100}%` }} />
                  </td>
                  <td className={s.r}>
                    <Behind n={n} open={() => open(cell)} />
                  </td>
                  <td className={`${s.r} muted`}>{percent(n / total)}</td>
                </tr>
              );
            })}
          </tbody>
        ))}
      </table>
    </section>
  );
}
