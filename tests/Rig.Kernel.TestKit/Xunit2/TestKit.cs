using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.TestKit.Internal;
using Xunit.Abstractions;

namespace Akka.TestKit.Xunit2;

/// <summary>Base of xunit test classes: a system for each test, ended with it.</summary>
public class TestKit : TestKitBase, IDisposable
{
    private readonly bool _ownsSystem;
    private bool _disposed;

    /// <summary>In a given system, which is left running, or in a new one.</summary>
    public TestKit(ActorSystem? system = null, ITestOutputHelper? output = null)
        : base(system, null, null, null)
    {
        _ownsSystem = system is null;
        LogTo(output);
    }

    /// <summary>In a new system of this configuration.</summary>
    public TestKit(Config config, string? actorSystemName = null, ITestOutputHelper? output = null)
        : base(null, config, actorSystemName, null)
    {
        _ownsSystem = true;
        LogTo(output);
    }

    /// <summary>In a new system of this configuration.</summary>
    public TestKit(string config, ITestOutputHelper? output = null)
        : this(ConfigurationFactory.ParseString(config), null, output) { }

    /// <summary>Runs after the test, before the system ends.</summary>
    protected virtual void AfterAll() { }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the system.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (_disposed || !disposing)
        {
            return;
        }
        _disposed = true;
        try
        {
            AfterAll();
        }
        finally
        {
            if (_ownsSystem)
            {
                Shutdown(verifySystemShutdown: true);
            }
            InternalCurrentActorCellKeeper.Current = null;
        }
    }

    private void LogTo(ITestOutputHelper? output)
    {
        if (output is not null)
        {
            ((ExtendedActorSystem)Sys).SystemActorOf(Props.CreateBy(new OutputLogger.Producer(output)));
        }
    }
}
