using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rig.Cluster.Etcd;

/// <summary>
/// Calls with fail-over: every call goes to the current endpoint and moves on to the next when that one does not answer, until one answers or the time is up.
/// Knows nothing of what is called.
/// </summary>
internal sealed class EtcdTransport(EtcdOptions options, TimeProvider time) : IDisposable
{
    /// <summary>Between two rounds over all endpoints, so that an election is awaited without a flood.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly EtcdConnection _connection = new(options, time);
    private readonly EndpointRing _ring = new(options.Endpoints);

    public EtcdOptions Options => options;
    public TimeProvider Time => time;

    public EndpointRing.Place Current => _ring.Current;

    public IReadOnlyList<Uri> Endpoints => _ring.Endpoints;

    public void Failed(EndpointRing.Place place) => _ring.Failed(place);

    public void Learn(IReadOnlyList<Uri> endpoints) => _ring.Learn(endpoints);

    /// <exception cref="EtcdException">etcd answered no.</exception>
    /// <exception cref="ClusterAwayException">No endpoint answered in time.</exception>
    public async Task<TAnswer> CallAsync<TRequest, TAnswer>(
        string path,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TAnswer> answerType,
        Repeat repeat,
        CancellationToken cancel
    )
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        using CancellationTokenSource whole = new(options.CallLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(whole.Token, cancel);
        for (int tries = 1; ; tries++)
        {
            EndpointRing.Place place = _ring.Current;
            TimeSpan limit = repeat == Repeat.Safe ? options.AttemptLimit : options.CallLimit;
            try
            {
                return await _connection.CallAsync(new EtcdCall(place.Endpoint, path, body, limit), answerType, either.Token);
            }
            catch (EndpointFailedException failed)
            {
                cancel.ThrowIfCancellationRequested();
                _ring.Failed(place);
                if (whole.IsCancellationRequested || (repeat == Repeat.OnlyIfUnsent && !failed.Unsent))
                {
                    throw Away(failed);
                }

                if (tries % _ring.Endpoints.Count == 0 && !await PausedAsync(either.Token))
                {
                    cancel.ThrowIfCancellationRequested();
                    throw Away(failed);
                }
            }
        }
    }

    /// <summary>One try at one endpoint: for what concerns that member alone.</summary>
    /// <inheritdoc cref="CallAsync{TRequest,TAnswer}(string,TRequest,JsonTypeInfo{TRequest},JsonTypeInfo{TAnswer},Repeat,CancellationToken)"/>
    public async Task<TAnswer> CallAsync<TRequest, TAnswer>(
        Uri endpoint,
        string path,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TAnswer> answerType,
        TimeSpan limit,
        CancellationToken cancel
    )
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        try
        {
            return await _connection.CallAsync(new EtcdCall(endpoint, path, body, limit, NeedsLeader: false), answerType, cancel);
        }
        catch (EndpointFailedException failed)
        {
            cancel.ThrowIfCancellationRequested();
            throw Away(failed);
        }
    }

    /// <summary>Opens a stream at one endpoint; its messages are read by the caller.</summary>
    /// <param name="limit">Until it opens.</param>
    /// <exception cref="EndpointFailedException">It does not open.</exception>
    public Task<EtcdStream> OpenAsync<TRequest>(
        Uri endpoint,
        string path,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        bool needsLeader,
        TimeSpan limit,
        CancellationToken cancel
    ) =>
        _connection.OpenAsync(
            new EtcdCall(endpoint, path, JsonSerializer.SerializeToUtf8Bytes(request, requestType), limit, needsLeader),
            cancel
        );

    public void Relogin() => _connection.Relogin();

    public void Dispose()
    {
        _ring.Dispose();
        _connection.Dispose();
    }

    private async Task<bool> PausedAsync(CancellationToken cancel)
    {
        await Task.Delay(Pause, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancel.IsCancellationRequested;
    }

    private ClusterAwayException Away(EndpointFailedException last) =>
        new(
            $"etcd gives no answer ({last.Message}). Of its members a majority must run and be reachable from here: "
                + string.Join(", ", _ring.Endpoints.Select(endpoint => endpoint.Authority)),
            last
        );
}
