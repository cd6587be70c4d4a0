import { useLayoutEffect, useRef, useState } from "react";
import s from "./reports.module.css";

/** Until it is measured. */
const USUAL = 640;

interface Props {
  /** What it tells, for those who do not see it. */
  label: string;
  height: number;
  children: (width: number) => React.ReactNode;
}

/** A chart drawn in the pixels it gets, so that what is written in it is as large on a phone as on a wide screen. */
export function Chart({ label, height, children }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(USUAL);
  useLayoutEffect(() => {
    const measured = frame.current;
    if (!measured) return;
    const measure = () => setWidth((before) => Math.round(measured.clientWidth) || before);
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(measured);
    return () => sizes.disconnect();
  }, []);
  return (
    <div ref={frame} className={s.chart}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {children(width)}
      </svg>
    </div>
  );
}
