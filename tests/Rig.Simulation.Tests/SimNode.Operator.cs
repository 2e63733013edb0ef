using Rig.Actors.Coordination;
using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Simulation.Tests;

// What operators press on this node, and the way to the coordinator.
internal sealed partial class SimNode
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(0.3);

    public void Press(RemoteMessage message)
    {
        Command command = new(this, message);
        world.Commands.Add(command);
        world.Trace($"operator: {message} on {Id}");
        if (!EngineReachable)
        {
            Answered(command, new ProblemAnswer(SessionProblems.ClusterAway("The shared state does not answer.")));
            return;
        }

        Try(command, world.Now + Patience);
    }

    public void PressLocally(RemoteMessage message)
    {
        Command command = new(this, message);
        world.Commands.Add(command);
        world.Trace($"operator: {message} locally on {Id}");
        _nodeAskers.Add(++_lastNumber, answer => Answered(command, answer));
        switch (message)
        {
            case StartCommand start:
                PrepareSession prepare = new(_session.LocalId(start.Request, world.Now), null, world.Now, null);
                Session(new LocalStart(_lastNumber, start.Request, Prepare(prepare)));
                break;
            case StopCommand stop:
                Session(new LocalStop(_lastNumber, stop.Request));
                break;
            case MarkCommand mark:
                Session(new LocalMark(_lastNumber, mark.Request));
                break;
        }
    }

    private void Try(Command command, DateTimeOffset until)
    {
        if (_candidacy.Leader.NodeId is not { } leader)
        {
            Retry(command, until, SessionProblems.CoordinatorChanged("Nobody coordinates."));
            return;
        }

        Ask(
            leader,
            command.Message,
            TimeSpan.FromSeconds(30),
            answer =>
            {
                if (answer is ProblemAnswer { Problem: { Code: ProblemCodes.NoCoordinator } problem })
                {
                    Retry(command, until, problem);
                }
                else
                {
                    Answered(command, answer);
                }
            },
            (_, reason) => Retry(command, until, SessionProblems.CoordinatorChanged(reason))
        );
    }

    private void Retry(Command command, DateTimeOffset until, Problem problem)
    {
        if (world.Now >= until)
        {
            Answered(command, new ProblemAnswer(problem));
        }
        else
        {
            Later(Again, () => Try(command, until));
        }
    }

    private void Answered(Command command, RemoteMessage answer)
    {
        world.Trace(
            $"answer to {command.Message.GetType().Name} on {Id}: {(answer is ProblemAnswer problem ? problem.Problem.Code + " " + problem.Problem.Detail : answer.GetType().Name)}"
        );
        world.Meets($"{command.Message.GetType().Name} {(answer is ProblemAnswer { Problem.Code: var code } ? code : "done")}");
        command.Answers.Add(answer);
        world.Check(command.Answers.Count == 1, $"{command} was answered twice.");
    }
}
