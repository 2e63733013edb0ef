using Akka.Actor;

namespace Rig.Kernel.Tests.Actor;

public sealed class ActorSelectionTests : KernelTest
{
    [Theory]
    [InlineData("/user/a")]
    [InlineData("akka://test/user/a")]
    [InlineData("a")]
    [InlineData("../user/a")]
    [InlineData("/user/b/../a")]
    public async Task A_path_finds_its_actor(string path)
    {
        var actor = Sys.ActorOf(Props.Create<Doer>(), "a");
        Sys.ActorOf(Props.Create<Doer>(), "b");
        Assert.Equal(actor, await Sys.ActorSelection(path).ResolveOne(TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData("/user/nobody")]
    [InlineData("akka://other/user/a")]
    [InlineData("/deadLetters")]
    public async Task A_path_where_nobody_is_says_so(string path)
    {
        Sys.ActorOf(Props.Create<Doer>(), "a");
        await Assert.ThrowsAsync<ActorNotFoundException>(() => Sys.ActorSelection(path).ResolveOne(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void A_pattern_finds_all_that_match()
    {
        foreach (var name in (string[])["cam0", "cam1", "clock"])
        {
            Sys.ActorOf(Props.Create<Doer>(), name);
        }
        Sys.ActorSelection("/user/cam?").Tell("hello", TestActor);
        Assert.Equal(2, ReceiveN(2).Count);
        Sys.ActorSelection("/user/c*").Tell("hello", TestActor);
        Assert.Equal(3, ReceiveN(3).Count);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void What_finds_nobody_is_a_dead_letter() =>
        EventFilter
            .DeadLetter<string>(static text => text == "hello", "akka://test/user/nobody")
            .ExpectOne(() => Sys.ActorSelection("/user/nobody").Tell("hello"));

    [Fact]
    public async Task Who_waits_for_an_answer_can_be_found()
    {
        var probe = CreateTestProbe();
        var answer = probe.Ref.Ask<string>("question", TimeSpan.FromSeconds(10));
        await probe.ExpectMsgAsync("question");
        Sys.ActorSelection(probe.LastSender.Path.ToString()).Tell("answer");
        Assert.Equal("answer", await answer);
    }

    [Theory]
    [InlineData("akka://sys/user/a", "/user/a", "sys")]
    [InlineData("akka.tcp://sys@host:4053/user/a/b#17", "/user/a/b", "sys")]
    public void A_path_is_read_as_it_is_written(string text, string names, string system)
    {
        var path = ActorPath.Parse(text);
        Assert.Equal(text, path.ToSerializationFormat());
        Assert.Equal(names, path.ToStringWithoutAddress());
        Assert.Equal(system, path.Address.System);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/user/a")]
    [InlineData("akka://")]
    [InlineData("akka://sys@host/user")]
    [InlineData("akka://sys@host:99999/user")]
    [InlineData("akka://sys/user#x")]
    public void What_is_no_path_is_refused(string text) => Assert.False(ActorPath.TryParse(text, out _));
}
