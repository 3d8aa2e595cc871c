using WaitFor.Kubernetes;

namespace WaitFor.Watching.Ladder;

/// <summary>A permission that is missing, and what serves in its place.</summary>
/// <param name="Collection">What it is for.</param>
/// <param name="Denied">The verbs that were denied, as a Role calls them; at least one.</param>
/// <param name="Instead">What is done in its place, such as <c>polling every 5 s</c>.</param>
internal sealed record Shortfall(Collection Collection, IReadOnlyList<string> Denied, string Instead)
{
    /// <summary><c>cannot watch jobs (permission missing)</c>.</summary>
    public string Fact =>
        $"cannot {string.Join(" or ", Denied)} {Collection.Resource}"
        + $"{(Collection.Namespace is { } name ? $" in namespace {name}" : "")} (permission missing)";

    /// <summary>The rule that a Role lacks, as one line of YAML.</summary>
    public string Rule =>
        $"{{apiGroups: [\"{Collection.Group}\"], resources: [{Collection.Resource}], "
        + $"{(Collection.Name is { } name ? $"resourceNames: [{name}], " : "")}verbs: [list, watch]}}";

    /// <summary>Two lines: what is missing and what serves instead; what to do.</summary>
    public string Text => $"{Fact}: {Instead}\n  add to the Role: {Rule}";
}
