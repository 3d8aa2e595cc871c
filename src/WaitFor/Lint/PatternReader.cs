using WaitFor.CommandLine;
using WaitFor.Kinds;
using WaitFor.Lint.Reading;
using WaitFor.Manifests;

namespace WaitFor.Lint;

/// <summary>Reads manifests, and finds in them what the pattern consists of: workloads, gates and migration Jobs, each gate with its Jobs.
/// It contacts nothing.</summary>
internal static class PatternReader
{
    private const string ComponentLabel = "app.kubernetes.io/component";

    /// <summary>Reads files.</summary>
    /// <param name="paths">Files, folders, and <c>-</c> for the standard input.</param>
    /// <param name="recursive">True: folders below folders too.</param>
    /// <param name="standardInput">Opens the standard input.</param>
    /// <exception cref="UsageException">Something cannot be read, is no YAML, or has no object at all.</exception>
    public static Pattern Read(IReadOnlyList<string> paths, bool recursive, Func<Stream> standardInput) =>
        Of(new LintManifests(standardInput).Read(paths, recursive));

    /// <summary>Finds the parts of the pattern.</summary>
    /// <exception cref="UsageException">A template was not rendered.</exception>
    public static Pattern Of(ManifestSet manifests)
    {
        var objects = manifests.Entries;
        var configMaps = objects
            .Where(entry => entry is { Kind: "ConfigMap", ApiVersion: "v1" })
            .GroupBy(entry => (entry.Namespace, entry.Name))
            .ToDictionary(group => group.Key, group => group.Last().Node["data"]);
        var workloads = objects.Select(Workloads.Of).OfType<Workload>().ToList();
        var gates = new List<LintGate>();
        var jobs = new List<(Workload Workload, MigrationJob? Job)>();
        foreach (var workload in workloads)
        {
            MigrationJob? job = null;
            foreach (var container in workload.Containers)
            {
                var variables = new Variables(container.Node, name => configMaps.GetValueOrDefault((workload.Entry.Namespace, name)));
                var invocations = Invocation.Of(container, variables);
                var found = GateFinder.Find(workload, container, invocations, variables).ToList();
                gates.AddRange(found);
                if (IsJob(workload))
                    job ??= JobOf(workload, container, invocations, variables, gate: found.Count > 0);
            }

            if (IsJob(workload))
                jobs.Add((workload, job ?? Labelled(workload)));
        }

        var paired = Pair(gates, jobs);
        return new Pattern(objects, paired.Jobs, paired.Gates, workloads) { LeftOut = manifests.LeftOut };
    }

    private static bool IsJob(Workload workload) => workload.Entry.Kind is "Job" or "CronJob";

    private static MigrationJob? JobOf(
        Workload workload,
        LintContainer container,
        IReadOnlyList<Invocation> invocations,
        Variables variables,
        bool gate
    )
    {
        foreach (var invocation in invocations)
        {
            if (MigrationTools.Of(invocation, container.Image) is { } tool)
            {
                var record = MigrationTools.IsOurs(tool) ? MigrationTools.RecordOf(invocation, variables) : null;
                return new MigrationJob(workload, container, $"it runs {tool}", WritesRecord: record is not null) { Record = record };
            }


            if (!gate && workload.Entry.Kind == "Job" && MigrationTools.ScriptOf(invocation) is { } script)
                return new MigrationJob(workload, container, $"it runs {script}", WritesRecord: false);
        }

        return null;
    }

    private static MigrationJob? Labelled(Workload workload)
    {
        var label = workload.Entry.Node["metadata"]?["labels"]?[ComponentLabel] ?? workload.PodMetadata?["labels"]?[ComponentLabel];
        return label?.Text is { } text && text.Contains("migrat", StringComparison.Ordinal) && MainContainer(workload) is { } container
            ? new MigrationJob(workload, container, $"it has the label {ComponentLabel}: {text}", WritesRecord: false)
            : null;
    }

    private static LintContainer? MainContainer(Workload workload) =>
        workload.Containers.FirstOrDefault(container => !container.Init) ?? (workload.Containers is [var first, ..] ? first : null);

    /// <summary>Gives each gate its Jobs; a Job that a gate waits for is a migration Job by that alone.</summary>
    private static (IReadOnlyList<MigrationJob> Jobs, IReadOnlyList<LintGate> Gates) Pair(
        List<LintGate> gates,
        List<(Workload Workload, MigrationJob? Job)> jobs
    )
    {
        var byName = jobs.Select((_, index) => index)
            .Where(index => jobs[index].Workload.Entry is { Kind: "Job", Name.Length: > 0 })
            .ToLookup(index => jobs[index].Workload.Entry.Name, StringComparer.Ordinal);
        var paired = gates
            .Select(gate =>
                (Gate: gate, Jobs: Indexes(gate).Distinct().Where(index => jobs[index].Workload != gate.Owner).Order().ToList())
            )
            .ToList();
        foreach (var index in paired.SelectMany(one => one.Jobs))
        {
            var (workload, job) = jobs[index];
            if (job is null && MainContainer(workload) is { } container)
                jobs[index] = (workload, new MigrationJob(workload, container, "a gate waits for it", WritesRecord: false));
        }

        return (
            [.. jobs.Select(one => one.Job).OfType<MigrationJob>()],
            [.. paired.Select(one => one.Gate with { Jobs = [.. one.Jobs.Select(index => jobs[index].Job).OfType<MigrationJob>()] })]
        );

        IEnumerable<int> Indexes(LintGate gate)
        {
            foreach (var index in gate.Targets.SelectMany(name => byName[name]).Where(index => IsIn(gate, jobs[index].Workload)))
                yield return index;
            var podSelectors = gate
                .Waits.Where(target => target is { Kind: PodKind, Name: null, Selector: not null })
                .Select(target => LabelSelector.Parse(target.Selector!))
                .ToList();
            if (gate.Selector is null && podSelectors.Count == 0)
                yield break;
            var selector = gate.Selector is null ? null : LabelSelector.Parse(gate.Selector);
            foreach (var index in byName.SelectMany(one => one).Where(index => IsIn(gate, jobs[index].Workload)))
            {
                var workload = jobs[index].Workload;
                if (selector?.Matches(Workloads.Labels(workload.Entry.Node["metadata"])) == true)
                    yield return index;
                else if (podSelectors.Count > 0 && PodLabels(workload) is var labels && podSelectors.Exists(one => one.Matches(labels)))
                    yield return index;
            }
        }
    }

    /// <summary>Whether a gate looks where the Job is. Where a manifest leaves the namespace out, whoever applies it says it, and it is
    /// taken for the same.</summary>
    private static bool IsIn(LintGate gate, Workload job) =>
        gate.AllNamespaces || gate.LooksInto is null || job.Entry.Namespace is null || gate.LooksInto == job.Entry.Namespace;

    /// <summary>The labels of a Job's pods, with those that the Job controller gives them.</summary>
    private static Dictionary<string, string> PodLabels(Workload job) =>
        new(Workloads.Labels(job.PodMetadata), StringComparer.Ordinal)
        {
            ["job-name"] = job.Entry.Name,
            ["batch.kubernetes.io/job-name"] = job.Entry.Name,
        };
}
