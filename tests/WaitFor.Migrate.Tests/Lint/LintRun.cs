using WaitFor.Findings;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Lint;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary>Takes the rehearsal that the rules would judge, and finds what a test wants found.</summary>
internal sealed class Seen(params string[] tables) : ILintRule
{
    /// <summary>What was rehearsed; null before a run.</summary>
    public Rehearsal? Rehearsal { get; private set; }

    public IReadOnlyList<Rule> Rules { get; } = [new("no-such-table", Level.Error, "A table is gone", "Keep it")];

    /// <summary>An error for each table of the test's that was there at first, and is gone.</summary>
    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        Rehearsal = rehearsal;
        foreach (var seen in rehearsal.Observations)
        {
            foreach (var table in seen.Before.Relations.Values.Where(table => tables.Contains(table.Name)))
            {
                if (!seen.After.Relations.ContainsKey(table.Oid))
                    yield return new Finding(
                        "no-such-table",
                        Level.Error,
                        seen.Script.Path,
                        seen.Statement.Line,
                        seen.Statement.Column,
                        table.Title,
                        "it is gone",
                        "keep it"
                    );
            }
        }
    }
}

/// <summary>Runs lint within this process.</summary>
internal static class LintRun
{
    /// <summary>Runs a command line, and tells how it ends, as the program does.</summary>
    public static async Task<(int ExitCode, string Output, string Message)> LintAsync(
        this Bed bed,
        string commandLine,
        ILintRule? rule = null,
        LogLines? log = null,
        IReadOnlyDictionary<string, string>? environment = null,
        CancellationToken cancel = default
    )
    {
        log ??= new LogLines();
        var output = new StringWriter();
        IReadOnlyList<ILintRule>? rules = rule is null ? null : [rule];
        try
        {
            var all = bed.Environment();
            foreach (var (name, value) in environment ?? new Dictionary<string, string>())
                all[name] = value;
            var options = new MigrateCommand(
                [.. commandLine.Split(' '), "--locations", bed.Sql, "--connect-retries", "0"],
                all
            ).Read();
            await new Commands(options, all, TimeProvider.System, log.Logger, output, rules: rules).RunAsync(cancel);
            return (0, output.ToString(), string.Join('\n', log.All));
        }
        catch (MigrationException exception)
        {
            return (exception.ExitCode, output.ToString(), exception.Message);
        }
        catch (ScriptException exception)
        {
            return (2, output.ToString(), exception.Message);
        }
        catch (ConnectionException exception)
        {
            return (3, output.ToString(), exception.Message);
        }
    }

    /// <summary>Runs lint without any rule's errors, and returns what the rules would judge.</summary>
    public static async Task<Rehearsal> ObserveAsync(this Bed bed, string commandLine = "lint")
    {
        var seen = new Seen();
        var end = await bed.LintAsync(commandLine, seen);
        Assert.True(end.ExitCode == 0, end.Message);
        return seen.Rehearsal!;
    }

    /// <summary>The relation of a name.</summary>
    public static Relation Table(this Catalog catalog, string name) => catalog.Relations.Values.Single(table => table.Name == name);

    /// <summary>The modes of a table's locks, sorted.</summary>
    public static IReadOnlyList<string> Modes(this Observation seen, uint relation) =>
        [.. seen.Locks.Where(held => held.Relation == relation).Select(held => held.Mode).Order(StringComparer.Ordinal)];
}
