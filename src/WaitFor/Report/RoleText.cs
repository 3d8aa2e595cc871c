using System.Text;
using WaitFor.CommandLine;
using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>The service account that rights are bound to.</summary>
internal sealed record Subject(string Namespace, string Name)
{
    private const string Prefix = "system:serviceaccount:";

    /// <summary>The service account that a 403 names (<c>User "system:serviceaccount:shop:default" cannot list ...</c>); null where it names somebody else.</summary>
    public static Subject? OfDenial(string message)
    {
        var start = message.IndexOf(Prefix, StringComparison.Ordinal);
        var end = start < 0 ? -1 : message.IndexOf('"', start);
        return end > 0 && message[(start + Prefix.Length)..end].Split(':') is [var @namespace, var name]
            && Names.ProblemOfNamespace(@namespace) is null && Names.ProblemOfName(name) is null ? new Subject(@namespace, name) : null;
    }
}

/// <summary>The smallest Roles for a wait, as YAML that can be applied.
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/"/></summary>
internal static class RoleText
{
    /// <summary>A Role for each namespace of the targets (a ClusterRole where they span all), with all that they need there, and its binding: one stream of YAML documents.</summary>
    /// <param name="targets">All targets, with their namespaces.</param>
    /// <param name="subject">Whom to bind them to; null: no bindings.</param>
    /// <param name="endpoints">True where the server has no EndpointSlice v1. Slices stay in the Role even then: without the right to list them the server would not tell that it has none.</param>
    public static string Of(IReadOnlyList<Target> targets, Subject? subject, bool endpoints) => string.Join("\n---\n", targets
        .GroupBy(target => target.Namespace, StringComparer.Ordinal)
        .SelectMany(group => subject is null
            ? [Role(group.Key, [.. group], endpoints)]
            : new[] { Role(group.Key, [.. group], endpoints), Binding(group.Key, RoleName([.. group]), subject) }));

    /// <summary>Two gates of one namespace must not overwrite each other's Role: it is called after the first target.</summary>
    private static string RoleName(IReadOnlyList<Target> targets) => $"wait-for-{targets[0].Name ?? Collections.Of(targets[0]).Resource}";

    private static string Role(string? @namespace, IReadOnlyList<Target> targets, bool endpoints)
    {
        var rules = targets.SelectMany(target => Needed(target, endpoints)).GroupBy(collection => $"{collection.Group}/{collection.Resource}", StringComparer.Ordinal);
        var yaml = new StringBuilder()
            .AppendLine("apiVersion: rbac.authorization.k8s.io/v1")
            .AppendLine($"kind: {(@namespace is null ? "ClusterRole" : "Role")}")
            .AppendLine($"metadata: {Metadata(@namespace, RoleName(targets))}")
            .Append("rules:");
        foreach (var rule in rules)
        {
            var one = rule.First();
            yaml.AppendLine().AppendLine($"- apiGroups: [\"{one.Group}\"]").AppendLine($"  resources: [{one.Resource}]");
            // resourceNames authorises list and watch only with the field selector on the name, which is what is sent.
            if (rule.All(collection => collection.Name is not null))
                yaml.AppendLine($"  resourceNames: [{string.Join(", ", rule.Select(collection => collection.Name).Distinct(StringComparer.Ordinal))}]");
            yaml.Append("  verbs: [list, watch]");
        }

        return yaml.ToString();
    }

    private static string Binding(string? @namespace, string name, Subject subject)
    {
        var scope = @namespace is null ? "Cluster" : "";
        return new StringBuilder()
            .AppendLine("apiVersion: rbac.authorization.k8s.io/v1")
            .AppendLine($"kind: {scope}RoleBinding")
            .AppendLine($"metadata: {Metadata(@namespace, name)}")
            .AppendLine("subjects:")
            .AppendLine($"- {{kind: ServiceAccount, name: {subject.Name}, namespace: {subject.Namespace}}}")
            .Append($"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {scope}Role, name: {name}}}")
            .ToString();
    }

    private static string Metadata(string? @namespace, string name) => @namespace is null ? $"{{name: {name}}}" : $"{{name: {name}, namespace: {@namespace}}}";

    private static IEnumerable<Collection> Needed(Target target, bool endpoints)
    {
        yield return Collections.Of(target);
        if (target.Expected.Kind != TargetKind.Service)
            yield break;
        yield return Collections.EndpointSlices(target);
        if (endpoints)
            yield return Collections.Endpoints(target);
    }
}
