import { useState } from "react";

interface Ordering {
  busy: boolean;
  move: (from: number, to: number) => void;
}

/** Things in an order that is changed by dragging their handles, or with the arrow keys on them. */
export function useOrder({ busy, move }: Ordering) {
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const rest = () => {
    setDragged(null);
    setOver(null);
  };
  return {
    /** Whether what is dragged would come to lie here. */
    isTarget: (at: number) => at === over && over !== dragged,
    place: (at: number) => ({
      onDragOver: (event: React.DragEvent) => {
        if (dragged === null) return;
        event.preventDefault();
        setOver(at);
      },
      onDrop: () => {
        if (dragged !== null && over !== null) move(dragged, over);
        rest();
      },
    }),
    handle: (at: number) => ({
      draggable: !busy,
      onDragStart: (event: React.DragEvent) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", String(at));
        setDragged(at);
      },
      onDragEnd: rest,
      onKeyDown: (event: React.KeyboardEvent) => {
        const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
        if (!by || busy) return;
        event.preventDefault();
        event.stopPropagation();
        move(at, at + by);
      },
    }),
  };
}

/** The list with one thing at another place; null where there is no such place. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] | null {
  const moving = items[from];
  if (moving === undefined || to < 0 || to >= items.length || from === to) return null;
  const order = items.filter((_, at) => at !== from);
  order.splice(to, 0, moving);
  return order;
}
