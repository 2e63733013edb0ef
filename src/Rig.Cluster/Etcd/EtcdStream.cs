using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rig.Cluster.Etcd;

/// <summary>An answer of many messages.</summary>
internal sealed class EtcdStream(Uri endpoint, HttpResponseMessage response, Stream body, EtcdOptions options, TimeProvider time)
    : IDisposable
{
    /// <summary>The results until the stream ends.</summary>
    /// <param name="quiet">Waits so long for each next bytes.</param>
    /// <exception cref="EtcdException">The stream ended with an error of etcd's.</exception>
    /// <exception cref="EndpointFailedException">Silence, a broken connection, or messages that could not be understood.</exception>
    public async IAsyncEnumerable<T> ReadAsync<T>(
        JsonTypeInfo<EtcdStreamed<T>> type,
        Func<TimeSpan> quiet,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using IAsyncEnumerator<byte[]> lines = BoundedBody
            .LinesAsync(body, options.MaxAnswerBytes, (reader, token) => StepAsync(reader, quiet(), token), cancel)
            .GetAsyncEnumerator(cancel);
        while (await GuardedAsync(lines, type, cancel) is { } message)
        {
            if (message.Error is { } error)
            {
                throw new EtcdException(error.GrpcCode, error.Message);
            }

            yield return message.Result ?? throw new EndpointFailedException(endpoint, "a message without a result", unsent: false);
        }
    }

    public void Dispose() => response.Dispose();

    private async Task<EtcdStreamed<T>?> GuardedAsync<T>(
        IAsyncEnumerator<byte[]> lines,
        JsonTypeInfo<EtcdStreamed<T>> type,
        CancellationToken cancel
    )
    {
        try
        {
            return await lines.MoveNextAsync() ? JsonSerializer.Deserialize(lines.Current, type) : null;
        }
        catch (OperationCanceledException silent) when (!cancel.IsCancellationRequested)
        {
            throw new EndpointFailedException(endpoint, "the stream fell silent", unsent: false, silent) { Silent = true };
        }
        catch (Exception broken)
            when (broken is IOException or HttpRequestException or JsonException or InvalidDataException or FormatException)
        {
            throw new EndpointFailedException(endpoint, broken.Message, unsent: false, broken);
        }
    }

    private async ValueTask<ReadResult> StepAsync(PipeReader reader, TimeSpan quiet, CancellationToken cancel)
    {
        using CancellationTokenSource limit = new(quiet, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        return await reader.ReadAsync(either.Token);
    }
}
