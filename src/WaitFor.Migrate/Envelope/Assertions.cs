using Npgsql;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Envelope;

/// <summary>Proves the result: every query of <c>assert/*.sql</c> must return rows whose first column is true, or TAP lines as pgTAP prints them.
/// <see href="https://pgtap.org/documentation.html"/></summary>
internal static class Assertions
{
    /// <summary>Runs all files of the folder, in the order of their names; none where the folder is not there.</summary>
    /// <returns>How many queries held.</returns>
    /// <exception cref="ScriptException">A file cannot be used.</exception>
    /// <exception cref="MigrationException">One does not hold, or fails.</exception>
    public static async Task<int> RunAsync(Session session, string? folder, CancellationToken cancel)
    {
        if (folder is null || !Directory.Exists(folder))
            return 0;
        var held = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.sql").Order(StringComparer.Ordinal))
        {
            var name = $"{Path.GetFileName(folder.TrimEnd('/'))}/{Path.GetFileName(file)}";
            foreach (var statement in Splitter.Split(name, await File.ReadAllTextAsync(file, cancel)))
            {
                if (await ProblemAsync(session, statement, cancel) is { } problem)
                    throw new MigrationException(ExitCode.Assertion, $"{name}, line {statement.Line}: the assertion does not hold: {problem}");
                held++;
            }
        }

        return held;
    }

    /// <summary>In a transaction that is always rolled back: an assertion changes nothing.</summary>
    private static async Task<string?> ProblemAsync(Session session, Statement statement, CancellationToken cancel)
    {
        await session.ExecuteAsync("BEGIN", cancel);
        try
        {
            var rows = await session.RowsAsync(statement.Text, Judge, cancel);
            return rows.Count == 0 ? "it returned no row; write a query that returns true" : rows.Find(problem => problem is not null);
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
        if (reader.IsDBNull(0))
            return $"{Row(reader)} is null, not true";
        return reader.GetDataTypeName(0) switch
        {
            "boolean" => reader.GetBoolean(0) ? null : $"{Row(reader)} is false",
            "text" or "character varying" => JudgeTap(reader.GetString(0)),
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
            if (!line.StartsWith("ok", StringComparison.Ordinal) && !line.StartsWith("not ok", StringComparison.Ordinal) && !line.StartsWith('#') && !line.StartsWith("1..", StringComparison.Ordinal))
                return $"\"{line}\" is no TAP line; write a query that returns true or false, or TAP lines";
        }

        return null;
    }

    private static string Row(NpgsqlDataReader reader) => reader.FieldCount > 1 && reader.GetName(1).Length > 0
        ? $"column {reader.GetName(0)} of a row ({reader.GetName(1)} = {(reader.IsDBNull(1) ? "null" : reader.GetFieldValue<object>(1))})"
        : $"column {reader.GetName(0)}";
}
