using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>A test on a real control plane, with the native binary. Skipped where one of them is missing; in tests/run it fails
/// there.</summary>
internal sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = Cluster.WhyNot;
}

/// <summary>As <see cref="ClusterFactAttribute"/>, for a table.</summary>
internal sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute() => Skip = Cluster.WhyNot;
}

/// <summary>As <see cref="ClusterFactAttribute"/>, with the native <c>migrate</c> and a PostgreSQL too.</summary>
internal sealed class ClusterAndPostgresFactAttribute : FactAttribute
{
    public ClusterAndPostgresFactAttribute() => Skip = WhyNot;

    public static string? WhyNot =>
        Cluster.WhyNot
        ?? (
            Repository.MustRunAll
                ? null
                : PostgresServer.WhyNot ?? (File.Exists(Repository.Migrate) ? null : "there is no artifacts/bin/migrate: run tests/publish")
        );
}
