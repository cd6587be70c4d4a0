import { afterEach, describe, expect, it } from "vitest";
import { loadLanguage } from "./i18n";
import { networkName } from "./network-names";

const channel = (network: string, network_name: string) => ({ network, network_name });

afterEach(() => loadLanguage("en"));

describe("the name of a network", () => {
  it("is translated where it is words, and stays where it is a name", async () => {
    await loadLanguage("de");
    expect(networkName(channel("custom", "Custom channel"))).toBe("Eigener Kanal");
    expect(networkName(channel("telegram", "Telegram"))).toBe("Telegram");
    expect(networkName(undefined)).toBeUndefined();
  });
});
