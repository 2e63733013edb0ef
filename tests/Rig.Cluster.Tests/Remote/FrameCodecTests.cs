using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rig.Cluster.Remote;
using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Cluster.Tests.Remote;

public sealed class FrameCodecTests
{
    private const string Message = """{"type":"done"}""";

    [Fact]
    public void Every_frame_comes_back_as_it_was_sent() =>
        Prop.ForAll(
                Arb.From(Frames()),
                sent =>
                {
                    ReadOnlyMemory<byte> bytes = FrameCodec.Write(sent);
                    LinkFrame read = FrameCodec.Read(bytes.Span);
                    Assert.Equal((sent.Kind, sent.Id, sent.Path, sent.Reason), (read.Kind, read.Id, read.Path, read.Reason));
                    Assert.Equal(sent.Message?.GetType(), read.Message?.GetType());
                    Assert.True(bytes.Span.SequenceEqual(FrameCodec.Write(read).Span));
                }
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("""{"kind":"heartbeat"}{"kind":"heartbeat"}""")]
    [InlineData("""{"kind":"heartbeat" """)]
    [InlineData("""{"kind":"heartbeat","id":1}""")]
    [InlineData("""{"kind":0}""")]
    [InlineData("""{"kind":"shout","path":"a"}""")]
    [InlineData("""{"kind":"tell","path":"a"}""")]
    [InlineData("""{"kind":"tell","path":"a","message":null}""")]
    [InlineData("""{"kind":"tell","path":"a","message":{}}""")]
    [InlineData("""{"kind":"tell","path":"a","message":{"type":"System.IO.FileInfo"}}""")]
    [InlineData("""{"kind":"tell","path":"a","message":{"$type":"done"}}""")]
    [InlineData("""{"kind":"tell","path":"a","message":{"type":7}}""")]
    [InlineData("""{"kind":"tell","path":"a","message":{"type":"join"}}""")]
    [InlineData("""{"kind":"tell","path":"a","message":{"type":"join","camera":null}}""")]
    [InlineData("""{"kind":"tell","path":"a","message":{"type":"join","camera":"\uD800"}}""")]
    [InlineData("""{"kind":"tell","path":"a","message":{"type":"ask_time","sent":"yesterday"}}""")]
    [InlineData("""{"kind":"tell","path":"","message":{"type":"done"}}""")]
    [InlineData("""{"kind":"tell","id":1,"path":"a","message":{"type":"done"}}""")]
    [InlineData("""{"kind":"ask","path":"a","message":{"type":"done"}}""")]
    [InlineData("""{"kind":"ask","id":-1,"path":"a","message":{"type":"done"}}""")]
    [InlineData("""{"kind":"ask","id":1e99,"path":"a","message":{"type":"done"}}""")]
    [InlineData("""{"kind":"answer","id":0,"message":{"type":"done"}}""")]
    [InlineData("""{"kind":"answer","id":1}""")]
    [InlineData("""{"kind":"fault","id":1}""")]
    [InlineData("""{"kind":"fault","reason":"no"}""")]
    public void What_is_no_whole_frame_is_malformed(string text) => AssertMalformed(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void A_path_or_reason_beyond_its_limit_is_malformed_and_depth_too()
    {
        AssertMalformed(Encoding.UTF8.GetBytes($$"""{"kind":"tell","path":"{{new string('a', 129)}}","message":{{Message}}}"""));
        AssertMalformed(Encoding.UTF8.GetBytes($$"""{"kind":"fault","id":1,"reason":"{{new string('a', 2001)}}"}"""));
        AssertMalformed(Encoding.UTF8.GetBytes($$"""{"kind":"tell","path":"a","message":{"x":{{new string('[', 100_000)}}"""));
    }

    [Fact]
    public void A_whole_frame_with_a_few_bytes_changed_is_read_or_malformed_and_nothing_else()
    {
        byte[] good = FrameCodec.Write(new LinkFrame(LinkFrameKind.Ask, 3, "session", new ApplySession(Session("S1")))).ToArray();
        const int seed = 20261121;
        Random random = new(seed);
        int read = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. good];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            int length = random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length;
            try
            {
                FrameCodec.Read(bytes.AsSpan(0, length));
                read++;
            }
            catch (FrameException error)
            {
                Assert.Equal(LinkCount.Malformed, error.Count);
            }
        }

        Assert.InRange(read, 1, 19_999);
    }

    [Fact]
    public void A_message_beyond_a_frame_is_not_written()
    {
        LinkFrame Tell(int length) => new(LinkFrameKind.Tell, Path: "a", Message: new JoinCommand(new string('x', length)));
        int rest = FrameCodec.Write(Tell(0)).Length;
        Assert.Equal(LinkOptions.LargestFrame, FrameCodec.Write(Tell(LinkOptions.LargestFrame - rest)).Length);
        FrameException error = Assert.Throws<FrameException>(() => FrameCodec.Write(Tell(LinkOptions.LargestFrame - rest + 1)));
        Assert.Equal(LinkCount.DroppedUnsendable, error.Count);
    }

    [Fact]
    public void A_long_reason_is_cut_and_not_refused()
    {
        LinkFrame read = FrameCodec.Read(FrameCodec.Write(new LinkFrame(LinkFrameKind.Fault, 1, Reason: new string('x', 5000))).Span);
        Assert.EndsWith("x…", read.Reason, StringComparison.Ordinal);
    }

    private static void AssertMalformed(byte[] bytes) =>
        Assert.Equal(LinkCount.Malformed, Assert.Throws<FrameException>(() => FrameCodec.Read(bytes)).Count);

    private static DesiredSession Session(string id) =>
        new()
        {
            SessionId = id,
            Revision = 3,
            State = DesiredState.Recording,
            Start = DateTimeOffset.UnixEpoch,
            Cameras = [new DesiredCamera("CAM_L/cam0", DateTimeOffset.UnixEpoch)],
        };

    private static Gen<LinkFrame> Frames()
    {
        Gen<string> text = Gen.Choose(0, 0xD7FF).Select(code => (char)code).ArrayOf().Select(letters => new string(letters));
        Gen<string> path = Gen.Elements("session", "coordinator", "a", new string('p', 128));
        Gen<long> id = Gen.Choose(1, int.MaxValue).Select(small => (long)small * small);
        Gen<RemoteMessage> message = Gen.OneOf(
            text.Select(RemoteMessage (camera) => new JoinCommand(camera)),
            text.Select(RemoteMessage (level) => new AskLog(level.Length, level, level.Length > 3 ? 5 : null)),
            text.Select(RemoteMessage (name) => new HierarchyAnswer(new ActorNode(name, name, [new ActorNode(name, "", [])]))),
            text.Select(RemoteMessage (name) => new ApplySession(Session(name))),
            text.Select(RemoteMessage (name) => new PrepareSession(name, name.Length > 3 ? [name] : null, DateTimeOffset.UnixEpoch)),
            text.Select(RemoteMessage (name) => new ReportWishes(name, [], name.Length > 3 ? Session(name) : null)),
            text.Select(RemoteMessage (name) => new PreparedNode(name, [new PreparedCamera(name, true, [])])),
            text.Select(
                RemoteMessage (title) =>
                    new ProblemAnswer(
                        new Problem
                        {
                            Title = title,
                            Status = 503,
                            Code = title,
                        }
                    )
            ),
            Gen.Choose(0, int.MaxValue).Select(RemoteMessage (micros) => new AskTime(DateTimeOffset.UnixEpoch.AddMicroseconds(micros))),
            Gen.Constant<RemoteMessage>(new Done())
        );
        return Gen.OneOf(
            Gen.Constant(new LinkFrame(LinkFrameKind.Heartbeat)),
            path.SelectMany(to => message.Select(body => new LinkFrame(LinkFrameKind.Tell, Path: to, Message: body))),
            path.SelectMany(to => message.SelectMany(body => id.Select(number => new LinkFrame(LinkFrameKind.Ask, number, to, body)))),
            message.SelectMany(body => id.Select(number => new LinkFrame(LinkFrameKind.Answer, number, Message: body))),
            text.Where(words => words.Length <= 2000)
                .SelectMany(words => id.Select(number => new LinkFrame(LinkFrameKind.Fault, number, Reason: words)))
        );
    }
}
