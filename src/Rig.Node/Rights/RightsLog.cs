using System.Net;
using Rig.Contracts.Access;

namespace Rig.Node.Rights;

/// <summary>The lines about rights in the program's log.</summary>
internal static partial class RightsLog
{
    [LoggerMessage(EventId = 40, Level = LogLevel.Warning, Message = "The rig's rights cannot be followed, those known hold on: {Reason}")]
    public static partial void Away(ILogger log, string reason);

    [LoggerMessage(
        EventId = 41,
        Level = LogLevel.Warning,
        Message = "{File} cannot be written; without the rig nobody could sign in after a new start: {Reason}"
    )]
    public static partial void CopyFailed(ILogger log, string file, string reason);

    [LoggerMessage(EventId = 42, Level = LogLevel.Warning, Message = "The rights in {Place} cannot be read and do not count: {Reason}")]
    public static partial void Unreadable(ILogger log, string place, string reason);

    [LoggerMessage(EventId = 43, Level = LogLevel.Information, Message = "{Name} signed in as {Role} from {Address}")]
    public static partial void SignedIn(ILogger log, string name, Role role, IPAddress? address);

    [LoggerMessage(
        EventId = 44,
        Level = LogLevel.Warning,
        Message = "A wrong password or link came from {Address}, {Count} since the start"
    )]
    public static partial void Wrong(ILogger log, IPAddress? address, long count);

    [LoggerMessage(EventId = 45, Level = LogLevel.Warning, Message = "{Who} changed the rights: {What}")]
    public static partial void RightsChanged(ILogger log, string who, string what);

    [LoggerMessage(EventId = 46, Level = LogLevel.Warning, Message = "No token for this machine's own programs could be left: {Reason}")]
    public static partial void NoLocalToken(ILogger log, string reason);
}
