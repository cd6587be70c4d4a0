/**
 * A key for one create or send, the same for every try of it. Not `randomUUID`: browsers keep it from pages that came over
 * plain http, and from whatever is framed in them.
 */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
