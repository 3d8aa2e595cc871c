using Npgsql;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Envelope;

/// <summary>Proves the result: every query of <c>assert/*.sql</c> must return rows whose first column is true, or TAP lines as pgTAP prints
/// them.
/// <see href="https://pgtap.org/documentation.html"/></summary>
internal static class Assertions
{
    private const string DefaultFolder = "assert";

    /// <summary>Reads all files of the folder, in the order of their names, before anything runs.</summary>
    /// <param name="folder">The folder that was named; null: <see cref="DefaultFolder"/>, where it exists.</param>
    /// <exception cref="ScriptException">The folder does not exist, or a file cannot be used.</exception>
    public static IReadOnlyList<AssertionFile> Read(string? folder)
    {
        if (folder is not null && !Directory.Exists(folder))
            throw new ScriptException($"--assertions {folder}: the folder does not exist; correct the path");
        folder ??= DefaultFolder;
        return
        [
            .. (Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.sql") : [])
                .Order(StringComparer.Ordinal)
                .Select(file => ReadFile($"{Path.GetFileName(folder.TrimEnd('/'))}/{Path.GetFileName(file)}", File.ReadAllText(file))),
        ];
    }

    private static AssertionFile ReadFile(string name, string text)
    {
        var statements = Splitter.Split(name, text);
        if (
            statements.FirstOrDefault(statement => Traits.ControlsTransaction(statement) && !Begins(statement) && !RollsBack(statement)) is
            { } commits
        )
            throw new ScriptException(
                $"{name}, line {commits.Line}, column {commits.Column}: an assertion is always rolled back; leave {commits.Text} out"
            );
        if (statements.FirstOrDefault(statement => statement.Data is not null) is { } copy)
            throw new ScriptException(
                $"{name}, line {copy.Line}, column {copy.Column}: an assertion has no data of its own; write a query"
            );
        return new AssertionFile(name, statements);
    }

    /// <summary>Runs them.</summary>
    /// <exception cref="MigrationException">One failed, or has an error.</exception>
    public static async Task RunAsync(Session session, IReadOnlyList<AssertionFile> files, CancellationToken cancel)
    {
        foreach (var file in files)
            await RunAsync(session, file, cancel);
    }

    /// <summary>In a transaction that is always rolled back: an assertion changes nothing. One for the whole file, as pgTAP keeps its plan
    /// and counts in temporary tables;
    /// a file that is written for pg_prove brings <c>BEGIN</c> and <c>ROLLBACK</c> of its own.</summary>
    private static async Task RunAsync(Session session, AssertionFile file, CancellationToken cancel)
    {
        var tap = new TapPlan();
        await session.ExecuteAsync("BEGIN", cancel);
        try
        {
            foreach (var statement in file.Statements.Where(statement => !Begins(statement)))
            {
                if (RollsBack(statement))
                {
                    Hold(statement, tap.Problem);
                    tap = new TapPlan();
                    await session.ExecuteAsync("ROLLBACK", cancel);
                    await session.ExecuteAsync("BEGIN", cancel);
                }
                else
                {
                    Hold(statement, await ProblemAsync(session, statement, tap, cancel));
                }
            }

            if (file.Statements.Count > 0)
                Hold(file.Statements[^1], tap.Problem);
        }
        finally
        {
            await session.ExecuteAsync("ROLLBACK", CancellationToken.None);
        }

        void Hold(Statement statement, string? problem)
        {
            if (problem is not null)
                throw new MigrationException(
                    ExitCode.Assertion,
                    $"{file.Name}, line {statement.Line}: the assertion failed: {problem}\n  The migration stays applied; this "
                        + "run counts as failed, and the next one checks the assertions again."
                );
        }
    }

    private static bool Begins(Statement statement) => Traits.ControlsTransaction(statement) && FirstWord(statement) is "begin" or "start";

    private static bool RollsBack(Statement statement) =>
        Traits.ControlsTransaction(statement) && FirstWord(statement) is "rollback" or "abort";

    private static string? FirstWord(Statement statement) => new Tokens(statement.Text).Next();

    private static async Task<string?> ProblemAsync(Session session, Statement statement, TapPlan tap, CancellationToken cancel)
    {
        try
        {
            // As text, as types of the database's own are not known here.
            await using var command = new NpgsqlCommand(statement.Text, session.Connection) { AllResultTypesAreUnknown = true };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var (any, problem) = (false, (string?)null);
            while (problem is null && await reader.ReadAsync(cancel))
                (any, problem) = (true, Judge(reader, tap));
            return any || tap.MayBeEmpty(statement) ? problem : "it returned no row; write a query that returns true";
        }
        catch (PostgresException exception)
        {
            var (line, column) = statement.At(exception.Position);
            return $"line {line}, column {column}: {exception.MessageText} (SQLSTATE {exception.SqlState})";
        }
    }

    private static string? Judge(NpgsqlDataReader reader, TapPlan tap)
    {
        if (reader.FieldCount == 0)
            return "it returned no column; write a query that returns true";
        if (reader.IsDBNull(0))
            return $"{Row(reader)} is null, not true";
        return reader.GetDataTypeName(0) switch
        {
            "boolean" => reader.GetString(0) == "t" ? null : $"{Row(reader)} is false",
            "text" or "character varying" => tap.Judge(reader.GetString(0)),
            "-.-" => "its first column has a custom type; write a query that returns true or false, or TAP lines",
            var other => $"its first column is of type {other}; write a query that returns true or false, or TAP lines",
        };
    }

    private static string Row(NpgsqlDataReader reader) =>
        reader.FieldCount > 1 && reader.GetName(1).Length > 0
            ? $"column {reader.GetName(0)} of a row ({reader.GetName(1)} = {(reader.IsDBNull(1) ? "null" : reader.GetString(1))})"
            // The server's name for a column without one.
            : reader.GetName(0) == "?column?" ? "its result"
            : $"column {reader.GetName(0)}";
}

/// <summary>A file of queries that must return true.</summary>
/// <param name="Name">Its folder and name, for messages.</param>
/// <param name="Statements">The queries.</param>
internal sealed record AssertionFile(string Name, IReadOnlyList<Statement> Statements);
