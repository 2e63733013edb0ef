using Rig.Contracts.Json;
using Rig.Contracts.Problems;

namespace Rig.Node.Http;

/// <summary>Refusals as RFC 9457 problem details.</summary>
public static class ProblemResults
{
    public const string ContentType = "application/problem+json";

    public static IResult ToResult(this Problem problem) => Results.Json(problem, RigJson.Default.Problem, ContentType, problem.Status);

    public static Problem UnknownCamera(string camera) =>
        new()
        {
            Status = StatusCodes.Status404NotFound,
            Code = ProblemCodes.UnknownCamera,
            Title = "No such camera",
            Detail = $"There is no camera '{camera}' on this node.",
            Remedy = "GET /api/v1/cameras lists them.",
        };

    public static Problem NotFound(string detail, string remedy) =>
        new()
        {
            Status = StatusCodes.Status404NotFound,
            Code = ProblemCodes.NotFound,
            Title = "Not found",
            Detail = detail,
            Remedy = remedy,
        };

    public static Problem Invalid(string detail, string remedy) =>
        new()
        {
            Status = StatusCodes.Status400BadRequest,
            Code = ProblemCodes.InvalidRequest,
            Title = "The request cannot be carried out",
            Detail = detail,
            Remedy = remedy,
        };

    public static Problem Conflict(string code, string title, string detail, string remedy) =>
        new()
        {
            Status = StatusCodes.Status409Conflict,
            Code = code,
            Title = title,
            Detail = detail,
            Remedy = remedy,
        };
}
