using System.Globalization;
using Akka.Actor;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>
/// The other process of <see cref="CrashTests"/>: two persistent actors deposit 1, 2, 3, … into a journal, as fast as it acknowledges, and
/// print each acknowledged number, until the process is killed.
/// </summary>
internal static class CrashChild
{
    public static readonly string[] Ids = ["a", "b"];

    public static int WrongUse()
    {
        Console.Error.WriteLine("usage: persist-until-killed FILE");
        return 2;
    }

    public static async Task<int> RunAsync(string file)
    {
        await using var system = PersistentSystem.On(SampleEvents.Options(file));
        await Task.WhenAll(Ids.Select(id => PersistAsync(system, id)));
        return 0;
    }

    private static async Task PersistAsync(PersistentSystem system, string id)
    {
        var account = system.System.ActorOf(Props.Create(() => new Account(id, true)));
        var next = (await account.Ask<Balance>(Account.Query.Instance, TimeSpan.FromMinutes(1))).Count + 1;
        while (true)
        {
            var number = await account.Ask<long>(new Deposited(next++), TimeSpan.FromMinutes(1));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id} {number}"));
        }
    }
}
