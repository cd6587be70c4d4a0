/** Holds the state: changes at once, tells its subscribers once per animation frame. */

type Listener = () => void;

export class Store<S> {
  private state: S;
  private shown: S;
  private listeners = new Set<Listener>();
  private scheduled = false;

  constructor(
    private start: S,
    private schedule: (run: () => void) => void = nextFrame,
  ) {
    this.state = start;
    this.shown = start;
  }

  /** The newest state, for code that decides. */
  get = (): S => this.state;

  /** The state of the last frame painted, for what draws. */
  getSnapshot = (): S => this.shown;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** `change` must be pure. What the reader himself did is drawn at once (`now`), the rest with the next frame. */
  update(change: (state: S) => S, now = false): void {
    const next = change(this.state);
    if (next === this.state) return;
    this.state = next;
    if (now) return this.flush();
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  reset(): void {
    this.state = this.start;
    this.flush();
  }

  private flush(): void {
    if (this.shown === this.state) return;
    this.shown = this.state;
    for (const listener of this.listeners) listener();
  }
}

/** A hidden tab paints no frames; it still has to keep up, for its title. */
function nextFrame(run: () => void): void {
  if (document.visibilityState === "visible") requestAnimationFrame(run);
  else setTimeout(run, 200);
}
