import type { Report } from "../../protocol/types.generated";
import { Behind } from "./charts";
import { Change } from "./parts";
import { Figure } from "./response";

interface Props {
  label: string;
  report: Report;
  /** Which cell of the report's total. */
  cell: string;
  words: (value: number | null | undefined) => string;
  /** More of it is better. */
  more?: boolean;
  /** Shows what is behind it. */
  open?: (cell: string) => void;
  children?: React.ReactNode;
}

/** One figure of a report's total beside that of the period before. */
export function CellFigure({ label, report, cell, words, more, open, children }: Props) {
  const now = report.total.cells[cell];
  const before = report.previous?.cells[cell];
  return (
    <Figure
      label={label}
      value={open ? <Behind n={now ?? 0} open={() => open(cell)} /> : words(now)}
      was={report.previous ? words(before) : undefined}
    >
      <Change now={now} before={before} words={words} more={more} />
      {children}
    </Figure>
  );
}
