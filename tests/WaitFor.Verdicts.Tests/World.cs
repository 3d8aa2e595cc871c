using System.Text.Json;
using System.Text.Json.Nodes;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>What was asked, and the objects that there are: all that a verdict is made of.</summary>
/// <param name="Asked">What was asked.</param>
/// <param name="Objects">The Jobs, the pods, or the services followed by the slices.</param>
/// <param name="Services">How many of them are services.</param>
/// <param name="Before">A Job that existed before: what was seen of it may still count.</param>
internal sealed record World(Expectation Asked, IReadOnlyList<JsonObject> Objects, int Services = 0, JsonObject? Before = null)
{
    /// <summary>The verdict; a <see cref="System.Text.Json.JsonException"/> where an object is refused.</summary>
    public Verdict Judge()
    {
        switch (Asked.Kind)
        {
            case TargetKind.Job:
                var jobs = Objects.Select(item => item.Job()).ToList();
                var finished = Before is null ? FinishedJobs.None : FinishedJobs.None.Observe(Asked, [Before.Job()]);
                finished = finished.Observe(Asked, jobs);
                return Asked.Named ? JobRules.Named(Asked, jobs.SingleOrDefault(), finished) : JobRules.Set(Asked, jobs, finished);
            case TargetKind.Pod:
                var pods = Objects.Select(item => item.Pod()).ToList();
                return Asked.Named ? PodRules.Named(Asked, pods.SingleOrDefault()) : PodRules.Set(Asked, pods);
            default:
                var services = Objects.Take(Services).Select(item => item.Service()).ToList();
                var slices = Slices.Select(item => item.Slice()).ToList();
                return Asked.Named
                    ? ServiceRules.Named(Asked, services.SingleOrDefault(), slices)
                    : ServiceRules.Set(Asked, services, slices);
        }
    }

    /// <summary>What damage put in, by identity.</summary>
    private HashSet<JsonNode> Wrong { get; init; } = [];

    private IEnumerable<JsonObject> Slices => Asked.Kind == TargetKind.Service ? Objects.Skip(Services) : [];

    /// <summary>A copy in which one object may be damaged.</summary>
    public World Copy(int index) =>
        this with
        {
            Objects = [.. Objects.Select((item, at) => at == index ? item.DeepClone().AsObject() : item)],
            Wrong = [],
        };

    public World Copy() => this with { Objects = [.. Objects.Select(item => item.DeepClone().AsObject())], Wrong = [] };

    /// <summary>Damages a field; false where that is no damage, or where it takes evidence against the object away (the one thing that may
    /// open a gate).</summary>
    public bool Damage(int index, IReadOnlyList<string> path, Damage damage) =>
        path.Count > 0 && !IsEvidence(Objects[index], path) && Mutation.Apply(Objects[index], path, damage, Wrong);

    /// <summary>Damages a field, if that is possible there.</summary>
    /// <returns>What was done, for the report of a failure; null: nothing.</returns>
    public string? Damage(Mutation mutation)
    {
        var index = mutation.Object % Objects.Count;
        var path = mutation.PathIn(Objects[index]);
        return Damage(index, path, mutation.Damage) ? $"{mutation.Damage} {index}:{string.Join('.', path)}" : null;
    }

    /// <summary>The exceptions of the property: all of them inherent in the tables of 2-verdicts.md.</summary>
    private bool IsEvidence(JsonObject item, IReadOnlyList<string> path)
    {
        // It is being deleted.
        if (item.At("metadata", "deletionTimestamp") is not null && Touches(path, "metadata", "deletionTimestamp"))
            return true;

        switch (Asked.Kind)
        {
            // A failed pod that nobody replaces is the end that pod-we accepts: that a controller replaces it speaks against it.
            case TargetKind.Pod when Asked.Tolerance == Tolerance.FailedEnd && Touches(path, "metadata", "ownerReferences"):
                return true;

            // Without its namespace it is another object: a Job that was seen to finish has no successor any more and counts as removed,
            // a service has lost its slices. (The API server never leaves a namespace out.)
            case TargetKind.Job when !Asked.Named && Before is not null && Touches(path, "metadata", "namespace"):
            case TargetKind.Service when Touches(path, "metadata", "namespace"):
                return true;

            // What gets stale is left out of a set, like a pod of the set that goes away.
            case TargetKind.Job
            or TargetKind.Pod when !Asked.Named && Asked.Labels.Count > 0 && Touches(path, "metadata", "labels"):
            case TargetKind.Pod when !Asked.Named && Asked.Images.Count > 0 && Touches(path, "spec", "containers"):
            case TargetKind.Job when !Asked.Named && Asked.Images.Count > 0 && Touches(path, "spec", "template", "spec", "containers"):
                return true;

            // An endpoint that is not ready, or the slice with it.
            case TargetKind.Service when Slices.Contains(item):
                var against = Endpoints(item)
                    .Select((endpoint, index) => SpeaksAgainst(endpoint) ? $"{index}" : "")
                    .Where(index => index.Length > 0)
                    .ToList();
                return against.Count > 0
                    && (
                        Touches(path, "metadata", "labels", EndpointSliceState.ServiceNameLabel)
                        || against.Exists(index => Touches(path, "endpoints", index))
                    );
            default:
                return false;
        }
    }

    /// <summary>An endpoint that is not ready or goes away. In two slices (dual stack) an endpoint counts once because both say which one
    /// it is:
    /// that they do speaks against counting it twice.</summary>
    private bool SpeaksAgainst(JsonNode? endpoint) =>
        endpoint.At("conditions", "ready")?.GetValueKind() == JsonValueKind.False
        || endpoint.At("conditions", "terminating")?.GetValueKind() == JsonValueKind.True
        || Slices.SelectMany(Endpoints).Count(other => WhichOne(other) == WhichOne(endpoint)) > 1;

    private static string WhichOne(JsonNode? endpoint) => (endpoint.At("targetRef") ?? endpoint.At("addresses", "0"))?.ToJsonString() ?? "";

    private static JsonArray Endpoints(JsonObject slice) => slice["endpoints"] as JsonArray ?? [];

    /// <summary>Whether damage at the path reaches the field: it is the field, above it, or inside it.</summary>
    private static bool Touches(IReadOnlyList<string> path, params string[] field) =>
        path.Zip(field).All(pair => pair.First == pair.Second);

    public override string ToString() =>
        $"""
            {Asked.Kind} {(
                Asked.Named ? "named" : "set"
            )} {Asked.Tolerance} {Asked.OnMissing} min-ready {Asked.MinReady} labels [{string.Join(
                ",",
                Asked.Labels
            )}] images [{string.Join(",", Asked.Images)}]
            {string.Join("\n", Objects.Select(item => item.ToJsonString()))}{(Before is null ? "" : $"\nbefore: {Before.ToJsonString()}")}
            """;
}
