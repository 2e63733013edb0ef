// The frame around every view: who and where we are, what runs, and the way to the other views.
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { readCapabilities } from "./api/capabilities";
import { logout } from "./api/rig";
import { Icon } from "./components/Icon";
import type { IconName } from "./components/Icon";
import { Toasts } from "./components/Toasts";
import { clockTime, duration } from "./format";
import { nodeNow, tick } from "./state/clock";
import { noteEvent, openedAt } from "./state/events";
import { me, readMe, signIn } from "./state/me";
import { connection, follow, lastAnswer, nodes, refresh, rig, session } from "./state/rig";
import { linkTo, route } from "./state/route";
import type { Route } from "./state/route";
import { attempt } from "./state/toasts";
import { CameraView } from "./views/CameraView";
import { EventsView } from "./views/EventsView";
import { HistoryView } from "./views/HistoryView";
import { LiveView } from "./views/LiveView";
import { RecordingsView } from "./views/RecordingsView";
import { RigView } from "./views/RigView";
import { SessionView } from "./views/SessionView";
import { SettingsView } from "./views/SettingsView";
import { troubleCount } from "./views/TroubleList";

const tabs: readonly { icon: IconName; text: string; href: string; views: readonly Route["view"][] }[] = [
  { icon: "live", text: "Live", href: linkTo.live, views: ["live", "camera"] },
  { icon: "film", text: "Recordings", href: linkTo.recordings, views: ["recordings", "session"] },
  { icon: "nodes", text: "Rig", href: linkTo.rig, views: ["rig"] },
  { icon: "pulse", text: "History", href: linkTo.history, views: ["history", "events"] },
  { icon: "gear", text: "Settings", href: linkTo.settings(), views: ["settings"] },
];

function view(open: Route): VNode {
  switch (open.view) {
    case "live":
      return <LiveView />;
    case "camera":
      return <CameraView key={`${open.node}/${open.id}`} node={open.node} id={open.id} />;
    case "recordings":
      return <RecordingsView />;
    case "session":
      return <SessionView key={open.id} id={open.id} />;
    case "rig":
      return <RigView />;
    case "history":
      return <HistoryView />;
    case "events":
      return <EventsView />;
    case "settings":
      return <SettingsView node={open.node} />;
  }
}

async function begin(): Promise<void> {
  try {
    await readMe();
  } catch {
    // The node is away: the first answer will come when it is back.
  }
  if (me.value && !me.value.authenticated) {
    signIn();
    return;
  }
  await refresh();
  openedAt(nodeNow());
  follow(noteEvent);
  await readCapabilities().catch(() => undefined);
}

function Navigation() {
  return (
    <nav class="tabs" aria-label="Views">
      {tabs.map(({ icon, text, href, views }) => (
        <a key={href} href={href} aria-current={views.includes(route.value.view) ? "page" : undefined}>
          <Icon name={icon} size={22} />
          <span>{text}</span>
          {icon === "nodes" && troubleCount.value > 0 && (
            <span class="badge" aria-label={`${troubleCount.value} to look at`}>
              {troubleCount.value}
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}

function Recording() {
  const running = session.value;
  if (!running || route.value.view === "live") return null;
  return (
    <a class="chip rec" href={linkTo.live}>
      REC {duration(((tick.value || nodeNow()) - Date.parse(running.start)) / 1000)}
    </a>
  );
}

function Who() {
  if (!me.value || me.value.open || !me.value.role) return null;
  return (
    <button type="button" class="plain who" title="Sign out" onClick={() => void attempt(logout).then(signIn)}>
      <Icon name="person" size={18} />
      <span>
        {me.value.name ? `${me.value.name} · ` : ""}
        {me.value.role}
      </span>
    </button>
  );
}

function Banners() {
  const points = nodes.value.filter(({ network }) => network?.mode === "access_point");
  return (
    <>
      {connection.value === "away" && (
        <div class="banner block" role="alert">
          <Icon name="warn" />
          <p>
            <b>This page has lost the node.</b> {lastAnswer.value > 0 && `What is shown is from ${clockTime(lastAnswer.value)}. `}
            Check that this device is in the rig's network. Recordings go on without it.
          </p>
        </div>
      )}
      {points.map(({ nodeId, network }) => (
        <div class="banner warn" role="status" key={nodeId}>
          <Icon name="wifi" />
          <p>
            <b>{nodeId} opened its own network{network?.name ? ` ${network.name}` : ""}</b> because it found no other. Cameras of other nodes may be out of reach;
            bring the rig's network back and it returns by itself.
          </p>
        </div>
      ))}
    </>
  );
}

export function App() {
  useEffect(() => void begin(), []);
  return (
    <div class={`app view-${route.value.view} ${session.value ? "recording" : ""}`}>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href={linkTo.live}>
          <span class="brand-dot" aria-hidden="true" />
          {rig.value?.rigId ?? "RecorderRig"}
        </a>
        <Recording />
        <span class="spacer" />
        {rig.value && (
          <time class="rig-time" title="The rig's time">
            {clockTime(tick.value || nodeNow())}
          </time>
        )}
        <Who />
      </header>
      <Banners />
      <Navigation />
      <main id="main" tabIndex={-1}>
        {view(route.value)}
      </main>
      <Toasts />
    </div>
  );
}
