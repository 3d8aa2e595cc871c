using System.Text;
using Npgsql;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>A failed statement for people: file, line, column, code, message, hint; the first line says most, since the gate shows
/// it.</summary>
internal static class SqlFailure
{
    /// <summary>Describes a failure.</summary>
    /// <param name="script">The script.</param>
    /// <param name="statement">The statement; null where it was none of the script's own.</param>
    /// <param name="exception">What the server said.</param>
    public static string Describe(Script script, Statement? statement, PostgresException exception)
    {
        var text = new StringBuilder(script.Path);
        if (statement is not null)
        {
            var (line, column) = statement.At(exception.Position);
            text.Append($", line {line}, column {column}");
        }

        text.Append($": {exception.MessageText} (SQLSTATE {exception.SqlState})");
        foreach (var (name, value) in new[] { ("detail", exception.Detail), ("hint", exception.Hint), ("where", exception.Where) })
        {
            if (value is { Length: > 0 })
                text.Append($"\n  {name}: {value.ReplaceLineEndings(" ")}");
        }

        if (statement is not null)
            text.Append($"\n  statement: {Shorten(statement.Text)}");
        // Such as REINDEX TABLE of a partitioned table, which cannot be told from its text.
        if (script.InTransaction && exception.SqlState == SqlStates.ActiveTransaction)
            text.Append(
                $"\n  next step: write executeInTransaction=false into {System.IO.Path.GetFileName(script.Path)}.conf, beside the script"
            );
        return text.Append(
                script.InTransaction
                    ? "\n  The script was rolled back: the database is as it was before it."
                    : "\n  The statements before it stay done; the next run goes on here."
            )
            .ToString();
    }

    private static string Shorten(string statement)
    {
        const int longest = 200;
        var line = string.Join(' ', statement.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= longest ? line : line[..longest] + "...";
    }
}
