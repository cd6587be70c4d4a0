/** What a person calls the browser that signed in: its name and the machine, out of what it says of itself. */

/** The first that fits: browsers that are built on another name that one, too. */
const BROWSERS: readonly [RegExp, string][] = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const MACHINES: readonly [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** "Chrome · Linux"; the words themselves where neither is known, as of a program. */
export function deviceOf(userAgent: string): string {
  const named = [BROWSERS, MACHINES].map((known) => known.find(([sign]) => sign.test(userAgent))?.[1]);
  return named.filter(Boolean).join(" · ") || userAgent;
}
