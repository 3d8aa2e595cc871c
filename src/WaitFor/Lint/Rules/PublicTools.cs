namespace WaitFor.Lint.Rules;

/// <summary>Images of tools that anybody can pull: their tags are the tool's version, not the release's.</summary>
internal static class PublicTools
{
    private static readonly string[] Names =
    [
        "flyway/flyway",
        "redgate/flyway",
        "boxfuse/flyway",
        "liquibase/liquibase",
        "migrate/migrate",
        "amacneil/dbmate",
        "bitnami/kubectl",
        "rancher/kubectl",
        "alpine/k8s",
        "k8s-wait-for",
        "kubectl",
        "postgres",
        "alpine",
        "busybox",
        "node",
        "python",
        "ruby",
        "openjdk",
        "eclipse-temurin",
    ];

    /// <summary>Whether it is such an image, in whichever registry.</summary>
    public static bool Contains(string repository) =>
        Names.Any(name =>
            repository == name
            || (
                repository.EndsWith("/" + name, StringComparison.Ordinal)
                && (name.Contains('/', StringComparison.Ordinal) || IsOfficial(repository, name))
            )
        );

    /// <summary>A short name may be an official image (<c>library/postgres</c>), or k8s-wait-for and kubectl of anybody.</summary>
    private static bool IsOfficial(string repository, string name) =>
        name is "k8s-wait-for" or "kubectl" || repository.EndsWith("library/" + name, StringComparison.Ordinal);
}
