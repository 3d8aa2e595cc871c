using System.Runtime.InteropServices;

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

    /// <summary>A published native program: this machine's, and on amd64 the one for arm64 where it was published or must be.</summary>
    public static IReadOnlyList<(string File, string Architecture)> Binaries(string name)
    {
        var arm64 = Path.Combine(Root, "artifacts", "bin", "arm64", name);
        var own = (Path.Combine(Root, "artifacts", "bin", name), OwnArchitecture);
        return OwnArchitecture == "amd64" && (MustRunAll || File.Exists(arm64)) ? [own, (arm64, "arm64")] : [own];
    }

    /// <summary>This machine's architecture, as images name it.</summary>
    public static string OwnArchitecture { get; } = RuntimeInformation.OSArchitecture == Architecture.X64 ? "amd64" : "arm64";

    /// <summary>Runs programs for arm64 on amd64; Debian's qemu-user-static.</summary>
    public const string Arm64Emulator = "/usr/bin/qemu-aarch64-static";

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
