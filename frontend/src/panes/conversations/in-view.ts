/**
 * A list of rows of one height of which only those in view are drawn. Where it stands is known from what was heard, never
 * asked of the page while something is half drawn; and what is drawn changes by whole steps of rows, so that most frames
 * of a slow scroll draw nothing.
 */

import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

/** Rows `from` up to, and without, `to`. */
export interface Range {
  from: number;
  to: number;
}

/** Rows drawn above and below what is in view. */
const BEYOND = 8;
const STEP = 2;

/** What to draw of `count` rows of `height` px, scrolled to `top` in a box of `view` px. */
export function rangeAt(top: number, view: number, height: number, count: number): Range {
  const first = Math.floor(Math.max(0, top) / height);
  const last = Math.ceil((Math.max(0, top) + view) / height);
  const to = Math.min(count, Math.ceil(last / STEP) * STEP + BEYOND);
  return { from: Math.min(to, Math.max(0, Math.floor(first / STEP) * STEP - BEYOND)), to };
}

/** Where to scroll so that the row is wholly in view: as little as possible. */
export function topFor(index: number, top: number, view: number, height: number): number {
  return Math.min(index * height, Math.max(top, (index + 1) * height - view));
}

/** What to draw now, and a way to bring a row into view. `box` scrolls; its rows begin at its upper edge. */
export function useInView(box: RefObject<HTMLElement | null>, count: number, height: number) {
  const [place, setPlace] = useState({ top: 0, view: window.innerHeight });
  const known = useRef(place);
  const range = rangeAt(place.top, place.view, height, count);
  const drawn = useRef({ count, height, range });
  drawn.current = { count, height, range };
  /** Draws anew where other rows are to be drawn than are. */
  const look = useCallback(() => {
    const { count, height, range } = drawn.current;
    const { from, to } = rangeAt(known.current.top, known.current.view, height, count);
    if (from !== range.from || to !== range.to) setPlace(known.current);
  }, []);
  useLayoutEffect(() => {
    const list = box.current;
    if (!list) return;
    const measure = () => {
      known.current = { top: list.scrollTop, view: list.clientHeight };
      look();
    };
    const scrolled = () => {
      known.current = { ...known.current, top: list.scrollTop };
      // With this very frame: rows that came later would show as a gap.
      flushSync(look);
    };
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(list);
    list.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      sizes.disconnect();
      list.removeEventListener("scroll", scrolled);
    };
  }, [box, look]);
  const reveal = useCallback(
    (index: number) => {
      const { top, view } = known.current;
      const next = topFor(index, top, view, drawn.current.height);
      if (next === top || !box.current) return;
      box.current.scrollTop = next;
      known.current = { top: next, view };
      look();
    },
    [box, look],
  );
  return { ...range, reveal };
}
