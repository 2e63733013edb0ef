namespace Rig.Node.Hosting;

/// <summary>The log for what is made before the server that has the log is built.</summary>
internal sealed class LateLog
{
    private ILogger? _log;

    public void Connect(ILoggerFactory loggers) => Volatile.Write(ref _log, loggers.CreateLogger("rig.cluster"));

    public void Error(Exception error)
    {
        if (Volatile.Read(ref _log) is { } log)
        {
            NodeLog.ClusterError(log, error);
        }
    }
}
