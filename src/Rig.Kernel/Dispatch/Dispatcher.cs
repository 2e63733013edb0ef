using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>How long one actor may keep a pool thread before it must queue up again behind the others.</summary>
internal sealed class Dispatcher(Config config)
{
    private const int DefaultThroughput = 30;

    /// <summary>Short enough that an actor of slow messages does not delay the others by a video frame.</summary>
    private static readonly TimeSpan s_defaultDeadline = TimeSpan.FromMilliseconds(5);

    /// <summary>Messages in one run, <c>akka.actor.default-dispatcher.throughput</c>.</summary>
    public int Throughput { get; } = Math.Max(1, config.GetInt("akka.actor.default-dispatcher.throughput", DefaultThroughput));

    /// <summary>Time in one run, <c>akka.actor.default-dispatcher.throughput-deadline-time</c>; zero or less means the default.</summary>
    public TimeSpan Deadline { get; } =
        config.GetTimeSpan("akka.actor.default-dispatcher.throughput-deadline-time", TimeSpan.Zero) is { Ticks: > 0 } set
            ? set
            : s_defaultDeadline;
}
