namespace WaitFor.Migrate.Sql;

/// <summary>The events for which Flyway runs SQL callbacks, by their names.
/// <see href="https://documentation.red-gate.com/fd/callback-events-277579336.html"/></summary>
internal static class CallbackEvent
{
    public const string BeforeMigrate = "beforeMigrate";
    public const string BeforeRepeatables = "beforeRepeatables";
    public const string BeforeEachMigrate = "beforeEachMigrate";
    public const string AfterEachMigrate = "afterEachMigrate";
    public const string AfterEachMigrateError = "afterEachMigrateError";
    public const string AfterVersioned = "afterVersioned";
    public const string AfterMigrate = "afterMigrate";
    public const string AfterMigrateApplied = "afterMigrateApplied";
    public const string AfterMigrateError = "afterMigrateError";
    public const string CreateSchema = "createSchema";

    /// <summary>Before, after, and after an error of: these.</summary>
    public const string Validate = "Validate";
    public const string Baseline = "Baseline";
    public const string Repair = "Repair";
    public const string Info = "Info";
    public const string Clean = "Clean";

    /// <summary>Those that run.</summary>
    public static IReadOnlyList<string> Known { get; } =
        [
            BeforeMigrate,
            BeforeRepeatables,
            BeforeEachMigrate,
            AfterEachMigrate,
            AfterEachMigrateError,
            AfterVersioned,
            AfterMigrate,
            AfterMigrateApplied,
            AfterMigrateError,
            CreateSchema,
            .. new[] { Validate, Baseline, Repair, Info, Clean }.SelectMany(what =>
                new[] { $"before{what}", $"after{what}", $"after{what}Error" }
            ),
        ];

    /// <summary>Those that belong to a verb that is not here, and are left out without a word.</summary>
    public static IReadOnlyList<string> OfOtherVerbs { get; } =
        [
            "beforeUndo",
            "afterUndo",
            "afterUndoError",
            "beforeEachUndo",
            "afterEachUndo",
            "afterEachUndoError",
            "beforeEachUndoStatement",
            "afterEachUndoStatement",
            "afterEachUndoStatementError",
        ];

    /// <summary>Those that only newer versions of Flyway, or its paid editions, run, and that are left out with a warning.</summary>
    public static IReadOnlyList<string> NotHere { get; } =
        [
            "beforeConnect",
            "afterConnect",
            "beforeCreateSchema",
            "beforeEachMigrateStatement",
            "afterEachMigrateStatement",
            "afterEachMigrateStatementError",
            .. new[] { "Migrate", "Validate", "Baseline", "Repair", "Info", "Clean", "Undo" }.Select(what => $"after{what}OperationFinish"),
        ];
}
