using WaitFor.Lint.Reading;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>Which migration tool a container runs.</summary>
internal static class MigrationCommand
{
    /// <summary>Such as <c>alembic upgrade</c>; null where no known tool is run, as far as the manifests say.</summary>
    public static string? Of(Pattern pattern, Workload owner, LintContainer container)
    {
        var variables = new Variables(container.Node, name => ConfigMap(pattern, owner, name));
        return Invocation
            .Of(container, variables)
            .Select(invocation => MigrationTools.Of(invocation, container.Image))
            .FirstOrDefault(tool => tool is not null);
    }

    private static ManifestNode? ConfigMap(Pattern pattern, Workload owner, string name) =>
        pattern
            .Objects.FirstOrDefault(entry => entry.Kind == "ConfigMap" && entry.Name == name && entry.Namespace == owner.Entry.Namespace)
            ?.Node["data"];
}
