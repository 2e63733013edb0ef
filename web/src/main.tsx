import { render } from "preact";
import { App } from "./App";
import "./styles/index.css";

const root = document.getElementById("app");
if (root) render(<App />, root);

// Only a secure page (HTTPS, or the machine itself) may keep its shell; elsewhere it works the same and is loaded each time.
if ("serviceWorker" in navigator && import.meta.env.PROD) void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
