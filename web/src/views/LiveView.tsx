// The wall of every camera of the rig, what is wrong with it, and the controls of the session.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { cameras, connection, rig } from "../state/rig";
import { Empty, Loading } from "../components/parts";
import { gridFor } from "./grid";
import type { Grid } from "./grid";
import { Tile } from "./Tile";
import { Transport } from "./Transport";
import { TroubleList } from "./TroubleList";

const gap = 6;

/** Below this width the controls lie under the pictures, and the page scrolls: height does not bound the pictures. */
const narrow = 900;

function useGrid(box: { current: HTMLElement | null }, pictures: number): Grid {
  const [grid, set] = useState<Grid>({ columns: 2, width: 160 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = (): void => {
      const { width, height } = element.getBoundingClientRect();
      if (innerWidth >= narrow) {
        set(gridFor(pictures, width, height, gap));
        return;
      }
      const { columns } = gridFor(pictures, width, innerHeight * 0.5, gap);
      set({ columns, width: (width - gap * (columns - 1)) / columns });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    addEventListener("resize", measure);
    measure();
    return () => {
      observer.disconnect();
      removeEventListener("resize", measure);
    };
  }, [pictures]);
  return grid;
}

export function LiveView() {
  const wall = useRef<HTMLDivElement>(null);
  const all = cameras.value;
  const { columns, width } = useGrid(wall, all.length);
  return (
    <div class="live">
      <section class="wall-box" ref={wall} aria-label="Cameras">
        {all.length > 0 ? (
          <ul class="wall" style={{ "--columns": columns, "--tile": `${width}px` }}>
            {all.map((camera) => (
              <Tile key={camera.key} camera={camera} />
            ))}
          </ul>
        ) : connection.value === "loading" ? (
          <Loading what="the cameras" />
        ) : (
          <Empty title="No cameras yet">
            Name one in the node's configuration, or let a sender connect to a listening port: every sender becomes a camera by itself.
          </Empty>
        )}
      </section>
      <aside class="control" aria-label="Session">
        <Transport />
        {rig.value && <TroubleList />}
      </aside>
    </div>
  );
}
