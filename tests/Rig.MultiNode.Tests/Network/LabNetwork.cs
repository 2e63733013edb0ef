using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Rig.MultiNode.Tests.Network;

/// <summary>
/// Several hosts on this machine: each a network namespace with one TUN device, and this object the wires between them. It passes IP packets from host to host and,
/// when a test says so, loses, delays, or cuts them. Does what <c>tc netem</c> does, also on kernels that are built without it, and between any two hosts alone.
/// Needs root and /dev/net/tun.
/// </summary>
public sealed class LabNetwork : IAsyncDisposable
{
    private const int LargestPacket = 65536;
    private const int Patience = 100;

    private static int _networks;

    private readonly List<LabHost> _hosts = [];
    private readonly ConcurrentDictionary<(int From, int To), Wire> _wires = new();
    private readonly PriorityQueue<(LabHost To, byte[] Packet), long> _delayed = new();
    private readonly AutoResetEvent _earlier = new(initialState: false);
    private readonly List<Thread> _threads = [];
    private readonly Random _random;
    private readonly string _name = $"r{Environment.ProcessId}n{Interlocked.Increment(ref _networks)}";
    private volatile bool _ended;

    /// <param name="seed">Of what is lost and how late it comes.</param>
    public LabNetwork(int seed = 1)
    {
        _random = new Random(seed);
        Begin(Deliver, "wires");
    }

    /// <summary>Why hosts cannot be made here; null when they can.</summary>
    public static string? Missing =>
        Environment.UserName != "root" ? "network namespaces need root"
        : !File.Exists("/dev/net/tun") ? "there is no /dev/net/tun"
        : null;

    /// <summary>Packets passed on and packets lost, for the report of a test.</summary>
    public (long Passed, long Lost) Counts => (Interlocked.Read(ref _passed), Interlocked.Read(ref _lost));

    private long _passed;
    private long _lost;

    /// <summary>One host more.</summary>
    public async Task<LabHost> AddHostAsync()
    {
        LabHost host = await LabHost.CreateAsync(_name, _hosts.Count + 1);
        lock (_hosts)
        {
            _hosts.Add(host);
        }

        Begin(() => Take(host), host.Name);
        return host;
    }

    /// <summary>Nothing passes between the two groups from now on, in either direction; inside each everything does.</summary>
    public void Part(IReadOnlyCollection<LabHost> one, IReadOnlyCollection<LabHost> other)
    {
        foreach (LabHost left in one)
        {
            foreach (LabHost right in other)
            {
                Set(left, right, Wire.Cut);
            }
        }
    }

    /// <summary>Sets both directions between two hosts.</summary>
    public void Set(LabHost one, LabHost other, Wire wire)
    {
        _wires[(one.Number, other.Number)] = wire;
        _wires[(other.Number, one.Number)] = wire;
    }

    /// <summary>Sets all wires.</summary>
    public void SetAll(Wire wire)
    {
        foreach (LabHost from in _hosts)
        {
            foreach (LabHost to in _hosts.Where(to => to != from))
            {
                _wires[(from.Number, to.Number)] = wire;
            }
        }
    }

    /// <summary>Every wire is whole again.</summary>
    public void Heal() => _wires.Clear();

    public async ValueTask DisposeAsync()
    {
        _ended = true;
        _earlier.Set();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        foreach (LabHost host in _hosts)
        {
            await host.DisposeAsync();
        }

        _earlier.Dispose();
    }

    private void Begin(Action run, string name)
    {
        Thread thread = new(() => run()) { IsBackground = true, Name = $"lab {name}" };
        _threads.Add(thread);
        thread.Start();
    }

    /// <summary>Reads what a host sends and decides what becomes of each packet.</summary>
    private void Take(LabHost from)
    {
        byte[] buffer = new byte[LargestPacket];
        while (!_ended)
        {
            if (!LinuxCalls.WaitReadable(from.Descriptor, Patience))
            {
                continue;
            }

            int length = (int)LinuxCalls.Read(from.Descriptor, buffer, buffer.Length);
            const int ipv4 = 4;
            const int lastOctetOfDestination = 19;
            if (length > lastOctetOfDestination && buffer[0] >> 4 == ipv4)
            {
                Pass(from, buffer[lastOctetOfDestination], buffer.AsSpan(0, length));
            }
        }
    }

    private void Pass(LabHost from, int number, ReadOnlySpan<byte> packet)
    {
        LabHost? to;
        lock (_hosts)
        {
            to = number > 0 && number <= _hosts.Count ? _hosts[number - 1] : null;
        }

        Wire wire = _wires.GetValueOrDefault((from.Number, number), Wire.Whole);
        if (to is null || IsLost(wire))
        {
            Interlocked.Increment(ref _lost);
            return;
        }

        Interlocked.Increment(ref _passed);
        if (wire.Delay == TimeSpan.Zero && wire.Jitter == TimeSpan.Zero)
        {
            LinuxCalls.Write(to.Descriptor, packet, packet.Length);
            return;
        }

        lock (_delayed)
        {
            double late = wire.Delay.TotalSeconds + (wire.Jitter.TotalSeconds * _random.NextDouble());
            _delayed.Enqueue((to, packet.ToArray()), Stopwatch.GetTimestamp() + (long)(late * Stopwatch.Frequency));
        }

        _earlier.Set();
    }

    private bool IsLost(Wire wire)
    {
        lock (_delayed)
        {
            return wire.Loss > 0 && _random.NextDouble() < wire.Loss;
        }
    }

    /// <summary>Hands over what was delayed, when its time has come.</summary>
    private void Deliver()
    {
        while (!_ended)
        {
            int wait = Patience;
            lock (_delayed)
            {
                while (_delayed.TryPeek(out (LabHost To, byte[] Packet) next, out long due))
                {
                    long ticks = due - Stopwatch.GetTimestamp();
                    if (ticks > 0)
                    {
                        wait = (int)Math.Clamp((ticks * 1000 / Stopwatch.Frequency) + 1, 1, Patience);
                        break;
                    }

                    _delayed.Dequeue();
                    LinuxCalls.Write(next.To.Descriptor, next.Packet, next.Packet.Length);
                }
            }

            _earlier.WaitOne(wait);
        }
    }
}

/// <summary>What a wire does to packets.</summary>
/// <param name="Loss">Share of packets lost, 0 to 1.</param>
/// <param name="Delay">Of each packet.</param>
/// <param name="Jitter">Up to so much more, evenly spread; packets overtake each other.</param>
public readonly record struct Wire(double Loss, TimeSpan Delay, TimeSpan Jitter)
{
    public static Wire Whole => default;
    public static Wire Cut => new(1, TimeSpan.Zero, TimeSpan.Zero);
}
