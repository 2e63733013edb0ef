using System.Security.Cryptography;
using Akka.Actor;
using Akka.Event;

namespace Akka.Pattern;

/// <summary>
/// Supervises one child and starts it again after a delay that grows with every failure. Messages from the child go on to the
/// supervisor's parent, all others to the child; while there is none they are dead letters, or answered as the options say.
/// </summary>
public sealed class BackoffSupervisor : ActorBase
{
    /// <summary>2^30 times the least delay is beyond any longest one.</summary>
    private const int LargestExponent = 30;

    private readonly BackoffValues _options;
    private IActorRef? _child;
    private int _restarts;
    private bool _finalStop;
    private bool _startPending;

    internal BackoffSupervisor(BackoffOptions options) => _options = options.Settings.Values;

    /// <summary>The recipe for a supervisor.</summary>
    public static Props Props(BackoffOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Actor.Props.CreateBy(new Producer(options));
    }

    /// <summary>The recipe for a supervisor that starts its child anew whenever it stops.</summary>
    public static Props Props(
        Props childProps,
        string childName,
        TimeSpan minBackoff,
        TimeSpan maxBackoff,
        double randomFactor,
        int maxNrOfRetries
    ) => Props(Backoff.OnStop(childProps, childName, minBackoff, maxBackoff, randomFactor, maxNrOfRetries));

    /// <summary>The recipe for a supervisor that starts its child anew whenever it stops, without end.</summary>
    public static Props Props(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor) =>
        Props(childProps, childName, minBackoff, maxBackoff, randomFactor, -1);

    /// <summary>The same with what decides about a failing child.</summary>
    public static Props PropsWithSupervisorStrategy(
        Props childProps,
        string childName,
        TimeSpan minBackoff,
        TimeSpan maxBackoff,
        double randomFactor,
        SupervisorStrategy strategy
    ) =>
        Props(
            Backoff
                .OnStop(childProps, childName, minBackoff, maxBackoff, randomFactor, -1)
                .WithSupervisorStrategy((OneForOneStrategy)strategy)
        );

    /// <inheritdoc/>
    protected override void PreStart() => Start();

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy()
    {
        var strategy = _options.Strategy;
        // On failure, restarts are this actor's own business: it counts and delays them, and the strategy only decides.
        return _options.RestartsFailed ? new OneForOneStrategy(-1, -1, cause => Decide(strategy.Decider.Decide(cause))) : strategy;
    }

    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case StartChild:
                _startPending = false;
                Start();
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_child):
                ChildStopped();
                break;
            case Reset:
                if (_options.ResetAfter is null)
                {
                    _restarts = 0;
                }
                else
                {
                    Unhandled(message);
                }
                break;
            case ResetRestartCount reset:
                if (reset.Current == _restarts)
                {
                    _restarts = 0;
                }
                break;
            case GetRestartCount:
                Sender.Tell(new RestartCount(_restarts));
                break;
            case GetCurrentChild:
                Sender.Tell(new CurrentChild(_child ?? Nobody.Instance));
                break;
            default:
                return Pass(message);
        }
        return true;
    }

    private bool Pass(object message)
    {
        if (_child is not null && Sender.Equals(_child))
        {
            Context.Parent.Forward(message);
            return true;
        }
        _finalStop |= _options.IsFinalStop?.Invoke(message) == true;
        if (_child is not null)
        {
            _child.Forward(message);
        }
        else if (_finalStop)
        {
            Context.Stop(Self);
        }
        else if (_options.ReplyWhileStopped is { } reply)
        {
            Sender.Tell(reply);
        }
        else
        {
            Context.System.DeadLetters.Forward(message);
        }
        return true;
    }

    /// <summary>A child that is to be restarted is stopped, and made anew after the delay.</summary>
    private Directive Decide(Directive directive)
    {
        if (directive != Directive.Restart)
        {
            return directive;
        }
        _restartWanted = true;
        return Directive.Stop;
    }

    /// <summary>The child is being stopped in order to be started again.</summary>
    private bool _restartWanted;

    private void ChildStopped()
    {
        _child = null;
        var again = _restartWanted || !_options.RestartsFailed;
        _restartWanted = false;
        var most = _options.Strategy.MaxNumberOfRetries;
        if (!again || _finalStop || most >= 0 && _restarts >= most)
        {
            Context.Stop(Self);
            return;
        }
        var delay = Delay(_restarts, _options.MinBackoff, _options.MaxBackoff, _options.RandomFactor);
        _restarts++;
        _startPending = true;
        Context.System.Scheduler.ScheduleTellOnce(delay, Self, StartChild.Instance, Self);
    }

    private void Start()
    {
        if (_child is not null || _startPending)
        {
            return;
        }
        _child = Context.Watch(Context.ActorOf(_options.ChildProps, _options.ChildName));
        if (_options.ResetAfter is { } resetAfter)
        {
            Context.System.Scheduler.ScheduleTellOnce(resetAfter, Self, new ResetRestartCount(_restarts), Self);
        }
    }

    /// <summary>The delay before the start that follows <paramref name="restarts"/> others.</summary>
    internal static TimeSpan Delay(int restarts, TimeSpan least, TimeSpan most, double randomFactor)
    {
        var grown = restarts >= LargestExponent ? most : least * Math.Pow(2, restarts);
        var bounded = grown < most ? grown : most;
        return bounded * (1 + randomFactor * RandomNumberGenerator.GetInt32(int.MaxValue) / int.MaxValue);
    }

    private sealed class Producer(BackoffOptions options) : IIndirectActorProducer
    {
        public Type ActorType => typeof(BackoffSupervisor);

        public ActorBase Produce() => new BackoffSupervisor(options);

        public void Release(ActorBase actor) { }
    }

    /// <summary>Asks for the child; the answer is <see cref="CurrentChild"/>.</summary>
    public sealed class GetCurrentChild
    {
        /// <summary>The only one.</summary>
        public static readonly GetCurrentChild Instance = new();

        private GetCurrentChild() { }
    }

    /// <summary>The child, or <see cref="Nobody"/> while there is none.</summary>
    public sealed class CurrentChild(IActorRef @ref)
    {
        /// <summary>The child.</summary>
        public IActorRef Ref { get; } = @ref;
    }

    /// <summary>Asks how often the child has been started again; the answer is <see cref="RestartCount"/>.</summary>
    public sealed class GetRestartCount
    {
        /// <summary>The only one.</summary>
        public static readonly GetRestartCount Instance = new();

        private GetRestartCount() { }
    }

    /// <summary>How often the child has been started again since the last reset.</summary>
    public sealed class RestartCount(int count)
    {
        /// <summary>The number.</summary>
        public int Count { get; } = count;
    }

    /// <summary>From the child: all is well, begin with the least delay next time.</summary>
    public sealed class Reset
    {
        /// <summary>The only one.</summary>
        public static readonly Reset Instance = new();

        private Reset() { }
    }

    /// <summary>The child has lived long enough for a reset, if it is still the same one.</summary>
    public sealed class ResetRestartCount(int current) : IDeadLetterSuppression
    {
        /// <summary>How often it had been started when it was.</summary>
        public int Current { get; } = current;
    }

    /// <summary>The delay is over.</summary>
    public sealed class StartChild : IDeadLetterSuppression
    {
        /// <summary>The only one.</summary>
        public static readonly StartChild Instance = new();

        private StartChild() { }
    }
}
