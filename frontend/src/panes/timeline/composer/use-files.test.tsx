import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Core } from "../../../core";
import { CoreContext } from "../../../ui/use-core";
import { useFiles } from "./use-files";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** Uploads that are answered when the test says so. */
function held() {
  const asked: { name: string; answer: () => Promise<void> }[] = [];
  vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
    const file = (init.body as FormData).get("file") as File;
    return new Promise<Response>((resolve) => {
      const body = JSON.stringify({ id: `id of ${file.name}` });
      asked.push({ name: file.name, answer: () => act(async () => resolve(new Response(body, { status: 201 }))) });
    });
  });
  return asked;
}

function picked(n: number) {
  const core = new Core();
  const wrapper = ({ children }: { children: React.ReactNode }) => <CoreContext value={core}>{children}</CoreContext>;
  const hook = renderHook(() => useFiles(undefined), { wrapper });
  act(() => hook.result.current.add(Array.from({ length: n }, (_, i) => new File(["x"], `f${i}`))));
  return hook;
}

const names = (asked: readonly { name: string }[]) => asked.map(({ name }) => name);

it("go a few at a time: there is room for the words between two hundred of them", async () => {
  const asked = held();
  const { result } = picked(200);
  expect(names(asked)).toEqual(["f0", "f1", "f2"]);
  for (let next = 0; next < 200; next += 1) await asked[next]?.answer();
  expect(result.current.ids).toHaveLength(200);
  expect(result.current.busy).toBe(false);
});

it("are not uploaded any more once they are taken out, or the writer is gone", async () => {
  const asked = held();
  const { result, unmount } = picked(6);
  const fourth = result.current.files[3]?.key ?? "";
  act(() => result.current.remove(fourth));
  await asked[0]?.answer();
  expect(names(asked)).toEqual(["f0", "f1", "f2", "f4"]);
  unmount();
  await asked[1]?.answer();
  expect(asked).toHaveLength(4);
});
