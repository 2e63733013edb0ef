using Akka.Actor;
using Akka.Event;

namespace Rig.Kernel.Tests.Event;

public sealed class EventStreamTests() : KernelTest("akka.loglevel = DEBUG")
{
    [Fact]
    public void Subscribers_of_a_type_get_what_derives_from_it_and_what_implements_it_once()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Animal));
        Sys.EventStream.Subscribe<IFlies>(TestActor);
        var bird = new Bird();
        Sys.EventStream.Publish(bird);
        Sys.EventStream.Publish("not an animal");
        Sys.EventStream.Publish(new Dog());
        Assert.Same(bird, ExpectMsg<Bird>());
        ExpectMsg<Dog>();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_subscription_says_whether_it_is_new()
    {
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(Animal)));
        Assert.False(Sys.EventStream.Subscribe(TestActor, typeof(Animal)));
        Assert.True(Sys.EventStream.Unsubscribe(TestActor, typeof(Animal)));
        Assert.False(Sys.EventStream.Unsubscribe(TestActor, typeof(Animal)));
        Sys.EventStream.Publish(new Dog());
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_subscription_after_the_first_event_counts()
    {
        Sys.EventStream.Publish(new Dog());
        Sys.EventStream.Subscribe(TestActor, typeof(Dog));
        Sys.EventStream.Publish(new Dog());
        ExpectMsg<Dog>();
    }

    [Fact]
    public void Subscriptions_end_with_their_subscriber()
    {
        var subscriber = Sys.ActorOf(Props.Create<Doer>());
        Sys.EventStream.Subscribe(subscriber, typeof(Dog));
        Watch(subscriber);
        Sys.Stop(subscriber);
        ExpectTerminated(subscriber);
        AwaitCondition(() => !Sys.EventStream.Unsubscribe(subscriber));
    }

    [Fact]
    public void A_subscriber_of_dead_letters_that_stops_with_mail_left_does_not_make_them_endless()
    {
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var subscriber = Sys.ActorOf(Props.Create(() => new Holder(entered, leave)));
        Sys.EventStream.Subscribe(subscriber, typeof(DeadLetter));
        Watch(subscriber);
        subscriber.Tell("held");
        entered.Wait();
        subscriber.Tell("left behind");
        Sys.Stop(subscriber);
        leave.Set();
        ExpectTerminated(subscriber);
    }

    private sealed class Holder : ReceiveActor
    {
        public Holder(ManualResetEventSlim entered, ManualResetEventSlim leave) =>
            ReceiveAny(_ =>
            {
                entered.Set();
                leave.Wait();
            });
    }

    [Fact]
    public void Loggers_publish_what_their_level_lets_through()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));
        Sys.EventStream.SetLogLevel(LogLevel.WarningLevel);
        var log = Logging.GetLogger(Sys, "source");
        log.Info("not shown {0}", 1);
        log.Warning("shown {0} {1}", 1, 2);
        var warning = ExpectMsg<Warning>();
        Assert.Equal(("shown 1 2", "source"), (warning.Message.ToString(), warning.LogSource));
        Assert.False(log.IsInfoEnabled);
        Assert.True(log.IsErrorEnabled);
    }

    [Fact]
    public void Event_filters_find_each_level()
    {
        var log = Logging.GetLogger(Sys, this);
        EventFilter.Debug("a debug event").ExpectOne(() => log.Debug("a debug event"));
        EventFilter.Info(start: "an info").ExpectOne(() => log.Info("an info event"));
        EventFilter.Warning(contains: "warn").Expect(2, () => Repeat(2, () => log.Warning("a warning")));
        EventFilter.Error().ExpectOne(() => log.Error(new InvalidOperationException("no"), "an error"));
        Assert.ThrowsAny<Exception>(() => EventFilter.Error().ExpectOne(TimeSpan.FromMilliseconds(20), static () => { }));
        Assert.ThrowsAny<Exception>(() => EventFilter.Error().ExpectOne(() => Repeat(2, () => log.Error("twice"))));
    }

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }

    private interface IFlies;

    private abstract class Animal;

    private sealed class Dog : Animal;

    private sealed class Bird : Animal, IFlies;
}
