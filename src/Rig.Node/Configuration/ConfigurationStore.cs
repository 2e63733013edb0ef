// The node's configuration while it runs: what is in force, where each value comes from, and changes by API. The one writer of the override file.
using Microsoft.Extensions.Primitives;
using Rig.Contracts.Configuration;
using Rig.Contracts.Json;
using Rig.Node.Configuration.Hocon;
using Rig.Streams.Sources;

namespace Rig.Node.Configuration;

/// <summary>A consistent state of the configuration.</summary>
/// <param name="Version">Stamp of the overrides in it.</param>
/// <param name="Options">The validated options.</param>
/// <param name="Tree">The values they were bound from, with origins.</param>
public sealed record ConfigurationSnapshot(long Version, RigOptions Options, HoconObject Tree);

/// <summary>An option whose value differs from before.</summary>
/// <param name="Key">Dotted key.</param>
/// <param name="Before">As text; null when the key did not exist (a camera is new).</param>
/// <param name="After">As text; null when the key no longer exists.</param>
/// <param name="Applies">What it takes to act.</param>
public sealed record ChangedOption(string Key, string? Before, string? After, Applies Applies);

/// <summary>What became of a change.</summary>
/// <param name="Version">The stamp in force now.</param>
/// <param name="Changes">Options that differ; for a refused or dry change, those that would.</param>
/// <param name="Problems">Why it was refused; empty when it was not.</param>
/// <param name="Conflict">Refused because another change came in between.</param>
public sealed record ChangeOutcome(
    long Version,
    IReadOnlyList<ChangedOption> Changes,
    IReadOnlyList<ConfigurationProblem> Problems,
    bool Conflict = false
)
{
    /// <summary>Whether the change is in force (or would be).</summary>
    public bool Accepted => Problems.Count == 0 && !Conflict;
}

/// <summary>Loads, shows and changes the configuration. Safe to use from any thread.</summary>
public sealed class ConfigurationStore
{
    private readonly Lock _gate = new();
    private readonly ConfigurationSetup _setup;
    private readonly OverrideFile _overrides;
    private IReadOnlyList<OverrideState> _states;
    private ConfigurationReloadToken _token = new();
    private volatile ConfigurationSnapshot _current;

    private ConfigurationStore(ConfigurationSetup setup, OverrideFile overrides)
    {
        (_setup, _overrides) = (setup, overrides);
        try
        {
            _states = overrides.Read();
        }
        catch (HoconException broken)
        {
            throw new ConfigurationException([Problem(broken)]);
        }

        var (snapshot, problems) = Load(_setup, _states[0]);
        _current = problems.Count == 0 ? snapshot : throw new ConfigurationException(problems);
    }

    /// <summary>What is in force.</summary>
    public ConfigurationSnapshot Current => _current;

    /// <summary>Reads reference, file and overrides.</summary>
    /// <exception cref="ConfigurationException">Something is wrong; it names all that is.</exception>
    public static ConfigurationStore Open(ConfigurationSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return new(setup, new OverrideFile(setup.Overrides ?? DefaultOverrides(setup)));
    }

    /// <summary>The same for a node's usual surroundings.</summary>
    /// <exception cref="ConfigurationException">Something is wrong; it names all that is.</exception>
    public static ConfigurationStore Open(string? file, string? overrides, Func<string, string?> environment, TimeProvider time) =>
        Open(
            new ConfigurationSetup
            {
                File = file,
                Overrides = overrides,
                Environment = environment,
                Time = time,
            }
        );

    /// <summary>What is wrong with a file, without its overrides and changing nothing: what <c>rig config check</c> shows.</summary>
    public static IReadOnlyList<ConfigurationProblem> Check(ConfigurationSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return Load(setup, OverrideState.Empty).Problems;
    }

    /// <summary>Fires when <see cref="Current"/> has been replaced; ask again for the next time.</summary>
    public IChangeToken GetReloadToken() => _token;

    /// <summary>Validates, writes and puts in force. A null value takes an override back; the text <c>null</c> unsets (removes a camera).</summary>
    /// <exception cref="IOException">The override file could not be written; nothing has changed.</exception>
    public ChangeOutcome Change(ConfigurationChange change)
    {
        lock (_gate)
        {
            if (change.IfVersion is { } expected && expected != _states[0].Version)
            {
                return new ChangeOutcome(_states[0].Version, [], [], Conflict: true);
            }

            var values = new Dictionary<string, HoconValue>(_states[0].Values, StringComparer.Ordinal);
            var problems = OverrideText.Apply(values, change.Set);
            return problems.Count > 0 ? new ChangeOutcome(_states[0].Version, [], problems) : Replace(values, change.DryRun);
        }
    }

    /// <summary>Goes back to the overrides of an earlier version (0: none), as a new version.</summary>
    /// <exception cref="IOException">The override file could not be written; nothing has changed.</exception>
    public ChangeOutcome Revert(long version, bool dryRun = false)
    {
        lock (_gate)
        {
            var earlier = version == 0 ? OverrideState.Empty : _states.FirstOrDefault(state => state.Version == version);
            if (earlier is not null)
            {
                return Replace(new Dictionary<string, HoconValue>(earlier.Values, StringComparer.Ordinal), dryRun);
            }

            var known = string.Join(", ", _states.Select(state => state.Version).Append(0).Distinct());
            var problem = new ConfigurationProblem(
                new HoconOrigin(_overrides.Path, 0, 0),
                "",
                $"version {version} is not kept",
                $"versions {known}"
            );
            return new ChangeOutcome(_states[0].Version, [], [problem]);
        }
    }

    /// <summary>Every option as <c>GET /api/v1/config</c> shows it.</summary>
    public ConfigurationView View()
    {
        var current = _current;
        var defaults = OptionSchema
            .Root.Leaves(new RigOptions())
            .ToDictionary(row => row.Key, row => row.Leaf.Format(row.Value), StringComparer.Ordinal);
        var reference = HoconDocument.Parse(ReferenceConfiguration.TextWithCamera, ReferenceConfiguration.Name);
        return new ConfigurationView(
            current.Version,
            [
                .. OptionSchema
                    .Root.Leaves(current.Options)
                    .Select(row => new Setting(
                        row.Key,
                        SourceSecrets.Mask(row.Leaf.Format(row.Value)),
                        defaults.GetValueOrDefault(row.Key),
                        Origin(current.Tree, row.Key),
                        Word(row.Leaf.Rule.Applies),
                        ReferenceConfiguration.Describe(reference, row.Key)
                    )),
            ]
        );
    }

    /// <summary><c>live</c>, <c>camera</c> or <c>node</c>.</summary>
    public static string Word(Applies applies) =>
        applies switch
        {
            Applies.Live => "live",
            Applies.Camera => "camera",
            _ => "node",
        };

    private string? Origin(HoconObject tree, string key) =>
        tree.Find(key.Split('.')) switch
        {
            null => null,
            var value when value.Origin.File == _overrides.Path => "override",
            var value => value.Origin.ToString(),
        };

    private ChangeOutcome Replace(Dictionary<string, HoconValue> values, bool dryRun)
    {
        var version = _states[0].Version + 1;
        var next = new OverrideState(version, UtcTimeConverter.Format(_setup.Time.GetUtcNow()), values);
        var (snapshot, problems) = Load(_setup, next);
        var changes = problems.Count > 0 ? [] : Differences(_current.Options, snapshot.Options);
        if (problems.Count > 0 || dryRun)
        {
            return new ChangeOutcome(_states[0].Version, changes, problems);
        }

        IReadOnlyList<OverrideState> states = [next, .. _states.Where(state => state.Version > 0).Take(OverrideFile.KeptStates - 1)];
        _overrides.Write(states);
        _states = _overrides.Read();
        _current = Load(_setup, _states[0]).Snapshot;
        Interlocked.Exchange(ref _token, new ConfigurationReloadToken()).OnReload();
        return new ChangeOutcome(version, changes, []);
    }

    private static List<ChangedOption> Differences(RigOptions before, RigOptions after)
    {
        var old = OptionSchema.Root.Leaves(before).ToDictionary(row => row.Key, row => row, StringComparer.Ordinal);
        var changes = new List<ChangedOption>();
        foreach (var (key, leaf, value) in OptionSchema.Root.Leaves(after))
        {
            var was = old.Remove(key, out var row) ? row.Leaf.Format(row.Value) : null;
            var now = leaf.Format(value);
            if (was != now)
            {
                changes.Add(new ChangedOption(key, SourceSecrets.Mask(was), SourceSecrets.Mask(now), leaf.Rule.Applies));
            }
        }

        changes.AddRange(
            old.Values.Select(row => new ChangedOption(
                row.Key,
                SourceSecrets.Mask(row.Leaf.Format(row.Value)),
                null,
                row.Leaf.Rule.Applies
            ))
        );
        return changes;
    }

    private static (ConfigurationSnapshot Snapshot, IReadOnlyList<ConfigurationProblem> Problems) Load(
        ConfigurationSetup setup,
        OverrideState state
    )
    {
        HoconObject tree;
        try
        {
            var document = new HoconDocument(setup.Environment);
            document.AddText(ReferenceConfiguration.Text, ReferenceConfiguration.Name);
            if (setup.File is not null)
            {
                document.AddFile(setup.File);
            }

            foreach (var (key, value) in state.Values)
            {
                document.Set(key.Split('.'), value);
            }

            var given = new Dictionary<string, HoconValue>(StringComparer.Ordinal);
            OverrideText.Apply(given, setup.Settings);
            foreach (var (key, value) in given)
            {
                document.Set(key.Split('.'), value);
            }

            tree = document.Resolve();
        }
        catch (HoconException broken)
        {
            var nothing = new HoconObject(broken.Origin, []);
            return (new ConfigurationSnapshot(state.Version, new RigOptions(), nothing), [Problem(broken)]);
        }

        var (options, problems) = OptionBinder.Bind(tree);
        IReadOnlyList<ConfigurationProblem> all =
            problems.Count > 0
                ? problems
                :
                [
                    .. RigOptionsRules
                        .Check(options, setup.Schemes)
                        .Select(broken => new ConfigurationProblem(
                            tree.Find(broken.Key.Split('.'))?.Origin ?? tree.Origin,
                            broken.Key,
                            broken.Text,
                            broken.Allowed
                        )),
                ];
        return (new ConfigurationSnapshot(state.Version, options, tree), all);
    }

    private static string DefaultOverrides(ConfigurationSetup setup)
    {
        var (snapshot, problems) = Load(setup, OverrideState.Empty);
        return problems.Count == 0
            ? Path.Combine(snapshot.Options.Node.StateFolder(), "overrides.json")
            : throw new ConfigurationException(problems);
    }

    private static ConfigurationProblem Problem(HoconException broken) => new(broken.Origin, "", broken.Problem);
}
