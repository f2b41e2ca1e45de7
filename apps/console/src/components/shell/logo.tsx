/** The same as public/favicon.svg. */
export function Logo() {
  return (
    <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
      <rect width="16" height="16" rx="3.5" fill="#0d6b74" />
      <path d="M3.5 11.5 8 8l4.5-4.5" fill="none" stroke="#fff" strokeWidth="1.3" />
      <circle cx="3.5" cy="11.5" r="1.7" fill="#0d6b74" stroke="#fff" strokeWidth="1.2" />
      <circle cx="8" cy="8" r="1.9" fill="#fff" />
      <path d="M10.7 1.8h3.5v3.5h-3.5z" fill="#fff" />
    </svg>
  );
}
