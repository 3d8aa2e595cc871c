namespace WaitFor.Verdicts.State;

/// <summary>The part of an object's metadata that verdicts read.
/// <see href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/"/></summary>
public sealed class Metadata
{
    /// <summary>Never empty: an object without a name is refused by <see cref="StateReader"/>.</summary>
    public string? Name { get; init; }

    /// <summary>The namespace; objects of all targets are namespaced.</summary>
    public string? Namespace { get; init; }

    /// <summary>Tells an object from its successor of the same name.</summary>
    public string? Uid { get; init; }

    /// <summary>Set when the object is being deleted; only its presence counts.</summary>
    public string? DeletionTimestamp { get; init; }

    /// <summary>RFC 3339; only shown.</summary>
    public string? CreationTimestamp { get; init; }

    /// <summary>What holds up the deletion; only shown.</summary>
    public IReadOnlyList<string?>? Finalizers { get; init; }

    /// <summary>The annotation <c>helm.sh/hook</c>, such as <c>pre-install,pre-upgrade</c>; only shown.
    /// <see href="https://helm.sh/docs/topics/charts_hooks/"/></summary>
    public string? HelmHook { get; init; }

    /// <summary>The annotation <c>meta.helm.sh/release-name</c>, which Helm gives to what it makes; only shown.</summary>
    public string? HelmRelease { get; init; }

    /// <summary>The annotation <c>migrate.wait-for.dev/progress</c>, by which <c>migrate</c> tells how far it is; only shown. Anyone
    /// who can change the object may have written it.</summary>
    public string? MigrateProgress { get; init; }

    /// <summary>Labels of the object itself.</summary>
    public IReadOnlyDictionary<string, string?>? Labels { get; init; }

    /// <summary>Owners; at most one is the managing controller.</summary>
    public IReadOnlyList<OwnerReference?>? OwnerReferences { get; init; }
}

/// <summary>An owner of an object.</summary>
public sealed class OwnerReference
{
    /// <summary>Kind of the owner, such as ReplicaSet or Job.</summary>
    public string? Kind { get; init; }

    /// <summary>Name of the owner.</summary>
    public string? Name { get; init; }

    /// <summary>True for the managing controller.</summary>
    public bool? Controller { get; init; }
}

/// <summary>A condition of an object: looked up by type, never by index.</summary>
public sealed class Condition
{
    /// <summary>The condition's name, such as Complete.</summary>
    public string? Type { get; init; }

    /// <summary>"True", "False" or "Unknown".</summary>
    public string? Status { get; init; }

    /// <summary>Reason in one word.</summary>
    public string? Reason { get; init; }

    /// <summary>Message for people.</summary>
    public string? Message { get; init; }

    /// <summary>RFC 3339; only shown.</summary>
    public string? LastTransitionTime { get; init; }

    /// <summary>The <c>metadata.generation</c> that this condition speaks of; null where it has none. Only read by
    /// <see cref="StateReader.WholeObject"/>, which reads what is no whole number as <see cref="long.MinValue"/>: older than any.</summary>
    public long? ObservedGeneration { get; init; }
}

/// <summary>An object that has metadata.</summary>
public interface IObjectState
{
    /// <summary>The object's metadata.</summary>
    Metadata? Metadata { get; }

    /// <summary>Images of all containers and init containers, as written; empty where the kind has none.</summary>
    IEnumerable<string> Images { get; }
}

/// <summary>Look-ups that all rules share.</summary>
internal static class StateExtensions
{
    /// <summary>The condition of that type, or null; null entries and missing types are skipped.</summary>
    public static Condition? Find(this IReadOnlyList<Condition?>? conditions, string type) =>
        conditions?.FirstOrDefault(condition => condition?.Type == type);

    /// <summary>The condition of that type if its status is exactly "True".</summary>
    public static Condition? True(this IReadOnlyList<Condition?>? conditions, string type) =>
        conditions.Find(type) is { Status: "True" } condition ? condition : null;

    public static bool BeingDeleted(this IObjectState state) => state.Metadata?.DeletionTimestamp is not null;

    public static string Name(this IObjectState state) => state.Metadata?.Name ?? "";

    /// <summary>Namespace and name: what identifies an object of one kind at one time.</summary>
    public static string Key(this IObjectState state) => $"{state.Metadata?.Namespace}/{state.Metadata?.Name}";

    /// <summary>How a set's member is shown: by its name, with its namespace where the set spans several.</summary>
    public static Func<IObjectState, string> Namer(this IEnumerable<IObjectState> states) =>
        states.Select(state => state.Metadata?.Namespace).Distinct(StringComparer.Ordinal).Count() > 1 ? Key : Name;
}
