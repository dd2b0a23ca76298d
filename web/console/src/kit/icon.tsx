// Line icons on a 20-unit grid, drawn for this console.

const paths = {
  inbox:
    "M3 11l2.2-6.2A1.5 1.5 0 0 1 6.6 4h6.8a1.5 1.5 0 0 1 1.4.8L17 11v4a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1zM3 11h4l1.2 2h3.6L13 11h4",
  mine: "M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 16.5c.6-2.9 3-4.5 6-4.5s5.400 1.600 6 4.500",
  unassigned:
    "M8.500 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.500 16.500c.600-2.900 3-4.500 6-4.500 1 0 2 .200 2.800.500M14 12.500l4 4M18 12.500l-4 4",
  all: "M7.500 9.500a2.750 2.750 0 1 0 0-5.500 2.750 2.750 0 0 0 0 5.500zM2 16c.500-2.700 2.700-4.200 5.500-4.200S12.500 13.300 13 16M13 4.200a2.750 2.750 0 0 1 0 5.200M15 12.200c1.600.600 2.700 1.900 3 3.800",
  search: "M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.500 13.500L17 17",
  settings: "M3 6h7M14 6h3M12 4v4M3 14h3M10 14h7M8 12v4",
  back: "M12 4l-6 6 6 6",
  forward: "M8 4l6 6-6 6",
  down: "M4 8l6 6 6-6",
  close: "M5 5l10 10M15 5L5 15",
  check: "M4 10.500l4 4 8-9",
  checks: "M2 10.500l3.500 4 6.500-8M8.500 13.500l1 1L17 6.500",
  clock: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4l2.500 2",
  snooze: "M10 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM8 9h4l-4 4h4M3 5l2.500-2M17 5l-2.500-2",
  assign:
    "M8 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.500 16.500c.500-2.900 2.700-4.500 5.500-4.500 1.300 0 2.500.400 3.400 1M15 11v6M12 14h6",
  reopen: "M4 10a6 6 0 1 1 2 4.500M4 6v4h4",
  more: "M5 10h.010M10 10h.010M15 10h.010",
  note: "M4 4h12v8l-4 4H4zM12 16v-4h4",
  reply: "M8 5L3 10l5 5M3 10h8c3.500 0 5.500 2 6 5.500",
  block: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM5.200 5.200l9.600 9.600",
  person:
    "M3 4h14v12H3zM8 10a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM5.500 13.500c.300-1.200 1.300-1.900 2.500-1.900s2.200.700 2.500 1.900M12.500 8H15M12.500 11H15",
  eye: "M2 10c1.800-3.400 4.500-5 8-5s6.200 1.600 8 5c-1.800 3.400-4.500 5-8 5s-6.200-1.600-8-5zM10 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  erase: "M4 6h12M8 6V4h4v2M6 6l.700 10h6.600L14 6",
  seal: "M10 3l6 2v5c0 3.500-2.400 6-6 7-3.600-1-6-3.500-6-7V5zM7.300 10l2 2 3.500-4",
  copy: "M7 7h9v9H7zM4 13V4h9",
  send: "M3 10l14-6-4 13-3.500-5.500zM9.500 11.500L17 4",
  link: "M8 12l4-4M9 6l1.500-1.500a3 3 0 0 1 5 3.800L14 10M11 14l-1.500 1.500a3 3 0 0 1-5-3.800L6 10",
  plus: "M10 4v12M4 10h12",
  keys: "M2.500 5.500h15v9h-15zM5.500 8.500h.010M8.500 8.500h.010M11.500 8.500h.010M14.500 8.500h.010M6.500 11.500h7",
  sound: "M3 8v4h3l4 3V5L6 8zM13 7.500a3.500 3.500 0 0 1 0 5M15 5.500a6.500 6.500 0 0 1 0 9",
  bell: "M5 13.500V9a5 5 0 0 1 10 0v4.500l1 1H4zM8.500 17h3",
  door: "M8 4H4v12h4M8 10h9M14 7l3 3-3 3",
  globe:
    "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM3 10h14M10 3c2.300 2.200 3 4.500 3 7s-.700 4.800-3 7c-2.300-2.200-3-4.500-3-7s.700-4.800 3-7z",
  team: "M7.500 9.500a2.750 2.750 0 1 0 0-5.500 2.750 2.750 0 0 0 0 5.500zM2 16c.500-2.700 2.700-4.200 5.500-4.200S12.500 13.300 13 16M13 4.200a2.750 2.750 0 0 1 0 5.200M15 12.200c1.600.600 2.700 1.900 3 3.800",
  look: "M10 3a7 7 0 1 0 0 14c1.500 0 1.500-1.200 1-2-.600-1.200 0-2.500 1.500-2.500H15a2 2 0 0 0 2-2C17 6 14 3 10 3zM6.500 9h.010M9 6.500h.010M13 7h.010",
  replies: "M3 4h14v9H9l-4 3.500V13H3zM6.500 7.500h7M6.500 10h4",
  policy: "M5 3h7l3 3v11H5zM12 3v3h3M7.500 10h5M7.500 13h5",
  warn: "M10 3.500L18 17H2zM10 8.500v4M10 14.700h.010",
  download: "M10 3v10M6 9.500l4 4 4-4M4 17h12",
  unread: "M3 5h14v10H3zM3 5.500l7 5.500 7-5.500",
  lock: "M5 9h10v8H5zM7 9V6.500a3 3 0 0 1 6 0V9",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  const mirrored = name === "back" || name === "forward" || name === "reply" || name === "send";
  return (
    <svg
      class={mirrored ? "icon icon-mirrored" : "icon"}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** A speech bubble with a keyhole: talk, under seal. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect class="mark-ground" width="32" height="32" rx="8" />
      <path
        class="mark-figure"
        fill-rule="evenodd"
        d="M9 8h14a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-6l-5 4.500V22H9a3 3 0 0 1-3-3v-8a3 3 0 0 1 3-3zm7 3.200a2.600 2.600 0 0 0-1.300 4.850L14 19h4l-.700-2.950A2.600 2.600 0 0 0 16 11.200z"
      />
    </svg>
  );
}
