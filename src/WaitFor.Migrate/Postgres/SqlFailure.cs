using System.Text;
using Npgsql;
using WaitFor.Kubernetes;
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
    /// <param name="login">The role that logged in; null where it is not known.</param>
    /// <param name="holders">Who held the lock that the statement needed; null where nobody was seen.</param>
    /// <param name="aftermath">What became of what was done before; null: what the script's kind says.</param>
    public static string Describe(
        Script script,
        Statement? statement,
        PostgresException exception,
        string? login = null,
        string? holders = null,
        string? aftermath = null
    )
    {
        var text = new StringBuilder(script.Path);
        if (statement is not null)
        {
            var (line, column) = statement.At(exception.Position);
            text.Append($", line {line}, column {column}");
        }

        text.Append($": {ApiFault.OneLine(exception.MessageText)} (SQLSTATE {exception.SqlState})");
        if (holders is not null)
            text.Append($"\n  the lock is held by {holders}");
        foreach (var (name, value) in new[] { ("detail", exception.Detail), ("hint", exception.Hint), ("where", exception.Where) })
        {
            if (value is { Length: > 0 })
                text.Append($"\n  {name}: {ApiFault.OneLine(value)}");
        }

        if (statement is not null)
            text.Append($"\n  statement: {Shorten(statement.Text)}");
        if (Next(script, statement, exception, login) is { } next)
            text.Append($"\n  next step: {next}");
        aftermath ??=
            script.InTransaction ? "The script was rolled back: the database is as it was before it."
            : script.Name.Kind == ScriptKind.Callback ? "The statements before it stay done; the next run runs all of it again."
            : script.EndsTransactions
                ? "What the script has committed stays, the rest was rolled back; the next run continues after its last COMMIT."
            : "The statements before it stay done; the next run continues here.";
        return text.Append($"\n  {aftermath}").ToString();
    }

    private static string? Next(Script script, Statement? statement, PostgresException exception, string? login) =>
        exception.SqlState switch
        {
            // Such as REINDEX TABLE of a partitioned table, or a COMMIT in a DO block: a statement's first words do not show it.
            SqlStates.ActiveTransaction when exception.Where?.Contains("SQL statement", StringComparison.Ordinal) == true =>
                "make it a statement of the script: PostgreSQL does not run it within a function, a procedure or a DO block",
            SqlStates.InvalidTermination when exception.MessageText.Contains("subtransaction", StringComparison.Ordinal) =>
                "move the COMMIT or ROLLBACK out of the block that has an EXCEPTION clause",
            SqlStates.InvalidTermination when statement is not null && Traits.Of(statement) != Surroundings.MayCommit =>
                "only a procedure (CALL) or a DO block can run COMMIT or ROLLBACK: make the function a procedure, and CALL it",
            SqlStates.InvalidTermination when !script.InTransaction =>
                "a COMMIT or ROLLBACK runs only where DO or CALL lead straight to it, without a function or a SELECT between them",
            SqlStates.ActiveTransaction when script.InTransaction => $"write {Apart(script)}",
            SqlStates.InvalidTermination => $"write {Apart(script)}: a COMMIT or ROLLBACK in a DO block or procedure cannot run in the "
                + "script's transaction",
            SqlStates.UnsafeNewEnumValue when script.InTransaction =>
                $"put ALTER TYPE ... ADD VALUE into its own script with a lower version, or write {Apart(script)}",
            SqlStates.InsufficientPrivilege when login is not null => Rights.Advice(
                exception.MessageText,
                Rights.RoleAt(script, statement, login)
            ),
            SqlStates.ReadOnlyTransaction =>
                "find what makes it read only: a SET in the script, or default_transaction_read_only of the role or the database "
                    + "(ALTER ROLE ... RESET default_transaction_read_only)",
            SqlStates.LockNotAvailable =>
                "start again when the lock is free, or end the backend that holds it (SELECT pg_terminate_backend(PID)); to wait longer: "
                    + "--statement-lock-timeout, --lock-retries",
            _ => null,
        };

    private static string Apart(Script script) =>
        $"executeInTransaction=false into {System.IO.Path.GetFileName(script.Path)}.conf, beside the script";

    private static string Shorten(string statement)
    {
        const int longest = 200;
        var line = string.Join(' ', statement.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= longest ? line : line[..longest] + "...";
    }
}
