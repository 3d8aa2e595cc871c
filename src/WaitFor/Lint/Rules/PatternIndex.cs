using System.Runtime.CompilerServices;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>What the rules look up in manifests, found once: an input may have thousands of objects.</summary>
internal sealed class PatternIndex
{
    private static readonly ConditionalWeakTable<Pattern, PatternIndex> Known = [];

    private readonly HashSet<ManifestNode> _gateContainers;
    private readonly ILookup<(string Kind, string Name), ManifestEntry> _objects;
    private readonly ILookup<ManifestEntry, LintGate> _gatesOfJobs;

    private PatternIndex(Pattern pattern)
    {
        _gateContainers = new HashSet<ManifestNode>(pattern.Gates.Select(gate => gate.Container.Node), ReferenceEqualityComparer.Instance);
        _objects = pattern.Objects.ToLookup(entry => (entry.Kind, entry.Name));
        Jobs = [.. pattern.Workloads.Where(workload => workload.Entry.Kind == "Job" && !workload.Entry.NameIsGenerated())];
        GeneratedJobs = [.. pattern.Workloads.Where(workload => workload.Entry.Kind == "Job" && workload.Entry.NameIsGenerated())];
        JobsByName = Jobs.ToLookup(job => job.Entry.Name, StringComparer.Ordinal);
        _gatesOfJobs = pattern
            .Gates.SelectMany(gate => gate.Jobs.Select(job => (job.Owner.Entry, Gate: gate)))
            .ToLookup(pair => pair.Entry, pair => pair.Gate);
        GatesOfOwners = pattern.Gates.ToLookup(gate => gate.Owner.Entry);
        Scalers = [.. pattern.Objects.Where(entry => entry.Kind is "HorizontalPodAutoscaler" or "ScaledObject")];
        LimitRanges = [.. pattern.Objects.Where(entry => entry.Kind == "LimitRange")];
        Migrating = new Lazy<IReadOnlyList<(Workload, LintContainer, string)>>(() =>
            [
                .. from owner in pattern.Workloads
                where owner.StaysRunning()
                from container in owner.Containers
                let tool = MigrationCommand.Of(this, owner, container)
                where tool is not null
                select (owner, container, tool),
            ]
        );
    }

    /// <summary>All Jobs whose name is written down, migrations or not.</summary>
    public IReadOnlyList<Workload> Jobs { get; }

    /// <summary>Jobs that get their name from the server.</summary>
    public IReadOnlyList<Workload> GeneratedJobs { get; }

    /// <summary>The Jobs by name, in every namespace.</summary>
    public ILookup<string, Workload> JobsByName { get; }

    /// <summary>The gates of each workload.</summary>
    public ILookup<ManifestEntry, LintGate> GatesOfOwners { get; }

    /// <summary>What gives workloads more pods.</summary>
    public IReadOnlyList<ManifestEntry> Scalers { get; }

    /// <summary>What gives containers their limits.</summary>
    public IReadOnlyList<ManifestEntry> LimitRanges { get; }

    /// <summary>The containers of services that run a migration tool, with what they run.</summary>
    public Lazy<IReadOnlyList<(Workload Owner, LintContainer Container, string Tool)>> Migrating { get; }

    /// <summary>The index of manifests.</summary>
    public static PatternIndex Of(Pattern pattern) => Known.GetValue(pattern, one => new PatternIndex(one));

    /// <summary>The gates that wait for a Job.</summary>
    public IEnumerable<LintGate> GatesOf(MigrationJob job) => _gatesOfJobs[job.Owner.Entry];

    /// <summary>The objects of that kind and name where a namespace may be meant.</summary>
    public IEnumerable<ManifestEntry> Objects(string kind, string name, string? @namespace) =>
        _objects[(kind, name)].Where(entry => Look.MayShareNamespace(entry.Namespace, @namespace));

    /// <summary>Whether a container is a gate.</summary>
    public bool IsGate(LintContainer container) => _gateContainers.Contains(container.Node);
}
