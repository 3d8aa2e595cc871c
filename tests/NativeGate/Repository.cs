namespace WaitFor.Testing;

/// <summary>Where things are in the checkout that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder of WaitFor.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The published native gate; tests/publish makes it.</summary>
    public static string Gate { get; } = Path.Combine(Root, "artifacts", "bin", "wait-for");

    /// <summary>The published native <c>migrate</c>; tests/publish makes it.</summary>
    public static string Migrate { get; } = Path.Combine(Root, "artifacts", "bin", "migrate");

    /// <summary>True in tests/run: a test that cannot run is a failure there, elsewhere it is skipped.</summary>
    public static bool MustRunAll => Environment.GetEnvironmentVariable("WAITFOR_RUN_ALL") == "1";

    /// <summary>Why tests of the native binary cannot run here; null when they can, or must.</summary>
    public static string? WhyNoGate => MustRunAll || File.Exists(Gate) ? null : "there is no artifacts/bin/wait-for: run tests/publish";

    /// <summary>Why tests of the native <c>migrate</c> cannot run here; null when they can, or must.</summary>
    public static string? WhyNoMigrate =>
        MustRunAll || File.Exists(Migrate) ? null : "there is no artifacts/bin/migrate: run tests/publish";

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WaitFor.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is in no checkout of WaitFor");
    }
}
