/** The HTTP side: one function per verb, problem details as errors, keys against doubled sends. */

export { newKey } from "./key";

const ROOT = "/api/v1";
/** Told to wait for no longer than this, a request waits by itself, so often; its asker is told of anything longer. */
const WAIT_SECONDS = 5;
const TIMES = 5;

export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  errors?: { pointer: string; message: string }[];
  [extra: string]: unknown;
}

/** The server said no, in its own words. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
  get status(): number {
    return this.problem.status;
  }
  get code(): string {
    return this.problem.code;
  }
}

/** There was no answer at all: what was asked may or may not have happened. */
export class Unreachable extends Error {}

/** Of answers that are as good as none: a proxy lost the server, or that its database before it confirmed. */
const UNANSWERED: ReadonlySet<string> = new Set(["unconfirmed", "http_502", "http_504"]);

interface Options {
  key?: string;
  etag?: number;
}

type Listener = (error: ApiError | Unreachable) => void;

export class Api {
  /** `bearer`: a token to ask with, in place of the session. */
  constructor(private readonly bearer?: string) {}

  /** Told of every failure, so that the connection and the session can be looked after in one place. */
  onFailure: Listener = () => {};

  /** Told of every request that the server has carried out. */
  onDone: (method: string, path: string, body: unknown) => void = () => {};

  get<T>(path: string, query: Record<string, string | undefined> = {}): Promise<T> {
    const pairs = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const search = new URLSearchParams(pairs).toString();
    return this.request<T>("GET", search ? `${path}?${search}` : path);
  }

  post<T>(path: string, body: unknown = {}, options: Options = {}): Promise<T> {
    return this.request<T>("POST", path, body, options);
  }

  patch<T>(path: string, body: unknown, options: Options = {}): Promise<T> {
    return this.request<T>("PATCH", path, body, options);
  }

  put<T>(path: string, body: unknown = {}, options: Options = {}): Promise<T> {
    return this.request<T>("PUT", path, body, options);
  }

  delete<T>(path: string, body?: unknown, options: Options = {}): Promise<T> {
    return this.request<T>("DELETE", path, body, options);
  }

  upload<T>(path: string, file: File, key: string): Promise<T> {
    const form = new FormData();
    form.append("file", file, file.name);
    return this.request<T>("POST", path, form, { key });
  }

  private async request<T>(method: string, path: string, body?: unknown, options: Options = {}): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (method !== "GET") headers["X-Inbox"] = "1";
    if (this.bearer) headers.Authorization = `Bearer ${this.bearer}`;
    if (options.key) headers["Idempotency-Key"] = options.key;
    if (options.etag !== undefined) headers["If-Match"] = `"v${options.etag}"`;
    const form = body instanceof FormData;
    if (body !== undefined && !form) headers["Content-Type"] = "application/json";
    const sent = body === undefined ? undefined : form ? body : JSON.stringify(body);
    for (let waited = 0; ; waited += 1) {
      let response: Response;
      try {
        response = await fetch(ROOT + path, { method, headers, body: sent, credentials: "same-origin" });
      } catch {
        throw this.failed(new Unreachable(path));
      }
      if (response.ok) this.onDone(method, path, body);
      if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
      const problem = await problemOf(response);
      if (UNANSWERED.has(problem.code)) throw this.failed(new Unreachable(path));
      const seconds = secondsToWait(problem);
      if (seconds === null || waited === TIMES) throw this.failed(new ApiError(problem));
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }

  private failed(error: ApiError | Unreachable): ApiError | Unreachable {
    this.onFailure(error);
    return error;
  }
}

/** After which the same may be asked again, since nothing of it was done: it came too fast. Null: not by itself. */
function secondsToWait({ status, retry_after_seconds: seconds }: Problem): number | null {
  return status === 429 && typeof seconds === "number" && seconds <= WAIT_SECONDS ? seconds : null;
}

/** A proxy in front may answer with a page of its own: then the status is all there is. */
async function problemOf(response: Response): Promise<Problem> {
  const bare = { status: response.status, code: `http_${response.status}`, title: response.statusText, detail: "" };
  try {
    return { ...bare, ...((await response.json()) as Partial<Problem>) };
  } catch {
    return bare;
  }
}
