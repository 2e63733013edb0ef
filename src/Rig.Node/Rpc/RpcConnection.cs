using System.Buffers;
using System.Net.WebSockets;
using Rig.Contracts.Problems;
using Rig.Node.Events;
using Rig.Node.Rights;

namespace Rig.Node.Rpc;

/// <summary>
/// One client of <c>/rpc</c>. Requests run beside each other, a few at once: a stop that waits for files does not hold up a question. A client that takes nothing for some
/// seconds is closed.
/// </summary>
internal sealed class RpcConnection : IAsyncDisposable
{
    /// <summary>More wait in the network, which the client notices.</summary>
    private const int AtOnce = 8;

    /// <summary>A phone that changes its Wi-Fi is back by then, or gone.</summary>
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly Caller _caller;
    private readonly Uri _address;
    private readonly RpcMethods _methods;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closed;
    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly RpcSubscription _subscription;

    /// <param name="address">The node's address as the client wrote it.</param>
    public RpcConnection(
        WebSocket socket,
        Caller caller,
        Uri address,
        RpcMethods methods,
        EventHub hub,
        string node,
        ILogger log,
        TimeProvider time,
        CancellationToken gone
    )
    {
        (_socket, _caller, _address, _methods, _log, _time) = (socket, caller, address, methods, log, time);
        _closed = CancellationTokenSource.CreateLinkedTokenSource(gone);
        _subscription = new RpcSubscription(hub, node, time, SendAsync, _closed.Token);
    }

    /// <summary>Serves until the client goes, the node ends or the client is sent away.</summary>
    public async Task RunAsync()
    {
        (WebSocketCloseStatus status, string reason) = (WebSocketCloseStatus.EndpointUnavailable, "The node ends.");
        try
        {
            (status, reason) = await ReceiveAsync();
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException or IOException)
        {
            if (_socket.State == WebSocketState.Aborted)
            {
                return;
            }
        }
        finally
        {
            await _closed.CancelAsync();
        }

        await CloseAsync(status, reason);
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        for (int place = 0; place < AtOnce; place++)
        {
            await _places.WaitAsync();
        }

        await _subscription.DisposeAsync();
        _closed.Dispose();
        _places.Dispose();
        _sending.Dispose();
    }

    private async Task<(WebSocketCloseStatus, string)> ReceiveAsync()
    {
        ArrayBufferWriter<byte> message = new(4096);
        while (true)
        {
            ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(message.GetMemory(4096), _closed.Token);
            switch (part.MessageType)
            {
                case WebSocketMessageType.Close:
                    return (WebSocketCloseStatus.NormalClosure, "");
                case WebSocketMessageType.Binary:
                    return (WebSocketCloseStatus.InvalidMessageType, "JSON-RPC is text.");
            }

            message.Advance(part.Count);
            if (message.WrittenCount > RpcParser.LargestMessage)
            {
                return (WebSocketCloseStatus.MessageTooBig, $"{RpcParser.LargestMessage} bytes at most.");
            }

            if (part.EndOfMessage)
            {
                RpcMessage parsed = RpcParser.Parse(message.WrittenMemory);
                message.ResetWrittenCount();
                await _places.WaitAsync(_closed.Token);
                _ = AnswerAsync(parsed);
            }
        }
    }

    /// <summary>Never throws: what is wrong is answered, logged, or the connection's end.</summary>
    private async Task AnswerAsync(RpcMessage message)
    {
        try
        {
            List<(string, RpcAnswer)> answers = [];
            foreach (RpcEntry entry in message.Entries)
            {
                RpcAnswer answer = await AnswerAsync(entry);
                if (entry is RpcEntry.Broken(var broken, _))
                {
                    answers.Add((broken, answer));
                }
                else if (entry is RpcEntry.Call { Id: { } id })
                {
                    answers.Add((id, answer));
                }
            }

            if (RpcWriter.Write(message.IsBatch, answers) is { } text)
            {
                await SendAsync(text, _closed.Token);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            await EndAsync();
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<RpcAnswer> AnswerAsync(RpcEntry entry)
    {
        if (entry is not RpcEntry.Call call)
        {
            return RpcAnswer.Of(((RpcEntry.Broken)entry).Error);
        }

        if (_methods.Find(call.Method) is not { } method)
        {
            return RpcAnswer.Of(RpcError.NoMethod(call.Method));
        }

        if (!_caller.May(method.Role))
        {
            return RpcAnswer.Of(RpcError.Refused(Refusals.NotAllowed(_caller.Role, method.Role)));
        }

        try
        {
            return await method.Run(new RpcContext(_caller, new RpcParameters(call.Params), _subscription, _address), _closed.Token);
        }
        catch (RpcParameterException wrong)
        {
            return RpcAnswer.Of(RpcError.WrongParameters(wrong.Message));
        }
        catch (Akka.Actor.AskTimeoutException)
        {
            return RpcAnswer.Of(RpcError.Refused(Late));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            RpcLog.Fault(_log, fault, call.Method);
            return RpcAnswer.Of(RpcError.Fault);
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            using CancellationTokenSource limit = new(SendLimit, _time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
            try
            {
                await _socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, either.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                // A message that is half sent cannot be finished: the socket is of no use any more.
                _socket.Abort();
                await EndAsync();
                throw;
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task EndAsync()
    {
        if (!_closed.IsCancellationRequested)
        {
            await _closed.CancelAsync();
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        using CancellationTokenSource limit = new(CloseLimit, _time);
        try
        {
            await _socket.CloseAsync(status, reason, limit.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException or IOException)
        {
            _socket.Abort();
        }
    }

    private static Problem Late { get; } =
        new()
        {
            Status = StatusCodes.Status503ServiceUnavailable,
            Code = ProblemCodes.TimedOut,
            Title = "The node does not answer in time",
            Remedy = "Try again; if it stays, look at GET /logs.",
        };
}

internal static partial class RpcLog
{
    [LoggerMessage(EventId = 60, Level = LogLevel.Error, Message = "JSON-RPC {Method} failed")]
    public static partial void Fault(ILogger log, Exception cause, string method);
}
