namespace WaitFor.Migrate.Sql;

/// <summary>A row of the history table.</summary>
internal sealed class Applied
{
    /// <summary>The order of the rows.</summary>
    public required int Rank { get; init; }

    /// <summary>Null for repeatable scripts.</summary>
    public MigrationVersion? Version { get; init; }

    /// <summary>As the script's name had it.</summary>
    public required string Description { get; init; }

    /// <summary>One of <see cref="AppliedType"/>, or another tool's.</summary>
    public required string Type { get; init; }

    /// <summary>The script's path.</summary>
    public required string Script { get; init; }

    /// <summary>Null for rows that stand for no script.</summary>
    public int? Checksum { get; init; }

    /// <summary>The database user that applied it.</summary>
    public string InstalledBy { get; init; } = "";

    /// <summary>When, in the server's time zone.</summary>
    public DateTime InstalledOn { get; init; }

    /// <summary>In ms.</summary>
    public int ExecutionTime { get; init; }

    /// <summary>False: it stopped half way.</summary>
    public required bool Success { get; init; }
}

/// <summary>Types of rows that Flyway writes.</summary>
internal static class AppliedType
{
    /// <summary>An SQL script.</summary>
    public const string Sql = "SQL";

    /// <summary>A baseline script (B...).</summary>
    public const string SqlBaseline = "SQL_BASELINE";

    /// <summary>The mark of <c>baseline</c>: everything up to its version is taken for applied.</summary>
    public const string Baseline = "BASELINE";

    /// <summary>The mark that schemas were created.</summary>
    public const string Schema = "SCHEMA";

    /// <summary>The mark of <c>repair</c>: the script is gone, and is taken for not applied.</summary>
    public const string Delete = "DELETE";

    /// <summary>How the types of Flyway's undo scripts begin (UNDO_SQL, UNDO_JDBC, ...): the version was taken back, and is taken for not
    /// applied.</summary>
    public const string UndoPrefix = "UNDO_";
}
