/** Holds the state: changes at once, tells its subscribers once per animation frame. */

type Listener = () => void;

/** As many wait at most: a hidden tab may not be woken for a minute. */
const MOST_HEARD = 500;

/** `F`: what comes from outside, many at a time, and is worked into the state by `take`. */
export class Store<S, F = never> {
  private state: S;
  private shown: S;
  private listeners = new Set<Listener>();
  private scheduled = false;
  private heard: F[] = [];

  constructor(
    private start: S,
    private schedule: (run: () => void) => void = nextFrame,
    private take: (state: S, heard: readonly F[]) => S = (state) => state,
  ) {
    this.state = start;
    this.shown = start;
  }

  /** The newest state, for code that decides. */
  get = (): S => {
    if (this.heard.length) {
      const heard = this.heard;
      this.heard = [];
      this.state = this.take(this.state, heard);
    }
    return this.state;
  };

  /** The state of the last frame painted, for what draws. */
  getSnapshot = (): S => this.shown;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Takes it in with all else that is heard until the next frame, or until somebody asks for the newest state. */
  hear(item: F): void {
    this.heard.push(item);
    if (this.heard.length >= MOST_HEARD) this.get();
    this.plan();
  }

  /** `change` must be pure. What the reader himself did is drawn at once (`now`), the rest with the next frame. */
  update(change: (state: S) => S, now = false): void {
    const before = this.get();
    const next = change(before);
    if (next === before) return;
    this.state = next;
    if (now) this.flush();
    else this.plan();
  }

  reset(): void {
    this.heard = [];
    this.state = this.start;
    this.flush();
  }

  private plan(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    const newest = this.get();
    if (this.shown === newest) return;
    this.shown = newest;
    for (const listener of this.listeners) listener();
  }
}

/** A hidden tab paints no frames; it still has to keep up, for its title. */
export function nextFrame(run: () => void): void {
  if (document.visibilityState === "visible") requestAnimationFrame(run);
  else setTimeout(run, 200);
}
