using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>A migration tool of others, from tests/tools/npm.</summary>
internal abstract class Tool
{
    private static readonly string Binaries = Path.Combine(Repository.Root, "tests", "tools", "npm", "node_modules", ".bin");

    /// <summary>Why their tests cannot run here; null when they can.</summary>
    public static string? WhyNot =>
        File.Exists(Path.Combine(Binaries, "dbmate")) && File.Exists("/usr/bin/node")
            ? null
            : "there are no tools: run npm ci in tests/tools/npm";

    /// <summary>What it says it has applied, in order.</summary>
    public abstract string Applied { get; }

    /// <summary>The exit code of a failing migration.</summary>
    public abstract int Failed { get; }

    public static Tool Of(string name) => name == "dbmate" ? new Dbmate() : new NodePgMigrate();

    /// <summary>The command that applies what is pending.</summary>
    public abstract string[] Command(Bed bed);

    /// <summary>Writes a migration.</summary>
    public abstract void Write(Bed bed, int number, string sql);

    /// <summary>A wrapper in JavaScript around a Go program, with the driver lib/pq; it takes no lock of its own.</summary>
    private sealed class Dbmate : Tool
    {
        public override string Applied => "SELECT version FROM schema_migrations ORDER BY version";

        public override int Failed => 2;

        public override string[] Command(Bed bed) =>
            [Path.Combine(Binaries, "dbmate"), "--migrations-dir", bed.Sql, "--no-dump-schema", "up"];

        public override void Write(Bed bed, int number, string sql) =>
            bed.Write($"170000000000{number}_m.sql", $"-- migrate:up\n{sql}\n-- migrate:down\n");
    }

    /// <summary>With the driver pg of Node.js; who finds its lock taken ends with an error. All pending migrations are one
    /// transaction.</summary>
    private sealed class NodePgMigrate : Tool
    {
        public override string Applied => "SELECT name FROM pgmigrations ORDER BY id";

        public override int Failed => 1;

        public override string[] Command(Bed bed) => [Path.Combine(Binaries, "node-pg-migrate"), "up", "--migrations-dir", bed.Sql];

        public override void Write(Bed bed, int number, string sql) =>
            bed.Write($"170000000000{number}_m.sql", $"-- Up Migration\n{sql}\n-- Down Migration\n");
    }
}

/// <summary>A test of the native <c>migrate</c> around the tools of tests/tools/npm. Skipped where something is missing; in tests/run it
/// fails there.</summary>
internal sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute() => Skip = Repository.MustRunAll ? null : NativeFactAttribute.Why ?? Tool.WhyNot;
}

/// <summary>The processes of this machine.</summary>
internal static class Processes
{
    /// <summary>The command lines that hold a text; processes that have ended have none.</summary>
    public static IReadOnlyList<string> With(string text) =>
        [
            .. Directory
                .GetDirectories("/proc")
                .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
                .Select(CommandLine)
                .Where(line => line.Contains(text, StringComparison.Ordinal)),
        ];

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            // It has just ended.
            return "";
        }
    }
}
