using System.Text;
using Rig.Actors.Cluster;
using Rig.Actors.Coordination;
using Rig.Actors.Tests.Support;
using Rig.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Rigs;

public sealed class SharedDocumentsTests
{
    private static readonly DesiredSession Session = new()
    {
        SessionId = "DEMO",
        Revision = 3,
        State = DesiredState.Recording,
        Start = Samples.Noon,
        Cameras = [new DesiredCamera("CAM_L/cam0", Samples.Noon)],
    };

    [Fact]
    public void A_document_comes_back_as_it_was_written()
    {
        SharedDocument read = SharedDocuments.Read(new StateEntry("sessions/DEMO", SharedDocuments.Write(Session), 7))!;
        Assert.Equal((7, "DEMO", 3), (read.Revision, read.Session.SessionId, read.Session.Revision));
        Assert.Equal(Session.Cameras, read.Session.Cameras);
    }

    [Theory]
    [InlineData("sessions/DEMO", "{ broken")]
    [InlineData("sessions/DEMO", "{}")]
    [InlineData("sessions/DEMO", "null")]
    [InlineData("sessions/OTHER", null)]
    public void What_is_no_document_of_its_key_is_passed_over(string key, string? text)
    {
        ReadOnlyMemory<byte> value = text is null ? SharedDocuments.Write(Session) : Encoding.UTF8.GetBytes(text);
        Assert.Null(SharedDocuments.Read(new StateEntry(key, value, 1)));
        Assert.Null(SharedDocuments.Read(new StateEntry(key, null, 1)));
    }

    [Theory]
    [InlineData(11.9, false)]
    [InlineData(12.1, true)]
    public void Of_a_node_alone_a_session_that_was_too_old_when_the_program_began_has_ended(double hours, bool ends)
    {
        TimeSpan within = TimeSpan.FromHours(12);
        SharedDocument aged = SharedDocuments.Aged(new SharedDocument(Session, 1), Samples.Noon.AddHours(hours), within);
        Assert.Equal(ends ? Samples.Noon + within : null, aged.Session.End);
    }
}
