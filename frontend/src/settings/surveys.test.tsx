import { act, cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { SurveyPresetShape, SurveyShape } from "../protocol/types.generated";
import { apply } from "../store/apply";
import { AT, conversation, event, NOW } from "../testing/examples";
import { coreWith, playServer, show } from "../testing/render";
import { ruleWords } from "../text/rules/load";
import { settingWords } from "../text/settings/load";
import { surveyWords } from "../text/surveys/load";
import { SurveysPage } from "./surveys";

beforeAll(async () => {
  await Promise.all([ruleWords(), settingWords(), surveyWords()]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

const survey = (change: Partial<SurveyShape> = {}): SurveyShape => ({
  id: "5",
  name: "After close",
  scale: "csat",
  place: 1,
  active: true,
  texts: [
    { language: "en", question: "How did we do?", thanks: "" },
    { language: "el", question: "Πώς τα πήγαμε;", thanks: "" },
  ],
  condition: null,
  delay_minutes: 30,
  every_days: 30,
  after_rules: true,
  created_at: AT,
  version: 3,
  ...change,
});
const preset = (scale: SurveyShape["scale"]): SurveyPresetShape => ({
  scale,
  texts: [{ language: "en", question: "Would you recommend us?", thanks: "Thanks" }],
  low: { en: "Not at all" },
  high: { en: "Very likely" },
});

function open(surveys: SurveyShape[], item?: string) {
  const calls = playServer((call) => {
    if (call.path === "/survey-presets") return { body: [preset("csat"), preset("nps")] };
    if (call.path === "/surveys") return { body: call.method === "POST" ? survey({ id: "6" }) : { items: surveys } };
    const found = surveys.find((one) => call.path === `/surveys/${one.id}`);
    if (found) return { body: call.method === "PATCH" ? { ...found, ...call.body, version: 4 } : found };
    return { body: { items: [] } };
  });
  const core = coreWith([conversation()]);
  core.store.update((state) => ({ ...state, me: state.me && { ...state.me, permissions: ["settings"] } }), true);
  core.show({ route: { page: "settings", section: "surveys", ...(item ? { item } : {}) } });
  const { container } = show(core, <SurveysPage />);
  return { calls, container, core };
}

describe("the surveys of the settings", () => {
  it("shows what another admin changed, without being asked", async () => {
    const there = [survey()];
    const { core } = open(there);
    await screen.findByRole("link", { name: "After close" });
    there.splice(0, 1, survey({ name: "After the sale" }), survey({ id: "8", name: "NPS", place: 2 }));
    const data = { object: "survey", id: "8", value: there[1] };
    const frame = event({ event: "setting_changed", position: 900, conversation_id: null, data });
    act(() => core.store.update((state) => apply(state, frame, NOW), true));
    expect(await screen.findByRole("link", { name: "NPS" })).toBeTruthy();
    expect(screen.queryByRole("link", { name: "After close" })).toBeNull();
  });

  it("offers both scales to begin with where there is none", async () => {
    open([]);
    expect(await screen.findByRole("link", { name: /Satisfaction/ })).toBeTruthy();
    expect(screen.getByRole("link", { name: /Recommendation/ })).toBeTruthy();
  });

  it("are listed in their order, switched off and moved with the version that was read", async () => {
    const { calls } = open([survey(), survey({ id: "8", name: "NPS", place: 2 })]);
    fireEvent.click(await screen.findByRole("checkbox", { name: "After close is switched on" }));
    await waitFor(() => expect(calls.find((call) => call.method === "PATCH")?.body).toEqual({ active: false }));
    expect(calls.find((call) => call.method === "PATCH")?.headers["If-Match"]).toBe('"v3"');
    const handle = screen.getByRole("button", { name: /NPS/ });
    // Not before the switch is answered.
    await waitFor(() => expect(handle.getAttribute("draggable")).toBe("true"));
    fireEvent.keyDown(handle, { key: "ArrowUp" });
    await waitFor(() =>
      expect(calls.filter((call) => call.method === "PATCH").map((call) => [call.path, call.body])).toContainEqual([
        "/surveys/8",
        { place: 1 },
      ]),
    );
  });

  it("show what the person gets while it is written, in each language", async () => {
    const user = userEvent.setup();
    const { calls, container } = open([survey()], "5");
    const preview = within(await screen.findByRole("region", { name: "How it looks" }));
    const [question] = screen.getAllByRole("textbox", { name: "Question" });
    await user.clear(question as HTMLElement);
    await user.type(question as HTMLElement, "All well?");
    expect(preview.getAllByText("All well?")).toHaveLength(2);
    await user.selectOptions(preview.getByRole("combobox"), "el");
    expect(preview.getAllByText("Πώς τα πήγαμε;")).toHaveLength(2);
    const found = await axe.run(container, {
      rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    });
    expect(found.violations.map((one) => one.id)).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls.some((call) => call.method === "PATCH")).toBe(true));
    const sent = calls.find((call) => call.method === "PATCH");
    expect(Object.keys(sent?.body ?? {})).toEqual(["texts"]);
  });

  it("make a new one of the scale that was chosen, and go to it", async () => {
    const user = userEvent.setup();
    const { calls, core } = open([], "new-nps");
    await user.click(await screen.findByRole("button", { name: "Make the survey" }));
    await waitFor(() => expect(calls.some((call) => call.method === "POST")).toBe(true));
    expect(calls.find((call) => call.method === "POST")?.body).toMatchObject({
      scale: "nps",
      condition: null,
      delay_minutes: 30,
    });
    await waitFor(() => expect(core.desk.get().route).toMatchObject({ item: "6" }));
  });
});
