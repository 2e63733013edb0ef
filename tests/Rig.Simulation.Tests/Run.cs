using Rig.Cluster.TestKit;
using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Simulation.Tests;

/// <summary>One run: nodes come up, operators press and things break for a while, then everything heals and must come to rest in the wanted state.</summary>
internal sealed class Run
{
    /// <summary>A lease, an election, reading, asking, and a retry of each.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);
    private readonly World _world;
    private readonly Random _random;
    private int _requests;

    private Run(Scenario scenario) => (_world, _random) = (new World(scenario), new Random(scenario.Seed + 1_000_003));

    /// <exception cref="SimulationFailure">A check failed.</exception>
    public static World Through(Scenario scenario)
    {
        Run run = new(scenario);
        try
        {
            run.Go();
        }
        catch (Exception error) when (error is not SimulationFailure)
        {
            throw run._world.Fails(error.ToString());
        }

        return run._world;
    }

    private void Go()
    {
        foreach (SimNode node in _world.Nodes)
        {
            _world.Time.After(TimeSpan.FromMilliseconds(_random.Next(0, 3000)), node.Boot);
        }

        _world.Time.Advance(TimeSpan.FromSeconds(10));
        TimeSpan end = _world.Time.Now + _world.Scenario.Faults;
        while (_world.Time.Now < end)
        {
            _world.Time.Advance(TimeSpan.FromMilliseconds(_random.Next(20, 1500)));
            if (_random.Next(2) == 0)
            {
                Press();
            }
            else
            {
                Break();
            }
        }

        Heal();
        TimeSpan limit = _world.Time.Now + Settling;
        string? unsettled = "it has not begun";
        while (_world.Time.Now < limit && unsettled is not null)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            unsettled = Settled.Missing(_world);
        }

        _world.Check(unsettled is null, $"{Settling.TotalSeconds} s after the last fault: {unsettled}");
        _world.Time.Advance(TimeSpan.FromSeconds(5));
        unsettled = Settled.Missing(_world);
        _world.Check(unsettled is null, $"It was at rest and is not any more: {unsettled}");
    }

    private SimNode Any() => _world.Nodes[_random.Next(_world.Nodes.Length)];

    private void Press()
    {
        SimNode node = Any();
        if (!node.IsAlive || _world.Network.IsFrozen(node.Id))
        {
            return;
        }

        bool locally = !node.EngineReachable && _random.Next(3) > 0;
        switch (_random.Next(_world.Scenario.Stops ? 12 : 6))
        {
            case < 3:
                Give(node, new StartCommand(NewStart()), locally);
                break;
            case < 5:
                Give(node, new MarkCommand(new AddMark { Name = $"mark {++_requests}", At = _world.Now }), locally);
                break;
            case 5:
                string camera = $"{node.Id}/{node.Cameras[_random.Next(node.Cameras.Count)]}";
                _world.Wishes.Join(camera);
                Give(node, new JoinCommand(camera, _world.Now), locally: false);
                break;
            case < 8:
                SimNode left = Any();
                camera = $"{left.Id}/{left.Cameras[0]}";
                _world.Wishes.StopCamera(camera);
                Give(node, new LeaveCommand(camera, _world.Now), locally: false);
                break;
            default:
                Stop(node, locally);
                break;
        }
    }

    private StartSession NewStart() =>
        new()
        {
            RequestId = $"R{++_requests}",
            RequestedAt = _world.Now,
            RequireAll = _random.Next(20) == 0,
            Force = _random.Next(4) == 0,
            PreRollSeconds = _random.Next(4) == 0 ? 5 : null,
            At = null,
            DurationSeconds = _world.Scenario.Stops && _random.Next(6) == 0 ? _random.Next(5, 40) : null,
            Cameras = _random.Next(5) == 0 ? [.. Enumerable.Range(0, 2).Select(_ => $"{Any().Id}/cam0").Distinct()] : null,
        };

    private void Stop(SimNode node, bool locally)
    {
        StopSession request = new()
        {
            RequestId = $"R{++_requests}",
            RequestedAt = _world.Now,
            At = _random.Next(5) == 0 ? _world.Now.AddSeconds(_random.Next(1, 15)) : null,
        };
        if (locally)
        {
            foreach (string camera in node.Cameras)
            {
                _world.Wishes.StopCamera($"{node.Id}/{camera}");
            }
        }
        else
        {
            _world.Wishes.StopAll(_world.Now);
        }

        Give(node, new StopCommand(request), locally);
    }

    private void Give(SimNode node, RemoteMessage message, bool locally)
    {
        if (message is StartCommand { Request.DurationSeconds: not null })
        {
            _world.Wishes.StopAll(_world.Now);
        }

        if (locally)
        {
            node.PressLocally(Local(message));
        }
        else
        {
            node.Press(message);
        }
    }

    /// <summary>A local start means all cameras of the node.</summary>
    private static RemoteMessage Local(RemoteMessage message) =>
        message is StartCommand start ? new StartCommand(start.Request with { Cameras = null, Local = true }) : message;

    private void Break()
    {
        // The coordinator's node is where faults hurt.
        SimNode node = _random.Next(2) == 0 ? _world.Nodes.FirstOrDefault(candidate => candidate.Coordinator is not null) ?? Any() : Any();
        TimeSpan span = TimeSpan.FromMilliseconds(_random.Next(100, 15_000));
        switch (_random.Next(6))
        {
            case 0:
                node.Crash();
                _world.Time.After(
                    span,
                    () =>
                    {
                        if (!node.IsAlive)
                        {
                            node.Boot();
                        }
                    }
                );
                break;
            case 1:
                _world.Trace($"{node.Id} freezes for {span.TotalSeconds} s");
                _world.Network.Freeze(node.Id);
                _world.Time.After(span, () => _world.Network.Thaw(node.Id));
                break;
            case 2:
                _world.Trace($"the store is cut from {node.Id} for {span.TotalSeconds} s");
                Cut(SimulatedNetwork.Engine, node.Id, span);
                break;
            case 3:
                Part(span);
                break;
            case 4:
                _world.Trace($"the store freezes for {span.TotalSeconds / 3} s");
                _world.Network.Freeze(SimulatedNetwork.Engine);
                _world.Time.After(span / 3, () => _world.Network.Thaw(SimulatedNetwork.Engine));
                break;
            default:
                SimNode other = Any();
                Cut(other.Id, node.Id, span);
                break;
        }
    }

    private void Cut(string one, string other, TimeSpan span)
    {
        if (one != other)
        {
            _world.Network.Cut(one, other);
            _world.Time.After(span, () => _world.Network.Heal(one, other));
        }
    }

    /// <summary>Some nodes are parted from the store and from all others.</summary>
    private void Part(TimeSpan span)
    {
        HashSet<string> minority = [.. _world.Nodes.Where(_ => _random.Next(3) == 0).Select(node => node.Id)];
        _world.Trace($"{string.Join(' ', minority.Take(10))} are parted for {span.TotalSeconds} s");
        foreach (string inside in minority)
        {
            Cut(SimulatedNetwork.Engine, inside, span);
            foreach (SimNode outside in _world.Nodes.Where(node => !minority.Contains(node.Id)))
            {
                Cut(inside, outside.Id, span);
            }
        }
    }

    private void Heal()
    {
        _world.Trace("everything heals");
        _world.Network.HealAll();
        _world.Network.Thaw(SimulatedNetwork.Engine);
        foreach (SimNode node in _world.Nodes)
        {
            _world.Network.Thaw(node.Id);
            if (!node.IsAlive)
            {
                node.Boot();
            }
        }
    }
}
