import { ICON_PATHS, type IconName } from "./icon-paths";

/** A drawing. With `label` it is an image that says it, without it is decoration. */
export function Icon({ name, size = "", label }: { name: IconName; size?: "" | "s" | "m" | "xs"; label?: string }) {
  const named = label ? { role: "img", "aria-label": label } : { "aria-hidden": true };
  return (
    <svg className={`icon ${size}`} viewBox="0 0 16 16" {...named}>
      {label && <title>{label}</title>}
      <path d={ICON_PATHS[name]} />
    </svg>
  );
}
