/** The form before a chat, and the one that asks for an address while nobody is there. */

import { h } from "./dom";
import type { FormField, FormValues } from "./frames";
import { isText, localised, type Words } from "./words";

const EMAIL: FormField = { name: "email", type: "email", label: "", required: true, options: [], version: "" };
const NAME: FormField = { name: "name", type: "name", label: "", required: false, options: [], version: "" };
const INPUTS = {
  name: ["text", "name"],
  email: ["email", "email"],
  phone: ["tel", "tel"],
  text: ["text", "off"],
} as const;
const LOOKS_LIKE_MAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

/** Which fields are asked now, as the server asks them. */
export function fieldsFor(due: "" | "pre_chat" | "offline", form: readonly FormField[]): FormField[] {
  if (due === "pre_chat") return [...form];
  if (due === "") return [];
  if (form.length === 0) return [NAME, EMAIL];
  const asked = form.map((one) => (one.type === "email" ? { ...one, required: true } : one));
  return asked.some((one) => one.type === "email") ? asked : [...asked, EMAIL];
}

export class FormView {
  readonly element: HTMLElement;
  readonly #inputs = new Map<string, HTMLInputElement | HTMLSelectElement>();
  readonly #errors = new Map<string, HTMLElement>();

  constructor(
    private readonly fields: readonly FormField[],
    title: string,
    private readonly words: Words,
    language: string,
  ) {
    this.element = h(
      "fieldset",
      { class: "form" },
      h("legend", {}, title),
      ...fields.map((one) => this.#row(one, language)),
    );
  }

  /** What was filled in, or null with the mistakes shown and the first one in focus. */
  values(): FormValues | null {
    const values: FormValues = {};
    const wrong: Record<string, string> = {};
    for (const field of this.fields) {
      const input = this.#inputs.get(field.name);
      const value =
        input instanceof HTMLInputElement && field.type === "checkbox" ? input.checked : (input?.value.trim() ?? "");
      if (value !== "") values[field.name] = value;
      if (field.required && !value) wrong[field.name] = "required";
      else if (field.type === "email" && value && !LOOKS_LIKE_MAIL.test(String(value))) wrong[field.name] = "invalid";
    }
    this.show(wrong);
    return Object.keys(wrong).length > 0 ? null : values;
  }

  /** Mistakes by field: `required` or `invalid`. */
  show(wrong: Record<string, string>): void {
    let first: HTMLElement | undefined;
    for (const [name, input] of this.#inputs) {
      const problem = wrong[name];
      const error = this.#errors.get(name);
      if (error) error.textContent = problem ? (problem === "required" ? this.words.required : this.words.invalid) : "";
      if (problem) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      if (problem) first ??= input;
    }
    first?.focus();
  }

  #row(field: FormField, language: string): HTMLElement {
    const id = `f-${field.name}`;
    const own = localised(field.label, language, isText);
    const label =
      own ||
      (field.type === "name" || field.type === "email" || field.type === "phone" ? this.words[field.type] : field.name);
    const error = h("small", { class: "wrong", id: `${id}-e`, role: "alert" });
    const input = this.#input(field, id);
    this.#inputs.set(field.name, input);
    this.#errors.set(field.name, error);
    const text = h(
      "label",
      { for: id },
      label,
      field.required && field.type !== "checkbox" && h("span", { "aria-hidden": "true" }, " *"),
    );
    return field.type === "checkbox"
      ? h("div", { class: "tick" }, input, text, error)
      : h("div", {}, text, input, error);
  }

  #input(field: FormField, id: string): HTMLInputElement | HTMLSelectElement {
    const shared = { id, name: field.name, required: field.required, "aria-describedby": `${id}-e` };
    if (field.type === "select") {
      const none = h("option", { value: "" }, this.words.choose);
      return h("select", shared, none, ...field.options.map((one) => h("option", { value: one }, one)));
    }
    if (field.type === "checkbox") return h("input", { ...shared, type: "checkbox" });
    const [type, autocomplete] = INPUTS[field.type];
    return h("input", { ...shared, type, autocomplete, maxlength: 254, dir: "auto" });
  }
}
