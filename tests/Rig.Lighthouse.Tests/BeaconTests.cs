using System.Net;
using Rig.Cluster.Joining.Beacons;

namespace Rig.Lighthouse.Tests;

public sealed class BeaconTests
{
    private static readonly IPAddress Neighbour = IPAddress.Parse("192.168.1.7");

    [Fact]
    public async Task A_question_on_the_network_is_answered_with_the_lighthouse()
    {
        using CancellationTokenSource stop = new();
        TaskCompletionSource<int> port = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task answering = Beacon.AnswerAsync(
            IPAddress.Loopback,
            0,
            "rig-x",
            "http://127.0.0.1:9110",
            TimeProvider.System,
            port.SetResult,
            stop.Token
        );
        BeaconAnswer? answer = await Beacon.FindAsync(
            TimeSpan.FromMinutes(1),
            TimeProvider.System,
            default,
            new IPEndPoint(IPAddress.Loopback, await port.Task)
        );
        Assert.Equal(new BeaconAnswer("rig-x", new Uri("http://127.0.0.1:9110")), answer);
        await stop.CancelAsync();
        await answering;
    }

    [Fact]
    public void A_question_is_never_shorter_than_the_answer() =>
        Assert.True(BeaconMessage.Tell(new string('r', 64), $"http://{new string('h', 253)}:65535").Length <= BeaconMessage.Ask().Length);

    [Theory]
    [InlineData("")]
    [InlineData("RIG? 1")]
    [InlineData("RIG? 2 ")]
    public void What_is_no_question_is_not_answered(string text) =>
        Assert.False(BeaconMessage.IsQuestion(System.Text.Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData("RIG! 1 rig")]
    [InlineData("RIG! 1 rig file:///etc/passwd")]
    [InlineData("RIG! 1 rig http://a b")]
    [InlineData("RIG! 1 rig nothing")]
    public void What_is_no_answer_is_not_believed(string text) =>
        Assert.False(BeaconMessage.TryReadAnswer(System.Text.Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("192.168.1.7", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("8.8.8.8", false)]
    public void Only_neighbours_are_answered(string sender, bool answered) =>
        Assert.Equal(answered, new BeaconLimits().MayAnswer(IPAddress.Parse(sender), TimeSpan.FromSeconds(10)));

    [Fact]
    public void One_sender_is_answered_twice_a_second_at_most()
    {
        BeaconLimits limits = new();
        int answered = Enumerable.Range(0, 100).Count(tick => limits.MayAnswer(Neighbour, TimeSpan.FromMilliseconds(10 * tick)));
        Assert.Equal(2, answered);
    }

    [Fact]
    public void Many_senders_together_are_answered_fifty_times_a_second_at_most()
    {
        BeaconLimits limits = new();
        int answered = Enumerable
            .Range(0, 2000)
            .Count(one => limits.MayAnswer(new IPAddress([10, 0, (byte)(one >> 8), (byte)one]), TimeSpan.FromSeconds(5)));
        Assert.Equal(50, answered);
    }
}
