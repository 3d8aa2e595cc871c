using WaitFor.CommandLine;
using WaitFor.Migrate;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Postgres;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>Reads the examples' command lines with the programs' own parsers.</summary>
internal static class CommandLines
{
    /// <exception cref="UsageException">A word, an option or a value is wrong.</exception>
    public static GateOptions Gate(Container container, IReadOnlyList<ExampleObject> stack) =>
        Gate(container.Arguments, ContainerEnvironment.Of(container, stack));

    /// <exception cref="UsageException">A word, an option or a value is wrong.</exception>
    public static GateOptions Gate(IReadOnlyList<string> arguments, Dictionary<string, string> variables) =>
        new GateCommand(arguments, name => variables.GetValueOrDefault(name), [.. variables.Keys]).Read();

    /// <exception cref="MigrationException">A word, an option or a value is wrong.</exception>
    /// <exception cref="ConnectionException">The database is not named, or wrongly.</exception>
    public static MigrateOptions Migrate(Container container, IReadOnlyList<ExampleObject> stack) =>
        Migrate(container.Arguments, ContainerEnvironment.Of(container, stack));

    /// <exception cref="MigrationException">A word, an option or a value is wrong.</exception>
    /// <exception cref="ConnectionException">The database is not named, or wrongly.</exception>
    public static MigrateOptions Migrate(IReadOnlyList<string> arguments, Dictionary<string, string> variables) =>
        new MigrateCommand(arguments, variables).Read();

    /// <summary>Why a container's command line is refused; null where it is not.</summary>
    public static string? Problem(Container container, IReadOnlyList<ExampleObject> stack)
    {
        try
        {
            if (container.IsGate)
                _ = Gate(container, stack);
            else if (container.IsMigrate)
                _ = Migrate(container, stack);
            return null;
        }
        catch (Exception refusal) when (refusal is UsageException or MigrationException or ConnectionException or InvalidDataException)
        {
            return $"{container}: {string.Join(' ', container.Arguments)}: {refusal.Message}";
        }
    }
}
