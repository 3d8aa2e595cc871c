using Npgsql;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Envelope;

/// <summary>Proves the result: every query of <c>assert/*.sql</c> must return rows whose first column is true, or TAP lines as pgTAP prints them.
/// <see href="https://pgtap.org/documentation.html"/></summary>
internal static class Assertions
{
    private const string DefaultFolder = "assert";

    /// <summary>Reads all files of the folder, in the order of their names, before anything runs.</summary>
    /// <param name="folder">The folder that was named; null: <see cref="DefaultFolder"/>, where it is there.</param>
    /// <exception cref="ScriptException">The folder is not there, or a file cannot be used.</exception>
    public static IReadOnlyList<Assertion> Read(string? folder)
    {
        if (folder is not null && !Directory.Exists(folder))
            throw new ScriptException($"--assertions {folder}: there is no such folder; correct it");
        folder ??= DefaultFolder;
        var assertions = new List<Assertion>();
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.sql").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            var name = $"{Path.GetFileName(folder.TrimEnd('/'))}/{Path.GetFileName(file)}";
            assertions.AddRange(Splitter.Split(name, File.ReadAllText(file)).Select(statement => new Assertion(name, statement)));
        }

        return assertions;
    }

    /// <summary>Runs them.</summary>
    /// <exception cref="MigrationException">One does not hold, or fails.</exception>
    public static async Task RunAsync(Session session, IReadOnlyList<Assertion> assertions, CancellationToken cancel)
    {
        foreach (var (name, statement) in assertions)
        {
            if (await ProblemAsync(session, statement, cancel) is { } problem)
                throw new MigrationException(ExitCode.Assertion, $"{name}, line {statement.Line}: the assertion does not hold: {problem}\n  What ran before it stays done; this run counts as failed, and the next one asks again.");
        }
    }

    /// <summary>In a transaction that is always rolled back: an assertion changes nothing.</summary>
    private static async Task<string?> ProblemAsync(Session session, Statement statement, CancellationToken cancel)
    {
        await session.ExecuteAsync("BEGIN", cancel);
        try
        {
            // As text, as types of the database's own are not known here.
            await using var command = new NpgsqlCommand(statement.Text, session.Connection) { AllResultTypesAreUnknown = true };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var (any, problem) = (false, (string?)null);
            while (problem is null && await reader.ReadAsync(cancel))
                (any, problem) = (true, Judge(reader));
            return any ? problem : "it returned no row; write a query that returns true";
        }
        catch (PostgresException exception)
        {
            var (line, column) = statement.At(exception.Position);
            return $"line {line}, column {column}: {exception.MessageText} (SQLSTATE {exception.SqlState})";
        }
        finally
        {
            await session.ExecuteAsync("ROLLBACK", CancellationToken.None);
        }
    }

    private static string? Judge(NpgsqlDataReader reader)
    {
        if (reader.FieldCount == 0)
            return "it returned no column; write a query that returns true";
        if (reader.IsDBNull(0))
            return $"{Row(reader)} is null, not true";
        return reader.GetDataTypeName(0) switch
        {
            "boolean" => reader.GetString(0) == "t" ? null : $"{Row(reader)} is false",
            "text" or "character varying" => JudgeTap(reader.GetString(0)),
            "-.-" => "its first column is of a type of its own; write a query that returns true or false, or TAP lines",
            var other => $"its first column is of type {other}; write a query that returns true or false, or TAP lines",
        };
    }

    /// <summary><c>ok 1 - ...</c> holds, as do the plan (<c>1..3</c>), comments and blank lines; <c>not ok</c> holds only when it is marked as TODO.</summary>
    private static string? JudgeTap(string lines)
    {
        foreach (var line in lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("not ok", StringComparison.Ordinal) && !line.Contains("# TODO", StringComparison.OrdinalIgnoreCase))
                return line;
            // A word of its own: "okay" is none.
            if (!(line == "ok" || line.StartsWith("ok ", StringComparison.Ordinal)) && !line.StartsWith("not ok", StringComparison.Ordinal) && !line.StartsWith('#') && !line.StartsWith("1..", StringComparison.Ordinal))
                return $"\"{line}\" is no TAP line; write a query that returns true or false, or TAP lines";
        }

        return null;
    }

    private static string Row(NpgsqlDataReader reader) => reader.FieldCount > 1 && reader.GetName(1).Length > 0
        ? $"column {reader.GetName(0)} of a row ({reader.GetName(1)} = {(reader.IsDBNull(1) ? "null" : reader.GetString(1))})"
        : $"column {reader.GetName(0)}";
}

/// <summary>A query that must return true.</summary>
/// <param name="File">Its file, for messages.</param>
/// <param name="Statement">The query.</param>
internal sealed record Assertion(string File, Statement Statement);
