import { encode } from "uqr";
import s from "./settings.module.css";

/** Modules of white around the code, without which readers do not find it (ISO/IEC 18004, 5.3.8). */
const QUIET = 4;
/** Of one module, in whole pixels: drawn to a width that does not divide, a long text's modules differ too much to be read. */
const PIXELS = 4;

/** A text as a code for a phone's camera: dark on white in every theme, since many readers take no other. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg
      className={s.qr}
      role="img"
      aria-label={label}
      width={size * PIXELS}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={dark.join("")} fill="#000" />
    </svg>
  );
}
