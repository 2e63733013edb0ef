using Rig.Contracts.Sessions;

namespace Rig.Node.Hosting;

/// <summary>The lines that the node writes into the program's log.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Session {Session}: {State}")]
    public static partial void Session(ILogger log, string session, SessionState state);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Text} {Remedy}")]
    public static partial void Alarm(ILogger log, string text, string remedy);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "{Actor}: {Text}")]
    public static partial void ActorError(ILogger log, Exception? cause, string actor, object text);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "{Actor}: {Text}")]
    public static partial void ActorWarning(ILogger log, string actor, object text);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "Somebody who listens to the cluster failed.")]
    public static partial void ClusterError(ILogger log, Exception cause);

    [LoggerMessage(EventId = 6, Level = LogLevel.Information, Message = "RTSP is served at rtsp://{EndPoint}/")]
    public static partial void Rtsp(ILogger log, System.Net.IPEndPoint endPoint);

    [LoggerMessage(
        EventId = 7,
        Level = LogLevel.Warning,
        Message = "The node runs without RTSP: port {Port} cannot be had ({Reason}). Set rtsp.port."
    )]
    public static partial void NoRtsp(ILogger log, int port, string reason);

    [LoggerMessage(EventId = 8, Level = LogLevel.Warning, Message = "The start of {Session} was not told by a tone: {Reason}")]
    public static partial void NoTone(ILogger log, string session, string reason);
}
