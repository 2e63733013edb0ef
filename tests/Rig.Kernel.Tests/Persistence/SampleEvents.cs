using Rig.Kernel.Storage;

namespace Rig.Kernel.Tests.Persistence;

internal sealed record Deposited(int Amount);

internal sealed record Renamed(string Name, IReadOnlyList<string> Aliases);

internal sealed record Balance(long Sum, int Count);

internal sealed record NotRegistered(int Value);

internal sealed record Registered(NotRegistered? Inner);

internal static class SampleEvents
{
    public static PersistedTypes Types => new PersistedTypes().Add<Deposited>("deposited").Add<Renamed>("renamed").Add<Balance>("balance");

    public static SqliteJournalOptions Options(string file) => new() { File = file, Types = Types };
}
