using Rig.Media.Time;
using Rig.Streams.Log;

namespace Rig.Streams.Tests.Log;

/// <summary>
/// Random appends, reads, acknowledgements and seeks against what a reader of such a log may conclude: numbers rise, what is missing is
/// named by a gap, after a gap comes a key unit, a lossless reader misses nothing unless the observer heard of it, limits hold.
/// </summary>
public sealed class GopLogModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Readers_see_every_unit_or_a_gap_that_names_it(int seed)
    {
        var random = new Random(seed);
        var options = new GopLogOptions
        {
            PreRoll = MediaSpan.FromMilliseconds(random.Next(100, 3000)),
            MaxBytes = random.Next(40, 300) * (150 + GopLogOptions.UnitOverhead),
        };
        using var fixture = new LogFixture(options);
        var keys = new HashSet<long>();
        var readers = new List<ModelReader>();
        int gop = random.Next(1, 40);
        for (int frame = 0; frame < 4000; frame++)
        {
            bool key = random.Next(gop) == 0;
            if (key)
            {
                keys.Add(fixture.Log.NextSequence);
            }

            fixture.Write(frame, key, length: random.Next(8, 300));
            if (random.Next(4) == 0)
            {
                fixture.Write(frame + 0.5, key: true, track: LogFixture.Audio, length: 20);
            }

            Assert.True(fixture.Log.GetStatistics().Bytes <= options.MaxBytes);
            Step(random, fixture, readers, keys);
        }

        foreach (ModelReader reader in readers)
        {
            reader.Read(int.MaxValue);
            reader.CheckAtEnd();
            reader.Dispose();
        }

        GopLogStatistics statistics = fixture.Log.GetStatistics();
        Assert.Equal(statistics.NextSequence, statistics.Evicted + statistics.Units);
        Assert.Equal(0, statistics.Readers);
    }

    private static void Step(Random random, LogFixture fixture, List<ModelReader> readers, HashSet<long> keys)
    {
        switch (random.Next(12))
        {
            case 0 when readers.Count < 12:
                readers.Add(new ModelReader(fixture, random, keys));
                break;
            case 1 when readers.Count > 0:
                int gone = random.Next(readers.Count);
                readers[gone].Dispose();
                readers.RemoveAt(gone);
                break;
            case < 8 when readers.Count > 0:
                readers[random.Next(readers.Count)].Read(random.Next(1, 200));
                break;
            default:
                break;
        }
    }

    private sealed class ModelReader : IDisposable
    {
        private readonly LogFixture _fixture;
        private readonly LogReader _reader;
        private readonly HashSet<long> _keys;
        private readonly LogItem[] _items;
        private readonly bool _mayBeginAnywhere;
        private long _expected = -1;
        private long _missed;
        private long _skipped;
        private bool _afterGap;

        public ModelReader(LogFixture fixture, Random random, HashSet<long> keys)
        {
            (_fixture, _keys) = (fixture, keys);
            _items = new LogItem[random.Next(1, 50)];
            int place = random.Next(4);
            LogPosition position = place switch
            {
                0 => LogPosition.NewestKey,
                1 => LogPosition.Oldest,
                2 => LogPosition.AtCapture(fixture.Log.NewestCapture - MediaSpan.FromMilliseconds(random.Next(5000))),
                _ => LogPosition.After(Math.Max(0, fixture.Log.NextSequence - random.Next(100))),
            };
            _mayBeginAnywhere = place == 3;
            bool lossless = random.Next(3) == 0;
            var options = new LogReaderOptions
            {
                Lossless = lossless,
                ManualAcknowledge = lossless && random.Next(2) == 0,
                LagLimit = MediaSpan.FromMilliseconds(random.Next(100, 3000)),
                Strategy = (LagStrategy)random.Next(2),
            };
            _reader = fixture.Log.OpenReader(position, options);
        }

        public void Read(int atMost)
        {
            int count;
            for (int read = 0; read < atMost && (count = _reader.TryRead(_items)) > 0; read += count)
            {
                try
                {
                    Array.ForEach(_items[..count], item => Check(item));
                }
                finally
                {
                    Array.ForEach(_items[..count], item => item.Release());
                }

                if (_reader.Options.ManualAcknowledge)
                {
                    _reader.Acknowledge(_expected - 3);
                }
            }
        }

        public void CheckAtEnd()
        {
            Assert.Equal(_missed + _skipped, _reader.MissedUnits);
            Assert.True(!_reader.Options.Lossless || _missed == 0 || _fixture.Losses.Count > 0 || _mayBeginAnywhere);
        }

        public void Dispose() => _reader.Dispose();

        private void Check(in LogItem item)
        {
            if (item.Gap is { } gap)
            {
                Assert.True(_expected == -1 || gap.First == _expected);
                Assert.True(gap.Units > 0);
                Assert.True(gap.To >= gap.From);
                _missed += gap.Units;
                _expected = gap.Next;
                _afterGap = true;
                return;
            }

            Assert.Equal(item.Sequence, LogFixture.PayloadOf(item));
            if (_expected >= 0)
            {
                Assert.True(item.Sequence >= _expected, "No unit comes twice.");
                Assert.True(item.Sequence == _expected || !_reader.Options.Lossless, "A lossless reader skips nothing silently.");
                _skipped += item.Sequence - _expected;
            }

            bool isFirst = _expected < 0 && !_mayBeginAnywhere;
            Assert.True(!(isFirst || _afterGap) || _keys.Contains(item.Sequence), "Reading begins and resumes at a key unit.");
            _afterGap = false;
            _expected = item.Sequence + 1;
        }
    }
}
