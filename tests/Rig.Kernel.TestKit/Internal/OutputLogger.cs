using Akka.Actor;
using Akka.Event;
using Xunit.Abstractions;

namespace Akka.TestKit.Internal;

/// <summary>Writes log events to a test's output.</summary>
internal sealed class OutputLogger(ITestOutputHelper output) : ActorBase
{
    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(LogEvent));

    protected override bool Receive(object message)
    {
        try
        {
            output.WriteLine(message.ToString());
        }
        catch (InvalidOperationException)
        {
            // The test has ended; its output takes nothing any more.
            Context.Stop(Self);
        }
        return true;
    }

    public sealed class Producer(ITestOutputHelper output) : IIndirectActorProducer
    {
        public Type ActorType => typeof(OutputLogger);

        public ActorBase Produce() => new OutputLogger(output);

        public void Release(ActorBase actor) { }
    }
}
