/** A template of the network and its words once the values are in. */

import { type Key, t } from "../../text/i18n";

export interface TemplateField {
  name: string;
  /** Where it stands, in English. */
  label: string;
  /** The same as data; empty where the label is all there is. `about`: kind of file, placeholder, words of the button. */
  place: "" | "header_file" | "header" | "body" | "button_code" | "button_url";
  about: string;
  /** `text`, or the kind of a file whose address it is. */
  kind: string;
  example: string;
}

const AT: Readonly<Record<string, Key>> = {
  header: "templates.at.header",
  body: "templates.at.body",
  button_code: "templates.at.buttonCode",
  button_url: "templates.at.buttonUrl",
};
const FILES: Readonly<Record<string, Key>> = {
  image: "templates.at.image",
  video: "templates.at.video",
  document: "templates.at.document",
};

/** Where a value stands, in the language of the interface; as the network's connector says it where it is not known. */
export function fieldName({ name, label, place, about }: TemplateField): string {
  const words = place === "header_file" ? FILES[about] : AT[place];
  return words ? t(words, { about }) : label || t("templates.value", { name });
}

export interface Template {
  /** What is sent back to name it. */
  key: string;
  name: string;
  language: string;
  category: string;
  text: string;
  header: string;
  footer: string;
  buttons: string[];
  fields: TemplateField[];
}

const PLACE = /\{\{\s*([\w.]+)\s*\}\}/g;

type Values = Readonly<Record<string, string>>;

/** The body with its places filled; a value not given yet stays visible as its place. */
export function filled(template: Template, values: Values): string {
  return template.text.replace(PLACE, (place, name: string) => values[name] || place);
}

/** The same for the header, whose values have names of their own. */
export function filledHeader(template: Template, values: Values): string {
  return template.header.replace(PLACE, (place, name: string) => values[`header.${name}`] || place);
}

/** What a value can be at first: a place that is named for the person is the person. */
export function begin(template: Template, person: string): Record<string, string> {
  return Object.fromEntries(
    template.fields.map((field) => [field.name, /(^|[._])(first_?)?name$/i.test(field.name) ? person : ""]),
  );
}

/** How many values are still to be given. */
export function missing(template: Template, values: Values): number {
  return template.fields.filter((field) => !values[field.name]?.trim()).length;
}
