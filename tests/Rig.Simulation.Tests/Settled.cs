using Rig.Actors.Coordination;
using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Simulation.Tests;

/// <summary>What must hold once nothing is broken any more.</summary>
internal static class Settled
{
    /// <summary>Null when everything holds, otherwise the first thing that does not.</summary>
    public static string? Missing(World world) => Coordinator(world) ?? Cameras(world) ?? Answers(world) ?? Acknowledged(world);

    private static string? Coordinator(World world)
    {
        SimNode[] leaders = [.. world.Nodes.Where(node => node.Coordinator is not null)];
        return leaders switch
        {
            [{ Coordinator.State: CoordinatorState.Active } leader] when leader.Token?.Value == world.Store.Leader?.Created => null,
            [var leader] => $"{leader.Id} leads with token {leader.Token} and is {leader.Coordinator!.State}.",
            _ => $"{leaders.Length} nodes lead.",
        };
    }

    private static string? Cameras(World world)
    {
        Dictionary<string, string> wanted = new(StringComparer.Ordinal);
        foreach (DesiredSession session in world.Documents().Select(document => document.Session))
        {
            if (session.State == DesiredState.Stopped)
            {
                return $"{session.SessionId} is not finished.";
            }

            if (session.State != DesiredState.Recording)
            {
                continue;
            }

            if (session.End <= world.Now)
            {
                return $"{session.SessionId} should have ended at {session.End:O}.";
            }

            foreach (
                DesiredCamera camera in session.Cameras.Where(camera =>
                    camera.End is null && camera.Outcome?.Result != CameraResult.Refused
                )
            )
            {
                if (!wanted.TryAdd(camera.Camera, session.SessionId))
                {
                    return $"{camera.Camera} is wanted in {wanted[camera.Camera]} and in {session.SessionId}.";
                }
            }

            string? late = session.AllCameras
                ? AllOf(world).FirstOrDefault(camera => session.Cameras.All(entry => entry.Camera != camera))
                : null;
            if (late is not null)
            {
                return $"{late} is not in {session.SessionId}, which covers all.";
            }
        }

        foreach (SimNode node in world.Nodes)
        {
            foreach (string camera in node.Cameras.Select(camera => $"{node.Id}/{camera}"))
            {
                string? should = wanted.GetValueOrDefault(camera);
                string? does = node.Recording.GetValueOrDefault(camera);
                if (should != does)
                {
                    return $"{camera} records {does ?? "nothing"}, wanted is {should ?? "nothing"}.";
                }
            }
        }

        return null;
    }

    private static IEnumerable<string> AllOf(World world) =>
        world.Nodes.SelectMany(node => node.Cameras.Select(camera => $"{node.Id}/{camera}"));

    private static string? Answers(World world)
    {
        Command? open = world.Commands.FirstOrDefault(command => command.Answers.Count != 1 && command.Life == command.Node.Life);
        return open is null ? null : $"{open} has {open.Answers.Count} answers.";
    }

    /// <summary>What was answered as done is in the documents, as long as these are kept.</summary>
    private static string? Acknowledged(World world)
    {
        Mark[] kept = [.. world.Documents().SelectMany(document => document.Session.Marks)];
        DateTimeOffset since = world.Documents().Select(document => document.Session.Start).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        return world
            .Commands.Where(command => command.Answers is [MarkAnswer])
            .Select(command => ((MarkAnswer)command.Answers[0]).Mark)
            .Where(mark => mark.At >= since && !kept.Contains(mark) && world.Documents().Count < 10 && !WasLocal(world, mark))
            .Select(mark => $"{mark.Name} was acknowledged and is in no document.")
            .FirstOrDefault();
    }

    /// <summary>A mark that a node made by itself may belong to a session that had ended when the rig came back.</summary>
    private static bool WasLocal(World world, Mark mark) =>
        world.Nodes.Any(node =>
            node.Reconciliation.Sessions.Any(session =>
                session.Marks.Contains(mark) && session.State != DesiredState.Recording || session.Origin is not null
            )
        );
}
