using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rig.Cluster.Etcd;

/// <param name="Limit">Of this one try.</param>
/// <param name="NeedsLeader">A member that lost its leader says so at once instead of letting the caller wait.</param>
internal sealed record EtcdCall(Uri Endpoint, string Path, byte[] Body, TimeSpan Limit, bool NeedsLeader = true);

/// <summary>One try of one call at one endpoint: HTTP, login, and what an answer means.</summary>
internal sealed class EtcdConnection(EtcdOptions options, TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = EtcdHttp.Create(options);
    private volatile string? _token;

    /// <exception cref="EtcdException">etcd answered no.</exception>
    /// <exception cref="EndpointFailedException">No answer, or none that could be understood.</exception>
    public async Task<TAnswer> CallAsync<TAnswer>(EtcdCall call, JsonTypeInfo<TAnswer> answerType, CancellationToken cancel)
    {
        using CancellationTokenSource limit = new(call.Limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        return await GuardedAsync(
            call,
            async () =>
            {
                using HttpResponseMessage response = await SendAsync(call, either.Token);
                Stream body = await response.Content.ReadAsStreamAsync(either.Token);
                byte[] bytes = await BoundedBody.ReadAsync(body, options.MaxAnswerBytes, either.Token);
                return JsonSerializer.Deserialize(bytes, answerType) ?? throw new JsonException("null instead of an answer");
            }
        );
    }

    /// <summary>Headers within the time limit; the body belongs to the stream.</summary>
    /// <inheritdoc cref="CallAsync"/>
    public async Task<EtcdStream> OpenAsync(EtcdCall call, CancellationToken cancel)
    {
        using CancellationTokenSource limit = new(call.Limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        return await GuardedAsync(
            call,
            async () =>
            {
                HttpResponseMessage response = await SendAsync(call, either.Token);
                return new EtcdStream(call.Endpoint, response, await response.Content.ReadAsStreamAsync(either.Token), options, time);
            }
        );
    }

    /// <summary>The token is not good any more; the next call asks for another.</summary>
    public void Relogin() => _token = null;

    public void Dispose() => _http.Dispose();

    private static async Task<T> GuardedAsync<T>(EtcdCall call, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (EtcdException refused) when (EtcdErrors.Of(refused) is { } unavailable)
        {
            throw new EndpointFailedException(call.Endpoint, refused.Message, unavailable == Unavailability.Unsent, refused);
        }
        catch (HttpRequestException failed)
        {
            bool unsent =
                failed.HttpRequestError
                is HttpRequestError.ConnectionError
                    or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError;
            throw new EndpointFailedException(call.Endpoint, failed.InnerException?.Message ?? failed.Message, unsent, failed);
        }
        catch (OperationCanceledException stopped)
        {
            // The handler's own limit for connecting has a TimeoutException inside; ours and the caller's do not.
            throw stopped.InnerException is TimeoutException
                ? new EndpointFailedException(call.Endpoint, "no connection in time", unsent: true, stopped)
                : new EndpointFailedException(call.Endpoint, "no answer in time", unsent: false, stopped);
        }
        catch (Exception broken) when (broken is IOException or JsonException or InvalidDataException or FormatException)
        {
            throw new EndpointFailedException(call.Endpoint, broken.Message, unsent: false, broken);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(EtcdCall call, CancellationToken cancel)
    {
        string? token = _token ?? await LoginAsync(call, cancel);
        try
        {
            return await PostAsync(call, token, cancel);
        }
        catch (EtcdException refused) when (options.User is not null && EtcdErrors.TokenIsStale(refused))
        {
            _token = null;
            return await PostAsync(call, await LoginAsync(call, cancel), cancel);
        }
    }

    private async Task<string?> LoginAsync(EtcdCall call, CancellationToken cancel)
    {
        if (options.User is not { } user)
        {
            return null;
        }

        byte[] login = JsonSerializer.SerializeToUtf8Bytes(
            new EtcdLoginRequest(user.Name, user.Password),
            EtcdJson.Default.EtcdLoginRequest
        );
        try
        {
            using HttpResponseMessage response = await PostAsync(call with { Path = "auth/authenticate", Body = login }, null, cancel);
            Stream body = await response.Content.ReadAsStreamAsync(cancel);
            byte[] bytes = await BoundedBody.ReadAsync(body, options.MaxAnswerBytes, cancel);
            return _token = JsonSerializer.Deserialize(bytes, EtcdJson.Default.EtcdLogin)?.Token;
        }
        catch (EtcdException refused) when (refused.Message == EtcdErrors.PasswordsAreOff)
        {
            // The rig's password is configured before etcd is told to ask for it.
            return null;
        }
    }

    private async Task<HttpResponseMessage> PostAsync(EtcdCall call, string? token, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(call.Endpoint, "/v3/" + call.Path));
        request.Content = new ByteArrayContent(call.Body) { Headers = { ContentType = new("application/json") } };
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", token);
        }

        if (call.NeedsLeader)
        {
            request.Headers.TryAddWithoutValidation("Grpc-Metadata-hasleader", "true");
        }

        HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return response;
        }

        using (response)
        {
            Stream body = await response.Content.ReadAsStreamAsync(cancel);
            throw EtcdErrors.Read(response.StatusCode, await BoundedBody.ReadAsync(body, options.MaxAnswerBytes, cancel));
        }
    }
}
