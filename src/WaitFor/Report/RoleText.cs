using System.Text;
using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>The smallest Role for a wait, as YAML that can be applied.
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/"/></summary>
internal static class RoleText
{
    /// <summary>One Role with all that the targets of a namespace need (a ClusterRole where they span all namespaces), so that applying it never takes away what another target needs.</summary>
    /// <param name="namespace">The namespace; null: all.</param>
    /// <param name="targets">All targets; those of other namespaces are passed over.</param>
    /// <param name="endpoints">True where the server has no EndpointSlice v1. Slices stay in the Role even then: without the right to list them the server would not tell that it has none.</param>
    public static string For(string? @namespace, IEnumerable<Target> targets, bool endpoints)
    {
        var rules = targets.Where(target => target.Namespace == @namespace)
            .SelectMany(target => Needed(target, endpoints))
            .GroupBy(collection => $"{collection.Group}/{collection.Resource}", StringComparer.Ordinal);
        var yaml = new StringBuilder()
            .AppendLine("apiVersion: rbac.authorization.k8s.io/v1")
            .AppendLine(@namespace is null ? "kind: ClusterRole" : "kind: Role")
            .AppendLine(@namespace is null ? "metadata: {name: wait-for}" : $"metadata: {{name: wait-for, namespace: {@namespace}}}")
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

    /// <summary>The Role and its binding for each namespace of the targets, as one stream of YAML documents.</summary>
    /// <param name="targets">The targets, with their namespaces.</param>
    /// <param name="serviceAccount">The service account to bind to; of the namespace <paramref name="home"/>, where the gate runs.</param>
    /// <param name="home">Namespace of the service account.</param>
    public static string WithBindings(IReadOnlyList<Target> targets, string serviceAccount, string home) => string.Join("\n---\n", targets
        .Select(target => target.Namespace)
        .Distinct(StringComparer.Ordinal)
        .SelectMany(name => new[] { For(name, targets, endpoints: false), Binding(name, serviceAccount, home) }));

    private static string Binding(string? @namespace, string serviceAccount, string home)
    {
        var (scope, metadata) = @namespace is null ? ("Cluster", "name: wait-for") : ("", $"name: wait-for, namespace: {@namespace}");
        return $$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: {{scope}}RoleBinding
            metadata: { {{metadata}} }
            subjects:
            - kind: ServiceAccount
              name: {{serviceAccount}}
              namespace: {{home}}
            roleRef: { apiGroup: rbac.authorization.k8s.io, kind: {{scope}}Role, name: wait-for }
            """;
    }

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
