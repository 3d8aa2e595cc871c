using WaitFor.Process.Help;

namespace WaitFor.Migrate.CommandLine;

/// <summary>The options of <c>migrate</c>: the parser, help, documentation and shell completion read this table.</summary>
internal static class MigrateHelp
{
    /// <summary>All options.</summary>
    public static IReadOnlyList<HelpGroup> Groups { get; } =
    [
        new(
            "Database",
            [
                new("--url", "URL", "the database: postgres://... or jdbc:postgresql://...")
                {
                    Default = "$FLYWAY_URL, $DATABASE_URL, $PGHOST...",
                    Common = true,
                },
                new("--user", "NAME", "user, instead of the URL's") { Default = "$FLYWAY_USER, the URL's, $PGUSER" },
                new("--direct-url", "URL", "the server itself, if --url is a pooler in transaction mode"),
                new("--connect-retries", "N", "retries after the first attempt") { Default = "10" },
                new("--connect-retry-interval", "DURATION", "pause between two attempts") { Default = "5s" },
            ]
        ),
        new(
            "Files",
            [
                new("--locations", "FOLDERS", "folders of SQL files, comma-separated")
                {
                    Default = "$FLYWAY_LOCATIONS, sql",
                    Common = true,
                },
                new("--schema", "NAME", "schema of history and deployment log")
                {
                    Default = "$FLYWAY_DEFAULT_SCHEMA, search_path",
                    Common = true,
                },
                new("--table", "NAME", "history table") { Default = "flyway_schema_history" },
                new("--placeholder", "NAME=VALUE", "value of ${NAME} in scripts; repeatable; also $FLYWAY_PLACEHOLDERS_NAME")
                {
                    Repeatable = true,
                },
                new("--placeholder-replacement", "BOOL", "false: leave ${...} as it is")
                {
                    Default = "true",
                    Choices = ["true", "false"],
                },
                new("--out-of-order", "", "apply scripts below the newest applied version too"),
                new("--baseline-on-migrate", "", "if a schema with objects has no history, write a baseline first"),
                new("--baseline-version", "V", "version of the baseline") { Default = "1" },
                new("--baseline-description", "TEXT", "description of the baseline") { Default = "<< Flyway Baseline >>" },
                new("--pending", "WHAT", "validate: if scripts are pending: ok, or fail (exit code 4)")
                {
                    Default = "ok",
                    Choices = ["ok", "fail"],
                },
                new("--allow-clean", "", "allow clean to drop everything in its schemas; it also needs cleanDisabled=false"),
                new("--restart-batch", "", "repair: half-done batched scripts start again from the first row"),
                new("--assertions", "FOLDER", "queries that must return true after the run")
                {
                    Default = "assert, if it exists",
                    Common = true,
                },
            ]
        ),
        new(
            "Locks and limits",
            [
                new("--lock-timeout", "DURATION", "how long to wait for another run; 0 for no limit")
                {
                    Default = "10m",
                    Common = true,
                },
                new("--statement-lock-timeout", "DURATION", "how long a statement waits for a table's lock") { Default = "5s" },
                new("--lock-retries", "N", "retries of a script that could not acquire a table's lock") { Default = "10" },
                new("--statement-timeout", "DURATION", "how long a statement can run; 0 for no limit") { Default = "0" },
            ]
        ),
        new(
            "Lint",
            [
                new("--lint", "", "up: judge the scripts first; apply nothing if there are errors"),
                new("--shadow", "", "run all scripts on a new database of the same server, and drop it at the end"),
                new("--since", "V", "judge the versions above V") { Default = "what is pending" },
                new("--only", "FILE", "judge this script; repeatable") { Repeatable = true },
                new("--report", "FILE", "write the findings to a file too: name.json, name.sarif, else as --output says"),
                new("--big-table", "N", "number of rows from which a table is big") { Default = "100000" },
                new("--long", "DURATION", "longest work under a lock that blocks others") { Default = "500ms" },
                new("--style", "", "rules of style too, such as tables without a primary key"),
                new("--additive-only", "", "a comment cannot allow what takes something away from the running release"),
                new("--quick", "", "do not run what locks a big table completely; judge it by its kind"),
            ]
        ),
        new(
            "Release and record",
            [
                new("--release", "R", "release to write into schema_deployment_log; wait: the release to wait for") { Common = true },
                new("--version", "V", "wait: the version of the schema to wait for"),
                new("--timeout", "DURATION", "wait: longest time to wait; 0 for no limit") { Default = "10m" },
                new("--record", "NAME", "ConfigMap for the completion record, which wait-for --record NAME reads") { Common = true },
                new("--record-key", "KEY", "key of the record: the Job's name") { Default = "$JOB_NAME" },
                new("--progress", "", "show in the gate's log how far a batched script is (an annotation on this pod)"),
                new("-n, --namespace", "NAME", "namespace of ConfigMap and pod") { Default = "the pod's" },
                new("--kubeconfig", "FILE", "kubeconfig for the record") { Default = "$KUBECONFIG, in the cluster, ~/.kube/config" },
                new("--context", "NAME", "context of the kubeconfig") { Default = "the current one" },
            ]
        ),
        new(
            "Output",
            [
                new("-o, --output", "FORMAT", "text, or json: the log as JSON lines; lint: also github and sarif")
                {
                    Default = "text",
                    Choices = ["text", "json", "github", "sarif"],
                    Common = true,
                },
                new("--termination-log", "FILE", "file for the reason (kubectl describe shows it); empty for none")
                {
                    Default = "/dev/termination-log",
                },
                new("-v, --verbose", "", "more lines"),
                new("-h, --help", "", "this overview, or --help TOPIC"),
            ]
        ),
    ];

    /// <summary>The same without headings.</summary>
    public static IReadOnlyList<HelpOption> Options => [.. Groups.SelectMany(group => group.Options)];

    /// <summary>The commands.</summary>
    public static IReadOnlyList<(string Word, string About)> Commands { get; } =
    [
        ("up", "apply pending SQL files"),
        ("exec", "run another tool with the same lock, assertions and record"),
        ("plan", "show what would run"),
        ("info", "show the history"),
        ("validate", "check that files and history match"),
        ("baseline", "mark where the scripts begin"),
        ("repair", "correct the history"),
        ("clean", "drop everything in the schemas"),
        ("lint", "judge what pending SQL files would do to the running release"),
        ("wait", "wait until the database has a version or release"),
        ("completion", "print a completion script for the shell"),
    ];

    /// <summary>Completion scripts.</summary>
    public static ShellCompletion Completion => new("migrate", Options, Commands, HelpText.Pages.Topics);
}
