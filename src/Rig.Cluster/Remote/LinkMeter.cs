using System.Diagnostics.Metrics;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Remote;

/// <summary>The links' counts as metrics <c>rig_link_...</c> with the peer as a tag; read when they are asked for, counted once.</summary>
internal sealed class LinkMeter : IDisposable
{
    public const string Name = "Rig.Cluster.Links";

    private readonly Meter _meter = new(Name);

    public LinkMeter(Func<IReadOnlyList<LinkStatus>> status)
    {
        foreach (LinkCount count in Enum.GetValues<LinkCount>())
        {
            string name = LinkTally.Name(count);
            _meter.CreateObservableCounter($"rig_link_{name}", () => Read(status, link => link.Counts.GetValueOrDefault(name)));
        }

        _meter.CreateObservableGauge(
            "rig_link_up",
            () => Read(status, link => link.Up ? 1 : 0),
            description: "1 while frames come from the peer."
        );
        _meter.CreateObservableGauge("rig_link_queued_frames", () => Read(status, link => link.QueuedFrames));
        _meter.CreateObservableGauge("rig_link_queued_bytes", () => Read(status, link => link.QueuedBytes), unit: "By");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Read(Func<IReadOnlyList<LinkStatus>> status, Func<LinkStatus, long> value) =>
        status().Select(link => new Measurement<long>(value(link), new KeyValuePair<string, object?>("peer", link.NodeId)));
}
