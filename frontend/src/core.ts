/** Puts the parts together: state, screen state, HTTP and the socket. One for each window; no framework in it. */

import { arrived, changedHands, left } from "./commands/kept-here";
import { Api, ApiError, Unreachable } from "./http/api";
import type { AgentShape, ClientFrame, ServerFrame } from "./protocol/types.generated";
import { bounded, type InUse } from "./store/bounds";
import { currentList, currentView, DESK_START, type Desk, openId, type Toast } from "./store/desk";
import { readNextMode } from "./store/next-mode";
import { formatRoute, parseRoute, type Route } from "./store/route";
import { START, type State } from "./store/state";
import { nextFrame, Store } from "./store/store";
import { type Heard, takeIn } from "./store/take-in";
import { Live } from "./sync/socket";

export interface Session {
  agent: AgentShape;
  permissions: string[];
}

/** Frames after which is looked at what nobody looks at. */
const FRAMES = 500;
/** Views whose counts stand in the rail and are told only to windows that name them: one question for a whole desk. */
const BESIDE = ["window", "approve"];
/** Conversations opened lately. */
const OPENED = 40;

export class Core {
  readonly store = new Store<State, Heard>(START, nextFrame, takeIn);
  readonly desk = new Store<Desk>(DESK_START);
  readonly api = new Api();
  live: Live | null = null;
  /** Forms that were left without saving, by whose they are and what they are of. */
  readonly unsaved = new Map<string, object>();
  private toasts = 0;
  private frames = 0;
  private opened: readonly string[] = [];
  /** Where the sign-in came before; `agent`: whose page it was, null: whoever asked for the address. */
  private wanted: { route: Route; agent: string | null } | null = null;

  constructor() {
    this.api.onFailure = (error) => {
      if (error instanceof Unreachable) this.live?.suspect();
      else if (error.status === 401 && this.desk.get().session === "in") this.signedOut("sign_in");
    };
  }

  state = (): State => this.store.get();

  /** Changes the screen at once: nothing a key does may wait for a frame. */
  show(change: Partial<Desk>): void {
    this.desk.update((desk) => ({ ...desk, ...change }), true);
  }

  /** Reads the address and asks who is signed in. */
  async boot(): Promise<void> {
    this.show({ route: parseRoute(location.pathname, location.search), nextMode: readNextMode() });
    window.addEventListener("popstate", () => {
      this.show({ route: parseRoute(location.pathname, location.search), picker: null, sheet: null });
    });
    // Another tab signed out, or somebody else in: this one says so at once, socket or none.
    window.addEventListener("storage", (event) => {
      const why = changedHands(this, event);
      if (why) this.signedOut(why);
    });
    const { page } = this.desk.get().route;
    if (page === "link" || page === "screen") return this.show({ session: "out" });
    try {
      this.signedIn(await this.api.get<Session>("/session"));
    } catch (error) {
      // Without a server there is nothing to show yet; the sign-in page says so when it is used.
      this.show({ session: "out" });
      const { route } = this.desk.get();
      if (!(error instanceof ApiError) || route.page === "sign-in") return;
      this.wanted = { route, agent: null };
      this.go({ page: "sign-in" }, true);
    }
  }

  signedIn(session: Session): void {
    this.store.update((state) => ({ ...state, me: session }), true);
    arrived(this, session.agent.id);
    const { page } = this.desk.get().route;
    if (page === "sign-in" || page === "link") this.go(this.wantedBy(session.agent.id) ?? parseRoute("/"), true);
    this.wanted = null;
    this.show({ session: "in", signedOut: null });
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.live = new Live({
      url: `${scheme}://${location.host}/api/v1/live`,
      view: () => currentView(this.desk.get()),
      apply: (frame) => this.heard(frame),
      changed: (sync) => {
        const before = this.desk.get();
        const here = sync.phase === "live" || sync.phase === "stale";
        const offlineSince = here ? null : (before.offlineSince ?? Date.now());
        this.desk.update((desk) => ({ ...desk, sync, offlineSince }));
      },
      ended: (why) => this.signedOut(why),
      viewing: () => this.viewing(),
    });
    this.live.start();
  }

  /** The page that somebody is brought to: the one the sign-in came before, unless it was another person's. */
  private wantedBy(agent: string): Route | null {
    const { wanted } = this;
    return wanted && (wanted.agent ?? agent) === agent && wanted.route.page !== "sign-in" ? wanted.route : null;
  }

  private heard(frame: ServerFrame): void {
    this.store.hear({ frame, at: Date.now() });
    this.frames += 1;
    // Not with the frame that is about to be painted.
    if (this.frames % FRAMES === 0) setTimeout(this.tidy);
  }

  private tidy = (): void => this.store.update((state) => bounded(state, this.inUse(), Date.now()));

  private inUse(): InUse {
    const desk = this.desk.get();
    const found = desk.search.hits?.map((hit) => hit.conversation_id) ?? [];
    const ids = [openId(desk), desk.cursor, ...desk.selected, ...desk.closing, ...found];
    return {
      ids: new Set(ids.filter((id) => id !== null)),
      lists: new Set([currentList(desk)]),
      opened: new Set(this.opened),
    };
  }

  /** `sign_in`: the session is over; `revoked`: it was ended elsewhere; null: here, on purpose. */
  signedOut(why: "sign_in" | "revoked" | null): void {
    this.live?.stop();
    this.live = null;
    const agent = this.state().me?.agent.id;
    this.wanted = why === "sign_in" && agent ? { route: this.desk.get().route, agent } : null;
    left(this, why);
    this.store.reset();
    this.desk.update((desk) => ({ ...DESK_START, theme: desk.theme, compact: desk.compact, route: desk.route }), true);
    this.show({ session: "out", signedOut: why });
    this.go({ page: "sign-in" }, true);
  }

  go(route: Route, replace = false): void {
    const path = formatRoute(route);
    if (path !== location.pathname + location.search) {
      if (replace) history.replaceState(null, "", path);
      else history.pushState(null, "", path);
    }
    this.show({ route, picker: null, drawer: null });
    const id = openId(this.desk.get());
    if (id) this.opened = [...this.opened.filter((other) => other !== id), id].slice(-OPENED);
    this.sayViewing();
  }

  /** Tells the server what is on this screen, so that colleagues see it and counts of saved views come. */
  sayViewing(): void {
    this.live?.send(this.viewing());
  }

  private viewing(): ClientFrame {
    const desk = this.desk.get();
    const views = [...new Set([currentView(desk), ...BESIDE])];
    return { type: "viewing", conversation_id: openId(desk), views };
  }

  toast(text: string, tone: Toast["tone"] = "done", action?: { label: string; run: () => void }): void {
    this.toasts += 1;
    const id = this.toasts;
    this.show({ toast: { id, text, tone, action } });
    const seconds = tone === "bad" || action ? 12 : 5;
    setTimeout(() => {
      if (this.desk.get().toast?.id === id) this.show({ toast: null });
    }, seconds * 1000);
  }
}
