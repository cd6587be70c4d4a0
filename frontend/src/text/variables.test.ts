import { describe, expect, it } from "vitest";
import { fillIn } from "./variables";

const VALUES = {
  "contact.first_name": "Eleni",
  first_name: "Eleni",
  "contact.company": "",
  "agent.name": "Maria Stavrou",
};

describe("places in words", () => {
  it.each([
    ["Dear {contact.first_name},", "Dear Eleni,", []],
    ["Dear {{first_name}},", "Dear Eleni,", []],
    ["Dear {contact.first_name|there},", "Dear Eleni,", []],
    ["For {contact.company|your company}.", "For your company.", []],
    ["For {contact.company|}.", "For .", []],
    ["For {contact.company} and {contact.company}.", "For  and .", ["contact.company"]],
    ["Use {curly braces} or {order_id}.", "Use {curly braces} or {order_id}.", []],
    ["{ agent.name }", "Maria Stavrou", []],
    ["No places.", "No places.", []],
  ])("fills %s", (text, filled, missing) => {
    expect(fillIn(text, VALUES)).toEqual({ text: filled, missing });
  });
});
