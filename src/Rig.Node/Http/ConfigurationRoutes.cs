using Rig.Contracts.Access;
using Rig.Contracts.Configuration;
using Rig.Contracts.Problems;
using Rig.Node.Configuration;
using Rig.Node.Control;
using Rig.Node.Rights;

namespace Rig.Node.Http;

/// <summary>Reading and changing the configuration.</summary>
public static class ConfigurationRoutes
{
    public static void MapConfiguration(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/v1/config").WithTags("configuration").Needs(Role.Operator);
        group
            .MapGet("", (ConfigurationStore store) => store.View())
            .WithSummary("Every setting with value, default, origin and what a change needs.")
            .Produces<ConfigurationView>();
        group
            .MapPost("", Change)
            .Needs(Role.Admin)
            .WithSummary("Validates, keeps and applies settings; says what was restarted and what waits. A null takes a setting back.")
            .Produces<ConfigurationChanged>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, ProblemResults.ContentType)
            .Produces<Problem>(StatusCodes.Status409Conflict, ProblemResults.ContentType);
        group
            .MapPost("/revert/{version:long}", Revert)
            .Needs(Role.Admin)
            .WithSummary("Goes back to the settings of an earlier version; 0 takes all changes back.")
            .Produces<ConfigurationChanged>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, ProblemResults.ContentType);
    }

    private static async Task<IResult> Change(
        ConfigurationChange change,
        ConfigurationStore store,
        ConfigurationApplier applier,
        CancellationToken cancel
    ) => await Answer(store.Change(change), applier, change.DryRun, cancel);

    private static async Task<IResult> Revert(
        long version,
        ConfigurationStore store,
        ConfigurationApplier applier,
        CancellationToken cancel
    ) => await Answer(store.Revert(version), applier, dryRun: false, cancel);

    private static async Task<IResult> Answer(ChangeOutcome outcome, ConfigurationApplier applier, bool dryRun, CancellationToken cancel)
    {
        if (outcome.Conflict)
        {
            return ProblemResults
                .Conflict(
                    ProblemCodes.ConfigurationInvalid,
                    "Somebody else changed the configuration",
                    $"It is at version {outcome.Version} now.",
                    "Read it again and repeat the change."
                )
                .ToResult();
        }

        if (!outcome.Accepted)
        {
            return new Problem
            {
                Status = StatusCodes.Status400BadRequest,
                Code = ProblemCodes.ConfigurationInvalid,
                Title = "The configuration would not be valid",
                Detail = string.Join("\n", outcome.Problems),
                Remedy = "Correct the values; nothing was changed.",
            }.ToResult();
        }

        return Results.Ok(await applier.ApplyAsync(outcome, dryRun, cancel));
    }
}
