using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

// Wishes that nodes made by themselves while the rig was away. A node speaks for its own cameras only.
public sealed partial class CoordinatorMachine
{
    private void Report(Asked asked, ReportWishes report)
    {
        if (report.NodeId != asked.From || (report.Session is { } named && !SessionRules.IsSessionId(named.SessionId)))
        {
            Answer(asked.Asker, SessionProblems.Invalid("A node reports for itself only, sessions with usable names.", "Update the node."));
            return;
        }

        if (report.Session is not { } session)
        {
            Answer(asked.Asker, new Done());
            return;
        }

        DesiredSession own = OwnPart(session, report.NodeId);
        SharedDocument? known = _documents.GetValueOrDefault(own.SessionId);
        if (known?.Session.State != DesiredState.Recording && Wishes.EndElsewhere([.. Recording()], own, _now) is { } ended)
        {
            WriteReported(asked, ended);
            return;
        }

        if (known is null)
        {
            if (Wishes.Runs(own, _now) && own.Cameras.Any(Wishes.IsOpen))
            {
                WriteReported(asked, own with { Revision = 1, Origin = report.NodeId, AllCameras = false });
            }
            else
            {
                Answer(asked.Asker, new Done());
            }

            return;
        }

        DesiredSession merged = Wishes.Merge(known.Session, own, report.NodeId, SessionRules.MostMarks);
        if (known.Session.State == DesiredState.Recording && !ReferenceEquals(merged, known.Session))
        {
            WriteReported(asked, merged);
            return;
        }

        // It knows something that the rig does not want any more: it is told once more what is wanted.
        Answer(asked.Asker, new Done());
        if (known.Session.State != DesiredState.Finished || session.Revision < known.Session.Revision)
        {
            Tell(known.Session, [report.NodeId], null);
        }
    }

    private void WriteReported(Asked asked, DesiredSession session) =>
        Write(
            session.SessionId,
            session,
            told: true,
            () =>
            {
                Answer(asked.Asker, new Done());
                TellAll(session.SessionId, asker: null);
            },
            failure => Answer(asked.Asker, failure)
        );

    /// <summary>What a node may say: about its own cameras, at instants that are not nonsense.</summary>
    private DesiredSession OwnPart(DesiredSession session, string node)
    {
        DateTimeOffset latest = _now + SessionRules.ClockTolerance;
        return session with
        {
            RequestedAt = session.RequestedAt > latest ? latest : session.RequestedAt,
            Marks = [.. session.Marks.Where(mark => mark.Name.Length is > 0 and <= 200).Take(SessionRules.MostMarks)],
            Cameras =
            [
                .. session
                    .Cameras.Where(camera => Wishes.IsOf(camera.Camera, node))
                    .Select(camera => camera.WishedAt > latest ? camera with { WishedAt = latest } : camera),
            ],
        };
    }
}
