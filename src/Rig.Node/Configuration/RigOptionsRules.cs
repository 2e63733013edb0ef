// What no single option can see: combinations that cannot work, and values whose form is more than a type.
using System.Net;
using System.Text.RegularExpressions;
using Rig.Streams.Sources;

namespace Rig.Node.Configuration;

/// <summary>A rule that does not hold.</summary>
/// <param name="Key">The option at fault.</param>
/// <param name="Text">What is wrong.</param>
/// <param name="Allowed">What is allowed.</param>
internal sealed record BrokenRule(string Key, string Text, string Allowed);

/// <summary>Rules over all options.</summary>
internal static partial class RigOptionsRules
{
    /// <summary>More cameras than this on one node is a mistake in the file: the largest node known takes 25 streams.</summary>
    public const int MaxCameras = 256;

    /// <summary>Sources that take something only one camera can have: a device or a port to listen on.</summary>
    private static readonly string[] Exclusive = ["v4l2:", "libcamera:", "udp://:", "tcp://:", "srt://0.0.0.0:"];

    /// <summary>Every rule that does not hold.</summary>
    /// <param name="options">Options of the right types and ranges.</param>
    /// <param name="schemes">What a source may be.</param>
    public static IEnumerable<BrokenRule> Check(RigOptions options, IReadOnlyList<ISourceScheme> schemes) =>
        [
            .. Node(options),
            .. Cluster(options),
            .. Cameras(options.Cameras, schemes),
            .. Recording(options.Recording),
            .. Streams(options),
            .. Gates(options.Gates),
        ];

    private static IEnumerable<BrokenRule> Node(RigOptions options)
    {
        if (!NodeId().IsMatch(options.Node.Id))
        {
            yield return new("node.id", $"\"{options.Node.Id}\" is no id", "letters, digits, - and _, 32 at most");
        }

        if (options.Http.Addresses.Count == 0)
        {
            yield return new(
                "http.addresses",
                "is empty, so that nobody could reach the node",
                "IP addresses of this machine, such as 127.0.0.1"
            );
        }

        foreach (var address in options.Http.Addresses.Where(address => !IPAddress.TryParse(address, out _)))
        {
            yield return new("http.addresses", $"\"{address}\" is no IP address", "127.0.0.1, ::1, 0.0.0.0 for all of IPv4, or :: for all");
        }
    }

    private static IEnumerable<BrokenRule> Cluster(RigOptions options)
    {
        foreach (var role in options.Node.Roles.Where(role => !NodeId().IsMatch(role)))
        {
            yield return new("node.roles", $"\"{role}\" is no role", "letters, digits, - and _, such as camera");
        }

        var cluster = options.Cluster;
        foreach (var address in cluster.Etcd.Where(address => !IsHttp(address)))
        {
            yield return new("cluster.etcd", $"\"{address}\" is no address of etcd", "such as https://10.0.0.2:2379");
        }

        if (cluster.Lease.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            yield return new("cluster.lease", "is no whole number of seconds", "such as 5s");
        }

        if (!IPAddress.TryParse(cluster.Link.Address, out _))
        {
            yield return new(
                "cluster.link.address",
                $"\"{cluster.Link.Address}\" is no IP address",
                "127.0.0.1, ::1, 0.0.0.0 for all of IPv4, or :: for all"
            );
        }

        if (cluster.Link.Advertise is { Length: > 0 } host && Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            yield return new("cluster.link.advertise", $"\"{host}\" is no host", "a host name or an IP address, without port");
        }
    }

    private static bool IsHttp(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https");

    private static IEnumerable<BrokenRule> Cameras(IReadOnlyDictionary<string, CameraOptions> cameras, IReadOnlyList<ISourceScheme> schemes)
    {
        if (cameras.Count > MaxCameras)
        {
            yield return new("cameras", $"{cameras.Count} cameras are too many", $"{MaxCameras} at most");
        }

        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (id, camera) in cameras)
        {
            var key = $"cameras.{id}.source";
            if (Source(id, camera.Source, schemes) is { } wrong)
            {
                yield return new(key, wrong, "");
            }

            var resource = camera.Source.Split('?')[0];
            if (Exclusive.Any(start => resource.StartsWith(start, StringComparison.Ordinal)) && !taken.TryAdd(resource, id))
            {
                yield return new(
                    key,
                    $"\"{resource}\" is already the source of {taken[resource]}",
                    "one camera for each device or listening port"
                );
            }
        }
    }

    /// <summary>What is wrong with a source's text, in the words of its own scheme; null when nothing is.</summary>
    private static string? Source(string id, string text, IReadOnlyList<ISourceScheme> schemes)
    {
        try
        {
            new SourceRegistry(schemes).Create(text, new SourceContext { CameraId = id });
            return null;
        }
        catch (SourceException wrong)
        {
            var scheme = text.Split(':')[0];
            var names = schemes.SelectMany(known => known.Names).ToList();
            var near = names.Contains(scheme, StringComparer.Ordinal) ? null : Suggestion.For(scheme, names);
            return near is null ? wrong.Message : $"{wrong.Message} Did you mean {near}:?";
        }
    }

    private static IEnumerable<BrokenRule> Recording(RecordingOptions recording)
    {
        if (recording.Fragment > recording.Rotation)
        {
            yield return new("recording.fragment", "is longer than recording.rotation", "at most recording.rotation");
        }

        if (recording.AlignToClock && TimeSpan.TicksPerDay % recording.Rotation.Ticks != 0)
        {
            yield return new(
                "recording.rotation",
                "does not divide a day, so that it cannot be aligned to the clock",
                "a span such as 1m, 5m, 10m, 15m, 30m or 1h while recording.alignToClock is true"
            );
        }
    }

    private static IEnumerable<BrokenRule> Streams(RigOptions options)
    {
        if (options.Log.CameraBytes.CompareTo(options.Log.NodeBytes) > 0)
        {
            yield return new("log.cameraBytes", "is more than log.nodeBytes", "at most log.nodeBytes");
        }

        if (options.Log.LowWatermark.CompareTo(options.Log.HighWatermark) >= 0)
        {
            yield return new(
                "log.lowWatermark",
                "is not below log.highWatermark, so that pressure would never end",
                "less than log.highWatermark"
            );
        }

        if (options.LowStream.ReturnBelow.CompareTo(options.LowStream.StopAbove) >= 0)
        {
            yield return new(
                "lowStream.returnBelow",
                "is not below lowStream.stopAbove, so that the stream would come and go",
                "less than lowStream.stopAbove"
            );
        }

        if (options.Live.CameraViewers > options.Live.Viewers)
        {
            yield return new("live.cameraViewers", "is more than live.viewers", "at most live.viewers");
        }

        if (options.Rtsp.UdpPort % 2 != 0)
        {
            yield return new("rtsp.udpPort", "is odd; RTP takes an even port and RTCP the next one", "an even port, or 0");
        }

        if (options.Ingest.RetryMin > options.Ingest.RetryMax)
        {
            yield return new("ingest.retryMin", "is longer than ingest.retryMax", "at most ingest.retryMax");
        }
    }

    private static IEnumerable<BrokenRule> Gates(GateOptions gates)
    {
        if (gates.DiskBlock.CompareTo(gates.DiskWarn) > 0)
        {
            yield return new(
                "gates.diskBlock",
                "is above gates.diskWarn, so that it would block before it warns",
                "at most gates.diskWarn"
            );
        }

        if (gates.BatteryBlock.CompareTo(gates.BatteryWarn) > 0)
        {
            yield return new(
                "gates.batteryBlock",
                "is above gates.batteryWarn, so that it would block before it warns",
                "at most gates.batteryWarn"
            );
        }

        if (gates.TemperatureBlock.CompareTo(gates.TemperatureWarn) < 0)
        {
            yield return new(
                "gates.temperatureBlock",
                "is below gates.temperatureWarn, so that it would block before it warns",
                "at least gates.temperatureWarn"
            );
        }

        if (gates.ClockBlock < gates.ClockWarn)
        {
            yield return new(
                "gates.clockBlock",
                "is below gates.clockWarn, so that it would block before it warns",
                "at least gates.clockWarn, or warn"
            );
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,32}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NodeId();
}
