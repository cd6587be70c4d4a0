import { describe, expect, it } from "vitest";
import css from "./tokens.css?raw";

type Theme = Record<string, string>;

function block(selector: string): Theme {
  const start = css.indexOf(`\n${selector} {`);
  const body = css.slice(start, css.indexOf("\n}", start));
  return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/gi)].map((match) => [match[1], match[2]]));
}

const light = block(":root");
const THEMES: Record<string, Theme> = {
  light,
  dark: { ...light, ...block('[data-theme="dark"]') },
  contrast: { ...light, ...block('[data-theme="contrast"]') },
};

const part = (v: number) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const luminance = (hex: string) => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => part(Number.parseInt(hex.slice(i, i + 2), 16) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (a: string, b: string) => {
  const [dark = 0, bright = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dark + 0.05);
};

const PLANES = [
  "surface-sunken",
  "surface-base",
  "surface-main",
  "surface-raised",
  "surface-inset",
  "surface-hover",
  "surface-selected",
];
const PAIRS: [fg: string, bg: string, least: number][] = [
  ...["text-strong", "text", "text-muted", "text-faint", "accent-text"].flatMap((fg) =>
    PLANES.map((bg): [string, string, number] => [fg, bg, 4.5]),
  ),
  ["on-accent", "accent", 4.5],
  ["text-spine", "surface-spine", 4.5],
  ...["success", "warning", "danger"].map((name): [string, string, number] => [`${name}-text`, `${name}-soft`, 4.5]),
  ...["private", "public", "note"].flatMap((name): [string, string, number][] => [
    [`${name}-text`, `${name}-surface`, 4.5],
    [`on-${name}`, `${name}-solid`, 4.5],
    ["text-strong", `${name}-surface`, 4.5],
  ]),
  ["sla-soon-text", "sla-soon-surface", 4.5],
  ["sla-over-text", "sla-over-surface", 4.5],
  ...PLANES.map((bg): [string, string, number] => ["focus", bg, 3]),
];

describe.each(Object.keys(THEMES))("the theme %s", (name) => {
  it.each(PAIRS)("sets %s on %s apart by %d to 1", (fg, bg, least) => {
    const theme = THEMES[name] ?? {};
    expect(ratio(theme[fg] ?? "", theme[bg] ?? "")).toBeGreaterThanOrEqual(least);
  });
});
