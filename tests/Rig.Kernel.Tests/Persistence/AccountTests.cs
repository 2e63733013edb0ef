using Akka.Actor;
using FsCheck;
using FsCheck.Fluent;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>A whole persistent actor on the SQLite journal, written with the handler lists of ReceivePersistentActor.</summary>
public sealed class AccountTests : IDisposable
{
    /// <summary>Each run opens and closes several systems with real flushes.</summary>
    private const int Runs = 25;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TempFolder _folder = new();

    public abstract record Step
    {
        public sealed record Deposit(int Amount) : Step;

        public sealed record DepositAll(int[] Amounts) : Step;

        public sealed record Snap : Step;

        /// <summary>Deletes the events that the latest snapshot contains, as a program that prunes its journal does.</summary>
        public sealed record Prune : Step;

        public sealed record Restart : Step;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Handlers_are_asked_in_order_with_their_conditions()
    {
        await using var system = PersistentSystem.InMemory();
        var account = Start(system, "a");

        await Assert.ThrowsAsync<InvalidOperationException>(() => account.Ask<long>(new Deposited(-1), Patience));

        Assert.Equal(1, await account.Ask<long>(new Deposited(5), Patience));
        Assert.Equal(new Balance(5, 1), await BalanceAsync(account));
    }

    [Fact]
    public async Task An_asynchronous_command_persists_before_the_next_command_is_taken()
    {
        await using var system = PersistentSystem.InMemory();
        var account = Start(system, "a");
        var amount = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var later = account.Ask<long>(new Account.DepositLater(amount.Task), Patience);
        var next = account.Ask<long>(new Deposited(1), Patience);

        amount.SetResult(10);

        Assert.Equal(1, await later);
        Assert.Equal(2, await next);
    }

    [Fact]
    public async Task A_handler_for_commands_outside_constructor_and_Become_is_refused()
    {
        await using var system = PersistentSystem.InMemory();
        var actor = system.System.ActorOf(Props.Create(() => new LateHandler()));

        Assert.Contains("constructing", await actor.Ask<string>("add one", Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_accounts_on_one_journal_all_get_their_answers_and_their_sums()
    {
        const int Accounts = 100;
        var options = SampleEvents.Options(_folder.File("journal.db"));
        await using (var system = PersistentSystem.On(options))
        {
            var accounts = Enumerable.Range(0, Accounts).Select(i => Start(system, $"account-{i}")).ToArray();
            var answers = accounts.SelectMany(account =>
                Enumerable.Range(1, 10).Select(amount => account.Ask<long>(new Deposited(amount), Patience))
            );
            Assert.Equal(Accounts * 55, (await Task.WhenAll(answers)).Sum());
        }

        await using var again = PersistentSystem.On(options);
        foreach (var i in (int[])[0, 50, 99])
        {
            Assert.Equal(new Balance(55, 10), await BalanceAsync(Start(again, $"account-{i}")));
        }
    }

    [Fact]
    public void Any_sequence_of_commands_and_restarts_gives_the_sums_of_the_model()
    {
        var amount = Gen.Choose(1, 100);
        var step = Gen.Frequency(
            (5, amount.Select(Step (value) => new Step.Deposit(value))),
            (2, Gen.ArrayOf(amount).Where(values => values.Length > 0).Select(Step (values) => new Step.DepositAll(values))),
            (2, Gen.Constant<Step>(new Step.Snap())),
            (1, Gen.Constant<Step>(new Step.Prune())),
            (2, Gen.Constant<Step>(new Step.Restart()))
        );

        Prop.ForAll(Arb.From(Gen.ListOf(step)), steps => AgreesAsync(steps))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Runs).WithEndSize(25));
    }

    private static async Task AgreesAsync(IEnumerable<Step> steps)
    {
        using var folder = new TempFolder();
        var options = SampleEvents.Options(folder.File("journal.db"));
        var system = PersistentSystem.On(options);
        try
        {
            var account = Start(system, "a");
            var model = new Balance(0, 0);
            var snapshotAt = 0L;
            foreach (var step in steps)
            {
                switch (step)
                {
                    case Step.Deposit(var amount):
                        model = new Balance(model.Sum + amount, model.Count + 1);
                        Assert.Equal(model.Count, await account.Ask<long>(new Deposited(amount), Patience));
                        break;
                    case Step.DepositAll(var amounts):
                        model = new Balance(model.Sum + amounts.Sum(), model.Count + amounts.Length);
                        Assert.Equal(
                            model.Count,
                            await account.Ask<long>(amounts.Select(amount => new Deposited(amount)).ToArray(), Patience)
                        );
                        break;
                    case Step.Snap:
                        snapshotAt = await account.Ask<long>(new Account.Snap(), Patience);
                        break;
                    case Step.Prune:
                        await account.Ask<long>(new Account.Prune(snapshotAt), Patience);
                        break;
                    case Step.Restart:
                        await system.DisposeAsync();
                        system = PersistentSystem.On(options);
                        account = Start(system, "a");
                        break;
                }

                Assert.Equal(model, await BalanceAsync(account));
            }
        }
        finally
        {
            await system.DisposeAsync();
        }
    }

    private static IActorRef Start(PersistentSystem system, string id) => system.System.ActorOf(Props.Create(() => new Account(id, true)));

    private static Task<Balance> BalanceAsync(IActorRef account) => account.Ask<Balance>(Account.Query.Instance, Patience);

    private sealed class LateHandler : Akka.Persistence.ReceivePersistentActor
    {
        public LateHandler() =>
            Command<string>(_ =>
            {
                try
                {
                    Command<int>(_ => { });
                }
                catch (InvalidOperationException refused)
                {
                    Sender.Tell(refused.Message, Self);
                }
            });

        public override string PersistenceId => "late";
    }
}
