namespace WaitFor.Migrate;

/// <summary>Exit codes of <c>migrate</c>. 128+n: ended by signal n. <c>exec</c> ends with its child's own code where that is not
/// 0.</summary>
internal static class ExitCode
{
    /// <summary>The database is where it should be.</summary>
    public const int Done = 0;

    /// <summary>A statement, or the wrapped tool, failed.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage, or a file that cannot be used; the database was not touched.</summary>
    public const int Usage = 2;

    /// <summary>No usable connection, or a right is missing.</summary>
    public const int Connection = 3;

    /// <summary>Scripts and history do not fit together; nothing ran.</summary>
    public const int Validation = 4;

    /// <summary>An assertion about the result failed.</summary>
    public const int Assertion = 5;

    /// <summary>Another run held the lock until the time was over.</summary>
    public const int Lock = 6;

    /// <summary><c>lint</c>, or <c>up --lint</c>, found errors.</summary>
    public const int Lint = 8;

    /// <summary>An error in migrate itself (sysexits.h: EX_SOFTWARE).</summary>
    public const int Internal = 70;

    /// <summary><c>wait</c> timed out, as timeout(1) says it.</summary>
    public const int TimedOut = 124;

    /// <summary>All of them, as help and documentation show them.</summary>
    public static IReadOnlyList<(string Code, string Meaning)> Table { get; } =
    [
        ($"{Done}", "done"),
        ($"{Failed}", "SQL failed (exec: the tool's own exit code)"),
        ($"{Usage}", "wrong usage, or a file that cannot be used; the database was not changed"),
        ($"{Connection}", "no database is named or reached, or a permission is missing"),
        ($"{Validation}", "scripts and history do not match; nothing ran"),
        ($"{Assertion}", "an assertion failed"),
        ($"{Lock}", "could not acquire the lock"),
        ($"{Lint}", "lint, up --lint: errors were found"),
        ($"{Internal}", "an error in migrate itself"),
        ($"{TimedOut}", "wait: timed out"),
        ("128+n", "ended by signal n (SIGTERM 143, SIGINT 130)"),
    ];
}

/// <summary>An end that was foreseen: told in one message, without a stack trace.</summary>
internal sealed class MigrationException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>One of <see cref="Migrate.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>Lines for the termination message alone, where the reader does not see what stands above in the log.</summary>
    public string Details { get; init; } = "";
}
