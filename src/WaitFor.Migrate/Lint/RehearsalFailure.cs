using Npgsql;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>A script that fails in a rehearsal, for people.</summary>
internal static class RehearsalFailure
{
    /// <summary>A new value of an enum was used in the transaction that added it.</summary>
    private const string UnsafeNewEnumValue = "55P04";

    private const string RolledBack = "The rehearsal was rolled back: the database is as it was.";

    private const string LockAdvice =
        "lint again when the table is less in use, wait longer with --statement-lock-timeout, or lint a copy";

    /// <summary>Describes a failure.</summary>
    /// <param name="script">The script.</param>
    /// <param name="statement">The statement; null where it was none of the script's own.</param>
    /// <param name="exception">What the server said.</param>
    /// <param name="login">The role that logged in.</param>
    /// <param name="holders">Who held the lock that the statement needed; null where nobody was seen.</param>
    /// <param name="left">A statement that was not run before; null for none.</param>
    /// <param name="shadow">It was in a database of its own.</param>
    public static string Describe(
        Script script,
        Statement? statement,
        PostgresException exception,
        string login,
        string? holders,
        (Script Script, Statement Statement)? left,
        bool shadow
    ) =>
        SqlFailure.Describe(
            script,
            statement,
            exception,
            login,
            exception.SqlState == SqlStates.LockNotAvailable ? holders : null,
            (Advice(script, exception.SqlState, left, shadow) is { } advice ? $"next step: {advice}\n  " : "")
                + (shadow ? "The shadow database is dropped." : RolledBack)
        );

    /// <summary>A statement that was ended, as it had set lock_timeout itself.</summary>
    public static string WaitedTooLong(Script script, Statement? statement, string? holders) =>
        script.Path
        + (statement is null ? "" : $", line {statement.Line}, column {statement.Column}")
        + ": it waited for a lock longer than --statement-lock-timeout allows, and was ended"
        + (holders is null ? "" : $"\n  the lock is held by {holders}")
        + $"\n  next step: {LockAdvice}\n  {RolledBack}";

    private static string? Advice(Script failed, string code, (Script Script, Statement Statement)? left, bool shadow) =>
        code switch
        {
            SqlStates.LockNotAvailable => LockAdvice,
            SqlStates.QueryCanceled => "let it run longer with --statement-timeout, or lint a smaller copy",
            _ when shadow => null,
            UnsafeNewEnumValue => "lint with --shadow: here all scripts share one transaction, and with up they do not",
            SqlStates.ActiveTransaction or SqlStates.InvalidTermination when !failed.InTransaction =>
                "lint with --shadow, where it runs outside of a transaction",
            _ when left is var (script, statement) =>
                $"lint with --shadow if it needs {script.Path}, line {statement.Line}, which was not run here",
            _ => null,
        };
}
