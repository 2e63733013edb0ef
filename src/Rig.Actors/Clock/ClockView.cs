using Rig.Contracts.Nodes;

namespace Rig.Actors.Clock;

/// <summary>What is known of the node's clock from measurement against the coordinator's node.</summary>
/// <param name="Reference">The coordinator's node; null when there is none.</param>
/// <param name="IsReference">This node is the coordinator's: the others measure against it.</param>
internal sealed record ExchangeReading(
    string? Reference,
    bool IsReference,
    (TimeSpan Offset, TimeSpan Uncertainty)? Best,
    double? DriftPpm
);

/// <summary>From readings to the clock's status. Pure. A chronyd that follows a source is believed first; without one the exchange with the coordinator tells.</summary>
internal static class ClockView
{
    private const double HighMs = 1;
    private const double MediumMs = 5;

    /// <summary>A change of the offset that is told as an event.</summary>
    private const double NoteworthyMs = 1;

    /// <param name="held">Step that the node's time holds back: the system's clock less the node's.</param>
    public static ClockStatus Of(ChronyReading? chrony, ExchangeReading exchange, TimeSpan held)
    {
        ClockStatus status =
            chrony is { Tracking.Synchronised: true } ? OfChrony(chrony, held)
            : exchange.IsReference ? OfCoordinator()
            : OfExchange(exchange);
        return Rounded(status) with
        {
            Confidence = Confidence(status),
            HeldStepMs = held == TimeSpan.Zero ? null : Math.Round(held.TotalMilliseconds, 3),
        };
    }

    /// <summary>Whether an event should tell of the difference.</summary>
    public static bool IsNews(ClockStatus before, ClockStatus now) =>
        (before.Source, before.Synchronised, before.Confidence, before.Role, before.Reference, before.Stratum)
            != (now.Source, now.Synchronised, now.Confidence, now.Role, now.Reference, now.Stratum)
        || before.OffsetMs.HasValue != now.OffsetMs.HasValue
        || Math.Abs((before.OffsetMs ?? 0) - (now.OffsetMs ?? 0)) >= NoteworthyMs;

    private static ClockStatus OfChrony(ChronyReading reading, TimeSpan held)
    {
        ChronyTracking tracking = reading.Tracking;
        bool isMaster =
            tracking.ReferenceId == ChronyTracking.LocalReference
            || reading.Sources.Any(source => source is { Selected: true, Kind: ChronySourceKind.ReferenceClock });
        return new ClockStatus
        {
            Source = "chrony",
            Synchronised = true,
            OffsetMs = (tracking.Offset * 1e3) - held.TotalMilliseconds,
            UncertaintyMs = tracking.Uncertainty * 1e3,
            Stratum = tracking.Stratum,
            LastSync = tracking.LastSync,
            Role = isMaster ? ClockRole.Master : ClockRole.Client,
            Reference = tracking.Source.Length > 0 ? tracking.Source : null,
            RootDelayMs = tracking.RootDelay * 1e3,
            RootDispersionMs = tracking.RootDispersion * 1e3,
            DriftPpm = tracking.FrequencyPpm,
        };
    }

    private static ClockStatus OfCoordinator() =>
        new()
        {
            Source = "exchange",
            OffsetMs = 0,
            UncertaintyMs = 0,
            Role = ClockRole.Master,
        };

    private static ClockStatus OfExchange(ExchangeReading exchange) =>
        exchange.Best is not { } best
            ? new ClockStatus { Source = "none" }
            : new ClockStatus
            {
                Source = "exchange",
                OffsetMs = best.Offset.TotalMilliseconds,
                UncertaintyMs = best.Uncertainty.TotalMilliseconds,
                Role = ClockRole.Client,
                Reference = exchange.Reference,
                DriftPpm = exchange.DriftPpm,
            };

    private static ClockConfidence Confidence(ClockStatus status) =>
        status.OffsetMs is not { } offset ? ClockConfidence.Unknown
        : Math.Abs(offset) + (status.UncertaintyMs ?? 0) is var worst && worst < HighMs ? ClockConfidence.High
        : worst < MediumMs ? ClockConfidence.Medium
        : ClockConfidence.Low;

    /// <summary>Microseconds; the rest is noise.</summary>
    private static ClockStatus Rounded(ClockStatus status) =>
        status with
        {
            OffsetMs = Round(status.OffsetMs),
            UncertaintyMs = Round(status.UncertaintyMs),
            RootDelayMs = Round(status.RootDelayMs),
            RootDispersionMs = Round(status.RootDispersionMs),
            DriftPpm = Round(status.DriftPpm),
        };

    private static double? Round(double? value) => value is { } known ? Math.Round(known, 3) : null;
}
