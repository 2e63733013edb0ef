import { defineConfig } from "vite";

/** Where `npm run dev` finds a node: set RIG_NODE to another address. */
const node = process.env["RIG_NODE"] ?? "http://127.0.0.1:8080";
const routes = ["/api", "/live", "/snapshot", "/mjpeg", "/hls", "/list", "/get", "/recordings", "/logs", "/openapi", "/nodes", "/update"];

export default defineConfig({
  build: {
    target: "es2022",
    // A fixed order and no inlined files: the page's policy allows nothing but files of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: Object.fromEntries(routes.map((route) => [route, { target: node, ws: true }])),
  },
});
