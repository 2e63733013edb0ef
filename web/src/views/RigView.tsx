// Every node with all that it says of itself, how they hang together, and where they disagree.
import { Empty, Facts, Loading, Notice } from "../components/parts";
import { connection, members, rig } from "../state/rig";
import { NodeCard } from "./NodeCard";

const coordinatorWords = { standby: "stands by", taking_over: "is taking over", active: "acts" } as const;

export function RigView() {
  const seen = rig.value;
  if (!seen) return connection.value === "loading" ? <Loading what="the rig" /> : <Empty title="The node does not answer">It is asked again every second.</Empty>;
  const { cluster, disagreements } = seen;
  return (
    <>
      <header class="page-head">
        <h1>Rig {seen.rigId}</h1>
      </header>
      {disagreements.map(({ code, nodes, text, remedy }) => (
        <Notice key={`${code} ${nodes.join()}`} tone="warn" title={text}>
          {remedy}
        </Notice>
      ))}
      <div class="cards">
        <section class="card">
          <h2>Together</h2>
          <Facts
            rows={[
              ["This page comes from", seen.answeredBy],
              ["Nodes", `${members.value.filter(({ view }) => view.state === "up").length} of ${members.value.length} up`],
              ["Shared state", `${cluster.reachable ? "reachable" : "away"} (${cluster.engine})`],
              ["Why", cluster.reason ?? null],
              ["Coordinator", cluster.coordinator ? `${cluster.coordinator} ${cluster.coordinatorState ? coordinatorWords[cluster.coordinatorState] : ""}` : "none"],
              ["Fencing token", cluster.token ?? null],
              ["Disagreements", disagreements.length || "none"],
            ]}
          />
        </section>
        {members.value.map((member) => (
          <NodeCard key={member.view.member.nodeId} member={member} />
        ))}
      </div>
    </>
  );
}
