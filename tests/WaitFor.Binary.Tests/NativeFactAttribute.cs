using WaitFor.Testing;

namespace WaitFor.Binary.Tests;

/// <summary>A test of the published native binary. Skipped where it was not published; in tests/run it fails there.</summary>
internal sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute() => Skip = Repository.WhyNoGate;
}

/// <summary>As <see cref="NativeFactAttribute"/>, for a table.</summary>
internal sealed class NativeTheoryAttribute : TheoryAttribute
{
    public NativeTheoryAttribute() => Skip = Repository.WhyNoGate;
}

/// <summary>A test of the published native <c>migrate</c>, with a PostgreSQL. Skipped where either does not exist; in tests/run it fails
/// there.</summary>
internal sealed class MigrateFactAttribute : FactAttribute
{
    public MigrateFactAttribute() => Skip = WhyNot;

    internal static string? WhyNot => Repository.WhyNoMigrate ?? (Repository.MustRunAll ? null : PostgresServer.WhyNot);
}

/// <summary>As <see cref="MigrateFactAttribute"/>, for a table.</summary>
internal sealed class MigrateTheoryAttribute : TheoryAttribute
{
    public MigrateTheoryAttribute() => Skip = MigrateFactAttribute.WhyNot;
}
