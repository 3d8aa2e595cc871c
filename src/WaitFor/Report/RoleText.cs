using System.Text;
using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>The smallest Role for a wait, as YAML that can be applied.
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/"/></summary>
internal static class RoleText
{
    /// <summary>The Role for all that a target needs (a ClusterRole where it spans all namespaces).</summary>
    /// <param name="target">The target.</param>
    /// <param name="denied">The collection that was denied; Endpoints take the place of EndpointSlices where the server has none.</param>
    public static string For(Target target, Collection denied)
    {
        var collections = new List<Collection> { Collections.Of(target) };
        if (target.Expected.Kind == TargetKind.Service)
            collections.Add(denied.Resource == "endpoints" ? denied : Collections.EndpointSlices(target));

        var yaml = new StringBuilder()
            .AppendLine("apiVersion: rbac.authorization.k8s.io/v1")
            .AppendLine(target.Namespace is null ? "kind: ClusterRole" : "kind: Role")
            .AppendLine(target.Namespace is null ? "metadata: {name: wait-for}" : $"metadata: {{name: wait-for, namespace: {target.Namespace}}}")
            .Append("rules:");
        foreach (var collection in collections)
        {
            yaml.AppendLine().AppendLine($"- apiGroups: [\"{collection.Group}\"]").AppendLine($"  resources: [{collection.Resource}]");
            // resourceNames authorises list and watch only with the field selector on the name, which is what is sent.
            if (collection.Name is { } name)
                yaml.AppendLine($"  resourceNames: [{name}]");
            yaml.Append("  verbs: [list, watch]");
        }

        return yaml.ToString();
    }
}
