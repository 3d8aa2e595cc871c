namespace WaitFor.Migrate.Postgres;

/// <summary>PostgreSQL's error codes that decide something here.
/// <see href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/></summary>
internal static class SqlStates
{
    public const string LockNotAvailable = "55P03";
    public const string DeadlockDetected = "40P01";
    public const string QueryCanceled = "57014";
    public const string ProtocolViolation = "08P01";
    public const string UndefinedTable = "42P01";
    public const string NoTransaction = "25P01";
    public const string UnsafeNewEnumValue = "55P04";

    /// <summary>What is missing may have belonged to an earlier session: a table, a routine, a prepared statement, a cursor,
    /// currval.</summary>
    public static bool IsMissing(string? state) =>
        state is UndefinedTable or "42883" or "42704" or "26000" or "34000" or "55000";

    /// <summary>The statement cannot run in a transaction.</summary>
    public const string ActiveTransaction = "25001";

    /// <summary>A COMMIT or ROLLBACK in a DO block or procedure, within a transaction that is not its own.</summary>
    public const string InvalidTermination = "2D000";

    public const string InsufficientPrivilege = "42501";
    public const string ReadOnlyTransaction = "25006";

    /// <summary>No later try can help: wrong password, no such role or database, not allowed by pg_hba.conf, no right to connect.</summary>
    public static bool IsRefusal(string state) => state is "28P01" or "28000" or "3D000" or "42501";

    /// <summary>The server starts, stops, recovers, or is full: a later try may help.</summary>
    public static bool IsPassing(string state) =>
        state is "57P01" or "57P02" or "57P03" or "53300" or "53400" or "08006" or "08001" or "08004";
}
