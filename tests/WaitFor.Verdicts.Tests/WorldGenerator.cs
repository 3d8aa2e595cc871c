using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace WaitFor.Verdicts.Tests;

/// <summary>FsCheck's generators of worlds: recorded objects and those derived for the tables, under all kinds of expectations.</summary>
internal static class WorldGenerator
{
    private static readonly JsonObject[] JobsOfTables =
    [
        .. JobStates.Table.Select(row => row.Object()).OfType<JsonObject>().Select(item => item.Without("metadata.managedFields")),
    ];

    private static readonly JsonObject[] PodsOfTables = [.. PodStates.ByName.Values.Select(pod => pod().Without("metadata.managedFields"))];

    private static readonly JsonObject[] SlicesRecorded = [.. Recording.AllLines("endpointslices").Select(Web)];

    /// <summary>As often one of the tables' states as any recorded one, of which most are of a pod that gets started.</summary>
    private static readonly Gen<JsonObject> Job = Gen.OneOf(Gen.Elements(Recording.AllLines("jobs")), Gen.Elements(JobsOfTables));

    private static readonly Gen<JsonObject> Pod = Gen.OneOf(Gen.Elements(Recording.AllLines("pods")), Gen.Elements(PodsOfTables));

    private static readonly Gen<JsonObject> Slice = Gen.Elements(SlicesRecorded);

    private static readonly Gen<JsonObject[]> Slices = Gen.OneOf(
        Gen.Constant(Array.Empty<JsonObject>()),
        Slice.Select(slice => new[] { slice }),
        Slice.Select(slice => new[] { Terminating(slice, ready: false) }),
        Slice.Two().Select(pair => new[] { pair.Item1, pair.Item2 }),
        // Dual stack: all endpoints twice; or one family is ahead of the other.
        Slice.Select(slice => new[] { slice, slice }),
        Slice.Select(slice => new[] { slice, Terminating(slice, ready: true) })
    );

    private static readonly JsonObject[] Services =
    [
        Web(Recording.End("deployment-service-rollout", "services")),
        Web(Recording.End("service-headless", "services")),
        Web(Recording.End("service-no-selector", "services")),
        Web(Recording.End("service-externalname", "services")),
        Web(Recording.End("deployment-service-rollout", "services")).Deleting(),
    ];

    /// <summary>A world whose verdict is not Met.</summary>
    public static Gen<World> NotMet { get; } = Any.Where(world => world.Judge().Kind != VerdictKind.Met);

    /// <summary>Any world.</summary>
    public static Gen<World> Any => Gen.OneOf(NamedJob, SetOfJobs, NamedPod, SetOfPods, NamedService, SetOfServices);

    /// <summary>All states of the tables, alone and in a set beside one that is Met, that are not Met.</summary>
    public static IEnumerable<World> NotMetOfTables =>
        from world in JobsOfTables
            .SelectMany(OfTable)
            .Concat(PodsOfTables.SelectMany(PodOfTable))
            .Concat(SlicesRecorded.SelectMany(SliceOfTable))
        from tolerance in Enum.GetValues<Tolerance>()
        let asked = world with
        {
            Asked = world.Asked with { Tolerance = tolerance },
        }
        where asked.Judge().Kind != VerdictKind.Met
        select asked;

    private static IEnumerable<World> OfTable(JsonObject job) =>
        [new(Asked.Job, [job]), new(Asked.Jobs, Members([job, JobStates.Complete()]))];

    private static IEnumerable<World> PodOfTable(JsonObject pod) =>
        [
            new(Asked.Pod, [pod]),
            new(Asked.Pods, Members([pod, PodStates.Ready()])),
            new(Asked.Pods with { MinReady = 2 }, Members([pod, PodStates.Ready()])),
        ];

    private static IEnumerable<World> SliceOfTable(JsonObject slice) =>
        [
            new(Asked.Service, [Services[0], slice], Services: 1),
            new(Asked.Service, [Services[0], Terminating(slice, ready: true)], Services: 1),
            new(Asked.Service, [Services[0], slice, Member(Terminating(slice, ready: false), 0)], Services: 1),
            new(Asked.Service with { MinReady = 3 }, [Services[0], slice, Member(slice, 0)], Services: 1),
        ];

    public static Gen<Mutation> Mutation { get; } =
        from item in Gen.Choose(0, 5)
        from length in Gen.Choose(1, 7)
        from steps in Gen.Choose(0, 1_000_000).ArrayOf(length)
        from damage in Gen.Elements(Enum.GetValues<Damage>())
        select new Mutation(item, steps, damage);

    private static Gen<World> NamedJob =>
        from asked in Expectation(Asked.Job, job: true)
        from job in Job
        from before in Before(job)
        select new World(asked, [job], Before: before);

    private static Gen<World> SetOfJobs =>
        from asked in Expectation(Asked.Jobs, job: true)
        from count in Gen.Choose(1, 3)
        from jobs in Job.ArrayOf(count)
        from before in Before(jobs[0])
        select new World(asked, Members(jobs), Before: before is null ? null : Member(before, 0));

    private static Gen<World> NamedPod => from asked in Expectation(Asked.Pod, job: false) from pod in Pod select new World(asked, [pod]);

    private static Gen<World> SetOfPods =>
        from asked in Expectation(Asked.Pods, job: false)
        from least in Least
        from count in Gen.Choose(1, 4)
        from pods in Pod.ArrayOf(count)
        select new World(asked with { MinReady = least }, Members(pods));

    private static Gen<World> NamedService =>
        from tolerance in Gen.Elements(Enum.GetValues<Tolerance>())
        from least in Least
        from service in Gen.Elements(Services)
        from slices in Slices
        select new World(Asked.Service with { Tolerance = tolerance, MinReady = least }, [service, .. Members(slices)], Services: 1);

    private static Gen<World> SetOfServices =>
        from world in NamedService
        from other in Gen.Elements(Services)
        from slice in Slice
        select world with
        {
            Asked = world.Asked with { Named = false },
            Objects =
            [
                Clone(other).Named("other"),
                .. world.Objects,
                Clone(slice).Named("other-0").Label(State.EndpointSliceState.ServiceNameLabel, "other"),
            ],
            Services = 2,
        };

    /// <summary>Nothing; or the Job itself as it was earlier; or its predecessor of the same name.</summary>
    private static Gen<JsonObject?> Before(JsonObject job) =>
        Gen.Elements<JsonObject?>(
            null,
            Complete(job),
            Complete(job).With("metadata.uid", "predecessor"),
            Complete(job).With("metadata.uid", "predecessor").Label("version", "2")
        );

    private static JsonObject Complete(JsonObject job) =>
        JobStates.Complete().With("metadata", job["metadata"]!.DeepClone()).Without("metadata.deletionTimestamp");

    private static Gen<int?> Least => Gen.Elements<int?>(null, null, 1, 2, 3);

    private static Gen<Expectation> Expectation(Expectation asked, bool job) =>
        from tolerance in Gen.Elements(Enum.GetValues<Tolerance>())
        from onMissing in Gen.Elements(Enum.GetValues<OnMissing>())
        from label in Gen.Elements<(string Key, string Value)?>(
            null,
            null,
            (job ? "job-name" : "app", job ? "migrate" : "web"),
            ("version", "2")
        )
        from image in Gen.Elements(null, null, "busybox:local", "busybox:next")
        select asked with
        {
            Tolerance = tolerance,
            OnMissing = onMissing,
            Labels = label is { } expected ? [new(expected.Key, expected.Value)] : [],
            Images = image is null ? [] : [image],
        };

    private static JsonObject[] Members(JsonObject[] items) => [.. items.Select(Member)];

    /// <summary>Members of one set: of one namespace, and of names that differ.</summary>
    private static JsonObject Member(JsonObject item, int index) =>
        Clone(item).With("metadata.namespace", "one").With("metadata.name", $"member-{index}");

    private static JsonObject Clone(JsonObject item) => item.DeepClone().AsObject();

    /// <summary>A service or a slice, made to belong together.</summary>
    private static JsonObject Web(JsonObject item)
    {
        item = item.Without("metadata.managedFields").With("metadata.namespace", "one").With("metadata.name", "web");
        return item.ContainsKey("addressType") ? item.Label(State.EndpointSliceState.ServiceNameLabel, "web") : item;
    }

    /// <summary>The first endpoint goes away; <paramref name="ready"/> as a service says that publishes unready addresses.</summary>
    private static JsonObject Terminating(JsonObject slice, bool ready) =>
        slice["endpoints"] is JsonArray { Count: > 0 }
            ? Clone(slice).With("endpoints.0.conditions.ready", ready).With("endpoints.0.conditions.terminating", true)
            : slice;
}
