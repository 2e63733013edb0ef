using Akka.Actor;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Events;

namespace Rig.Actors.Tests.Cameras;

/// <summary>What a manifest says of the clock.</summary>
public sealed class RecorderClockTests : CameraTest
{
    [Fact]
    public void The_manifest_has_the_clock_as_it_was_at_the_start()
    {
        IActorRef camera = StartCamera();
        Begin(camera, Order());
        Recorder.Next();
        Status(camera);
        Assert.Equal((0.1, 0.2), (Manifest.Clock!.OffsetMs, Manifest.Clock.UncertaintyMs));
    }

    [Fact]
    public void A_step_of_the_clock_is_noted_while_recording_and_only_then()
    {
        IActorRef camera = StartCamera();
        Status(camera);
        Step(-3);
        Begin(camera, Order());
        Recorder.Next();
        Status(camera);
        Step(10);
        AwaitAssert(() => Assert.Contains("+10.000 s", Assert.Single(Manifest.Notes).Text, StringComparison.Ordinal));
    }

    private void Step(double seconds) =>
        Sys.EventStream.Publish(new ClockStepped(seconds * 1000, Held: true) { Time = Now, Node = "CAM_L" });
}
