using Akka.Configuration;

namespace Akka.TestKit;

/// <summary>How long a test kit waits, all multiplied by <c>akka.test.timefactor</c>.</summary>
public class TestKitSettings
{
    /// <summary>Long enough for a machine that is busy with other tests; only a failing test waits that long.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_noMessage = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads the settings below <c>akka.test</c>.</summary>
    public TestKitSettings(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        TestTimeFactor = config.GetDouble("akka.test.timefactor", 1.0);
        DefaultTimeout = config.GetTimeSpan("akka.test.default-timeout", s_patience);
        SingleExpectDefault = config.GetTimeSpan("akka.test.single-expect-default", s_patience);
        ExpectNoMessageDefault = config.GetTimeSpan("akka.test.expect-no-message-default", s_noMessage);
        TestEventFilterLeeway = config.GetTimeSpan("akka.test.filter-leeway", s_patience);
    }

    /// <summary>For everything that has no other default.</summary>
    public TimeSpan DefaultTimeout { get; }

    /// <summary>How long one expected message is waited for.</summary>
    public TimeSpan SingleExpectDefault { get; }

    /// <summary>How long a message that must not come is waited for.</summary>
    public TimeSpan ExpectNoMessageDefault { get; }

    /// <summary>How long expected log events are waited for.</summary>
    public TimeSpan TestEventFilterLeeway { get; }

    /// <summary>What times are multiplied by on a slow machine.</summary>
    public double TestTimeFactor { get; }
}
