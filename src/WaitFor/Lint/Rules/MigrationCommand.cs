using WaitFor.Lint.Reading;

namespace WaitFor.Lint.Rules;

/// <summary>Which migration tool a container runs.</summary>
internal static class MigrationCommand
{
    /// <summary>Such as <c>alembic upgrade</c>; null where no known tool is run, as far as the manifests say.</summary>
    public static string? Of(PatternIndex index, Workload owner, LintContainer container)
    {
        var variables = new Variables(
            container.Node,
            name => index.Objects("ConfigMap", name, owner.Entry.Namespace).FirstOrDefault()?.Node["data"]
        );
        return Invocation
            .Of(container, variables)
            .Select(invocation => MigrationTools.Of(invocation, container.Image))
            .FirstOrDefault(tool => tool is not null);
    }
}
