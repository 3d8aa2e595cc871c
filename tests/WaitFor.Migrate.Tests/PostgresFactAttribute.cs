using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>A test on a real PostgreSQL. Skipped where there is none; in tests/run it fails there.</summary>
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = Repository.MustRunAll ? null : PostgresServer.WhyNot;
}

/// <summary>As <see cref="PostgresFactAttribute"/>, for a table.</summary>
internal sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = Repository.MustRunAll ? null : PostgresServer.WhyNot;
}
