using System.Globalization;
using WaitFor.Lint.Reading;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>Reads what several rules read of an object.</summary>
internal static class Look
{
    /// <summary>Such as <c>job/db-migrate-v42</c>.</summary>
    public static string Title(this ManifestEntry entry) => $"{entry.Kind.ToLowerInvariant()}/{entry.Name}";

    /// <summary>The object's spec, or the object where it has none: a place for what is missing.</summary>
    public static ManifestNode Spec(this ManifestEntry entry) => entry.Node["spec"] is { Fields: not null } spec ? spec : entry.Node;

    /// <summary>The Job's spec, in a CronJob too.</summary>
    public static ManifestNode JobSpec(this Workload owner) =>
        owner.Entry.Kind == "CronJob" && owner.Entry.Node["spec"]?["jobTemplate"]?["spec"] is { Fields: not null } spec
            ? spec
            : owner.Entry.Spec();

    /// <summary>An annotation; null where it is not set.</summary>
    public static ManifestNode? Annotation(this ManifestEntry entry, string name) => entry.Node["metadata"]?["annotations"]?[name];

    /// <summary>The words of an annotation with several values, such as those of Helm's hooks.</summary>
    public static IReadOnlyList<string> Words(this ManifestNode? node) =>
        node?.Text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The whole number; null where it is none.</summary>
    public static long? Number(this ManifestNode? node) =>
        long.TryParse(node?.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>True for <c>true</c>.</summary>
    public static bool IsTrue(this ManifestNode? node) => node?.Text is "true" or "True" or "TRUE";

    /// <summary>The items of a list; none where it is no list.</summary>
    public static IReadOnlyList<ManifestNode> List(this ManifestNode? node) => node?.Items ?? [];

    /// <summary>Whether the server makes the name.</summary>
    public static bool NameIsGenerated(this ManifestEntry entry) => entry.Node["metadata"]?["name"] is null;

    /// <summary>The place of the name.</summary>
    public static ManifestNode NamePlace(this ManifestEntry entry) =>
        entry.Node["metadata"]?["name"] ?? entry.Node["metadata"]?["generateName"] ?? entry.Node;

    /// <summary>False where both namespaces are known and differ: a manifest without one goes where it is applied to.</summary>
    public static bool MayShareNamespace(string? one, string? other) => one is null || other is null || one == other;

    /// <summary>False for what is filled in only when the container starts, such as <c>$(JOB)</c> or <c>$JOB</c>.</summary>
    public static bool IsKnown(string text) =>
        !text.Contains('$', StringComparison.Ordinal) && !text.Contains(Variables.Unknown, StringComparison.Ordinal);

    /// <summary>Whether the workload stays: its pods start again at any time. Jobs and single pods do not.</summary>
    public static bool StaysRunning(this Workload owner) => owner.Entry.Kind is not ("Job" or "CronJob" or "Pod");

    /// <summary>The containers that serve, without init containers and gates.</summary>
    public static IEnumerable<LintContainer> ServiceContainers(this Workload owner, Pattern pattern) =>
        owner.Containers.Where(container => !container.Init && !PatternIndex.Of(pattern).IsGate(container));
}
