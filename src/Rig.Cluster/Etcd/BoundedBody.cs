using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Rig.Cluster.Etcd;

/// <summary>Reads answers without trusting their length.</summary>
internal static class BoundedBody
{
    /// <summary>The whole body.</summary>
    /// <exception cref="InvalidDataException">It has more than <paramref name="limit"/> bytes.</exception>
    public static async Task<byte[]> ReadAsync(Stream body, int limit, CancellationToken cancel)
    {
        PipeReader reader = PipeReader.Create(body);
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancel);
            ThrowIfLonger(read.Buffer, limit);
            if (read.IsCompleted)
            {
                byte[] bytes = read.Buffer.ToArray();
                await reader.CompleteAsync();
                return bytes;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>The gateway writes one JSON document a line. A last line without its end is given too.</summary>
    /// <param name="step">Reads under a time limit of the caller's.</param>
    /// <exception cref="InvalidDataException">A line has more than <paramref name="limit"/> bytes.</exception>
    public static async IAsyncEnumerable<byte[]> LinesAsync(
        Stream body,
        int limit,
        Func<PipeReader, CancellationToken, ValueTask<ReadResult>> step,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        PipeReader reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 16 << 10));
        try
        {
            while (true)
            {
                ReadResult read = await step(reader, cancel);
                ReadOnlySequence<byte> rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    byte[] line = rest.Slice(0, end).ToArray();
                    ThrowIfLonger(line.Length, limit);
                    rest = rest.Slice(rest.GetPosition(1, end));
                    if (line.Length > 0)
                    {
                        yield return line;
                    }
                }

                ThrowIfLonger(rest, limit);
                if (read.IsCompleted)
                {
                    if (!rest.IsEmpty)
                    {
                        yield return rest.ToArray();
                    }

                    yield break;
                }

                reader.AdvanceTo(rest.Start, rest.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static void ThrowIfLonger(ReadOnlySequence<byte> buffer, int limit) => ThrowIfLonger(buffer.Length, limit);

    private static void ThrowIfLonger(long length, int limit)
    {
        if (length > limit)
        {
            throw new InvalidDataException($"an answer has more than {limit} bytes");
        }
    }
}
