using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>A test on a real PostgreSQL. Skipped where one of the two servers is missing; in tests/run it fails there.</summary>
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = Repository.MustRunAll ? null : WhyNot;

    internal static string? WhyNot => PostgresPackage.Debian.WhyNot ?? PostgresPackage.Npm.WhyNot;
}

/// <summary>As <see cref="PostgresFactAttribute"/>, for a table.</summary>
internal sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = Repository.MustRunAll ? null : PostgresFactAttribute.WhyNot;
}

/// <summary>A test of the published native <c>migrate</c> on a real PostgreSQL.</summary>
internal sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute() => Skip = Why;

    internal static string? Why =>
        Repository.MustRunAll
            ? null
            : PostgresFactAttribute.WhyNot
                ?? (File.Exists(Repository.Migrate) ? null : "there is no artifacts/bin/migrate: run tests/publish");
}

/// <summary>As <see cref="NativeFactAttribute"/>, for a table.</summary>
internal sealed class NativeTheoryAttribute : TheoryAttribute
{
    public NativeTheoryAttribute() => Skip = NativeFactAttribute.Why;
}
