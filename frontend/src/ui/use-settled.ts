import { useEffect, useState } from "react";

const SETTLE_MS = 120;

/** Whether one and the same thing has been on screen for a moment. What only stands beside it waits for that: whoever
 * leafs through a list with a held key makes no work on the way, here or on the server. */
export function useSettled(what: string | undefined): boolean {
  const [settled, setSettled] = useState<string>();
  useEffect(() => {
    const timer = setTimeout(() => setSettled(what), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [what]);
  return what !== undefined && settled === what;
}
