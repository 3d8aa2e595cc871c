using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Tools;

/// <summary>A migration tool of others: from tests/tools/npm, or a Debian package.</summary>
internal abstract class Tool
{
    private static readonly Tool[] All = [new Dbmate(), new NodePgMigrate(), new Alembic(), new Liquibase(), new Prisma()];

    /// <summary>Why their tests cannot run here; null when they can.</summary>
    public static string? WhyNot =>
        !File.Exists("/usr/bin/node") || !File.Exists(Npm("dbmate")) ? "there are no tools: run npm ci --ignore-scripts in tests/tools/npm"
        : !File.Exists(Alembic.Program) ? "there is no Alembic: install Debian's packages alembic and python3-psycopg2"
        : !File.Exists("/usr/bin/java") ? "there is no Java: install Debian's package default-jre-headless"
        : null;

    /// <summary>As its users call it.</summary>
    public abstract string Name { get; }

    /// <summary>What it says it has applied, in order.</summary>
    public abstract string Applied { get; }

    /// <summary>The exit code of a failing migration.</summary>
    public virtual int Failed => 1;

    /// <summary>Further variables that it needs.</summary>
    public virtual IReadOnlyDictionary<string, string> Variables(Bed bed) => new Dictionary<string, string>();

    /// <summary>The schema of the envelope's own tables, where the tool refuses a schema that has them; null for the default.</summary>
    public virtual string? Schema => null;

    /// <summary>The command that applies what is pending.</summary>
    public abstract string[] Command(Bed bed);

    /// <summary>What has to run once after a run that was cut, before the tool works again; null for nothing.</summary>
    public virtual string[]? Recover(Bed bed) => null;

    /// <summary>Writes a migration.</summary>
    /// <param name="bed">Where.</param>
    /// <param name="number">Its place in the order, 1 to 9.</param>
    /// <param name="sql">Statements, each with its semicolon.</param>
    public abstract void Write(Bed bed, int number, string sql);

    public static Tool Of(string name) => Array.Find(All, tool => tool.Name == name)!;

    /// <summary>Starts the native migrate around a command of the tool, or around the one that applies what is pending.</summary>
    public NativeGate Start(Bed bed, string release, string[]? command = null) =>
        bed.Start(Exec(release), Variables(bed), command ?? Command(bed));

    /// <summary>The verb and options of migrate for this tool.</summary>
    public string Exec(string release) => Schema is null ? $"exec --release {release}" : $"exec --release {release} --schema {Schema}";

    /// <summary>Runs the native migrate around the tool to its end.</summary>
    public async Task<(int ExitCode, string Log)> RunAsync(Bed bed, string release, string[]? command = null)
    {
        await using var run = Start(bed, release, command);
        return (await run.ExitAsync(), run.Log);
    }

    /// <summary>A program of tests/tools/npm.</summary>
    protected static string Npm(string name) => Path.Combine(Modules, ".bin", name);

    /// <summary>The packages of tests/tools/npm.</summary>
    protected static string Modules { get; } = Path.Combine(Repository.Root, "tests", "tools", "npm", "node_modules");
}

/// <summary>A test of the native <c>migrate</c> around the tools. Skipped where something is missing; in tests/run it fails
/// there.</summary>
internal sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute() => Skip = Repository.MustRunAll ? null : NativeFactAttribute.Why ?? Tool.WhyNot;
}
