using Rig.Contracts.Events;
using Rig.Contracts.Nodes;

namespace Rig.Actors.Health;

/// <summary>One thing that is wrong now.</summary>
public sealed record Alarm(string Id, string? Camera, GateLevel Level, string Text, string Remedy);

/// <summary>
/// Remembers which alarms are raised, so that each is told once when it comes and once when it goes. An alarm must have been absent for
/// some rounds before it is cleared: a value on its limit does not ring every two seconds. Pure; one owner.
/// </summary>
public sealed class AlarmBook(string node, int roundsToClear = 3)
{
    private readonly Dictionary<string, (Alarm Alarm, int Absent)> _raised = new(StringComparer.Ordinal);

    public IEnumerable<Alarm> Raised => _raised.Values.Select(entry => entry.Alarm);

    /// <summary>Takes what is wrong in this round and says what to tell the world.</summary>
    public IReadOnlyList<RigEvent> Update(IEnumerable<Alarm> present, DateTimeOffset now)
    {
        List<RigEvent> news = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (Alarm alarm in present)
        {
            seen.Add(alarm.Id);
            bool known = _raised.TryGetValue(alarm.Id, out var entry) && entry.Alarm.Level == alarm.Level;
            _raised[alarm.Id] = (alarm, 0);
            if (!known)
            {
                news.Add(new AlarmRaised(alarm.Id, alarm.Camera, alarm.Level, alarm.Text, alarm.Remedy) { Time = now, Node = node });
            }
        }

        foreach ((string id, var entry) in _raised.Where(entry => !seen.Contains(entry.Key)).ToList())
        {
            if (entry.Absent + 1 < roundsToClear)
            {
                _raised[id] = (entry.Alarm, entry.Absent + 1);
                continue;
            }

            _raised.Remove(id);
            news.Add(new AlarmCleared(id, entry.Alarm.Camera) { Time = now, Node = node });
        }

        return news;
    }
}
