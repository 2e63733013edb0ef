// Line icons of one weight, 24 x 24, drawn with the text's colour.

const paths = {
  live: "M3 6.5h18v11H3z M8 20.5h8",
  film: "M4 5h16v14H4z M4 9h16 M4 15h16 M8.5 5v14 M15.5 5v14",
  pulse: "M3 12h4l2.5-6 5 12 2.5-6h4",
  gear: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z M12 2.8v3 M12 18.2v3 M2.8 12h3 M18.2 12h3 M5.5 5.5l2.1 2.1 M16.4 16.4l2.1 2.1 M18.5 5.5l-2.1 2.1 M7.6 16.4l-2.1 2.1",
  list: "M8 6h12 M8 12h12 M8 18h12 M4 6h.01 M4 12h.01 M4 18h.01",
  nodes: "M5 4.5h14v6H5z M5 13.5h14v6H5z M8.5 7.5h.01 M8.5 16.5h.01",
  flag: "M5.5 21V4 M5.5 4.5h12l-2.5 4 2.5 4h-12",
  warn: "M12 4 2.8 19.5h18.4z M12 10v4.5 M12 17.2h.01",
  check: "M4.5 12.5l5 5 10-11",
  close: "M6 6l12 12 M18 6L6 18",
  back: "M14.5 5l-7 7 7 7",
  camera: "M3.5 7.5h4l1.5-2.5h6l1.5 2.5h4v11.5h-17z M12 9.8a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8z",
  download: "M12 4v11 M7 10.5l5 5 5-5 M4.5 20h15",
  lock: "M12 3.5v4 M12 16.5v4 M3.5 12h4 M16.5 12h4 M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
  sound: "M4 9.5v5h3.5L12 19V5L7.5 9.5z M15.5 9a4.5 4.5 0 0 1 0 6 M18 6.5a8 8 0 0 1 0 11",
  mute: "M4 9.5v5h3.5L12 19V5L7.5 9.5z M16 9.5l5 5 M21 9.5l-5 5",
  play: "M7 4.5v15l12.5-7.5z",
  pause: "M8 5v14 M16 5v14",
  edit: "M4.5 19.5l1-4.5L16.5 4 20 7.5 9 18.5z",
  power: "M12 3.5v8 M6.8 6.8a7.5 7.5 0 1 0 10.4 0",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
  wifi: "M3 9.5a13 13 0 0 1 18 0 M6.2 13a8.4 8.4 0 0 1 11.6 0 M9.3 16.4a4 4 0 0 1 5.4 0 M12 19.5h.01",
  full: "M4 9V4h5 M15 4h5v5 M20 15v5h-5 M9 20H4v-5",
} as const;

export type IconName = keyof typeof paths;

export const Icon = ({ name, size = 20 }: { name: IconName; size?: number }) => (
  <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
);
