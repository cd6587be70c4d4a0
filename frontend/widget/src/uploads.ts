/** Files on their way up: checked, sent one by one, shown as chips until the message takes them. */

import { h, icon } from "./dom";
import type { Config } from "./frames";
import { fill, type Words } from "./words";

export interface Uploaded {
  file: string;
  name: string;
}

export interface Line {
  base: string;
  bearer(): string;
  fetch(url: string, init: RequestInit): Promise<Response>;
}

const MAX_FILES = 10;

export class Uploads {
  readonly element = h("ul", { class: "chips" });
  #ready: Uploaded[] = [];
  #busy = 0;

  constructor(
    private readonly line: Line,
    private readonly limits: Config["files"],
    private readonly words: Words,
    private readonly changed: () => void,
  ) {}

  get isBusy(): boolean {
    return this.#busy > 0;
  }

  get count(): number {
    return this.#ready.length;
  }

  add(files: Iterable<File>): void {
    for (const file of files) if (this.#ready.length + this.#busy < MAX_FILES) void this.#upload(file);
  }

  /** The files that are up; they belong to the message now. */
  take(): Uploaded[] {
    const taken = this.#ready;
    this.#ready = [];
    this.element.replaceChildren();
    return taken;
  }

  async #upload(file: File): Promise<void> {
    const refusal = this.#refusal(file);
    const chip = this.#chip(file.name, refusal ?? fill(this.words.uploading, { name: file.name }), refusal !== null);
    this.element.append(chip);
    if (refusal !== null) return;
    this.#busy += 1;
    this.changed();
    try {
      const uploaded = await this.#send(file);
      this.#ready.push(uploaded);
      chip.replaceWith(this.#done(uploaded));
    } catch (problem) {
      const kind = problem instanceof Error && problem.message === "attachment_type" ? "uploadType" : "uploadFailed";
      chip.replaceWith(this.#chip(file.name, fill(this.words[kind], { name: file.name }), true));
    } finally {
      this.#busy -= 1;
      this.changed();
    }
  }

  #refusal(file: File): string | null {
    if (file.size > this.limits.max_bytes) {
      return fill(this.words.uploadSize, { name: file.name, n: Math.floor(this.limits.max_bytes / 1_000_000) });
    }
    const fits = this.limits.types.some((one) =>
      one.endsWith("*") ? file.type.startsWith(one.slice(0, -1)) : one === file.type,
    );
    // A browser that does not know the type leaves it to the server, which looks at the content.
    return file.type === "" || fits ? null : fill(this.words.uploadType, { name: file.name });
  }

  async #send(file: File): Promise<Uploaded> {
    const headers = { Authorization: `Bearer ${this.line.bearer()}` };
    const asked = await this.line.fetch(`${this.line.base}/uploads`, { method: "POST", headers });
    if (!asked.ok) throw new Error("ticket");
    const { ticket } = (await asked.json()) as { ticket: string };
    const body = new FormData();
    body.append("file", file, file.name);
    const sent = await this.line.fetch(`${this.line.base}/uploads/${ticket}`, { method: "POST", headers, body });
    const said = (await sent.json()) as Uploaded & { code?: string };
    if (!sent.ok) throw new Error(said.code ?? "upload");
    return { file: said.file, name: said.name };
  }

  #chip(name: string, text: string, isFailed: boolean): HTMLElement {
    const chip = h(
      "li",
      { class: isFailed ? "bad" : "", role: isFailed ? "alert" : null },
      icon(isFailed ? "alert" : "clock", 12),
      h("bdi", {}, text),
    );
    if (isFailed) chip.append(this.#remove(name, () => chip.remove()));
    return chip;
  }

  #done(uploaded: Uploaded): HTMLElement {
    const chip = h("li", {}, icon("file", 12), h("bdi", {}, uploaded.name));
    const remove = (): void => {
      this.#ready = this.#ready.filter((one) => one !== uploaded);
      chip.remove();
      this.changed();
    };
    chip.append(this.#remove(uploaded.name, remove));
    return chip;
  }

  #remove(name: string, call: () => void): HTMLElement {
    return h(
      "button",
      { type: "button", "aria-label": fill(this.words.remove, { name }), onclick: call },
      icon("x", 12),
    );
  }
}
