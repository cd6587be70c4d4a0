/** The house's own mark; `dark` draws it for light ground. */
export function Logo({ className, dark }: { className?: string; dark?: boolean }) {
  return (
    <svg className={className} viewBox="0 0 28 28" aria-hidden>
      <rect width="28" height="28" rx="8" fill={dark ? "#0f2d36" : "#e9f4f6"} />
      <path
        d="M7 8.5h14M7 14h9M7 19.5h5"
        stroke={dark ? "#e9f4f6" : "#0f2d36"}
        strokeWidth="2.6"
        strokeLinecap="round"
        fill="none"
      />
      <circle cx="20" cy="18" r="3" fill="#e4572e" />
    </svg>
  );
}
