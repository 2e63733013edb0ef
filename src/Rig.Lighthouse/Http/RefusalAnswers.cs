using System.Text.Json;
using Rig.Cluster;
using Rig.Cluster.Etcd;

namespace Rig.Lighthouse.Http;

/// <summary>Turns what goes wrong in a handler into problem details, and counts it.</summary>
internal sealed partial class RefusalAnswers(Counters counters, ILogger<RefusalAnswers> log)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        RefusedException refused;
        try
        {
            await next(context);
            return;
        }
        catch (RefusedException error)
        {
            refused = error;
        }
        catch (BadHttpRequestException error)
        {
            refused = Refusals.BadRequest(error.Message, error.StatusCode);
        }
        catch (JsonException)
        {
            refused = Refusals.BadRequest("the body is not the JSON that belongs here.");
        }
        catch (Exception error) when (error is ClusterAwayException or EtcdException)
        {
            refused = Refusals.EtcdAway(error.Message);
        }
        catch (Exception error) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(context.Request.Path, error);
            refused = Refusals.Internal();
        }

        counters.Add(refused.Problem.Code);
        if (!context.Response.HasStarted)
        {
            await ProblemAnswer.WriteAsync(context, refused.Problem);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed.")]
    private partial void LogFailed(string path, Exception error);
}
