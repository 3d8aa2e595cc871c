using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Postgres;
using WaitFor.Process.Help;

namespace WaitFor.Migrate.CommandLine;

/// <summary>The texts of <c>--help</c>.</summary>
internal static class HelpText
{
    private const string Permissions = """
        The database role must be able to create objects in the schema (CREATE, USAGE), or own it. It writes:
          flyway_schema_history    what was applied
          schema_deployment_log    each run of a release, with --release
          migrate_journal          how far a script is that does not run in one transaction
        The lock (pg_try_advisory_lock) needs no permission. migrate wait needs a role that can read the first two tables.

        In Kubernetes, --record NAME needs get, create and patch on ConfigMaps in the namespace of the Job, and --progress
        needs patch on pods. Without these options migrate needs no permission in Kubernetes.
        """;

    private const string Overview = """
        Runs database migrations in a Kubernetes Job: waits for the database, lets only one migration run at a time, applies
        SQL files (or runs the tool that you have), checks the result with assertions, and writes a completion record.

        Usage:
          migrate up [options]                    apply pending SQL files (Flyway's layout and history table)
          migrate exec [options] -- COMMAND...    run another tool with the same lock, assertions and record
          migrate plan | info | validate          print what would run | print the history | compare files and history
          migrate baseline | repair | clean       as in Flyway
          migrate lint [options]                  find what would break the running release (--help lint)
          migrate wait --version V | --release R  wait until the database has that version or release
          migrate completion bash|zsh|fish        print a completion script for the shell

        Examples:
          # On your own machine: the files V1__NAME.sql, V2__NAME.sql, ... of the folder sql
          migrate up --locations sql --url postgres://USER:PASSWORD@localhost:5432/DATABASE

          # The migration Job of a release
          migrate up --locations /sql --release v42 --record db-migrations

          # The tool that you have
          migrate exec --release v42 -- npx prisma migrate deploy

          # An init container of the service
          migrate wait --release v42

        Flyway's command line works too (migrate -name=value VERB...), and its variables, flyway.conf and flyway.toml.

        Common options:

        """;

    private const string Scripts = """
        Scripts are SQL files in the folders of --locations, and in their subfolders. The name says when a script runs, as in
        Flyway:

          V2__add_column.sql       version 2: once, in the order of the versions (1, 2, 2.1, 10)
          R__views.sql             repeatable: after the versions, and again whenever its text has changed
          B5__schema.sql           baseline: on an empty database in place of all versions up to 5
          afterMigrate.sql         callback: at the moment in its name (beforeMigrate, afterEachMigrate, ...)
          V2__add_column.sql.conf  settings of that script, such as executeInTransaction=false

        Write two underscores before the description. A file with another name is left out, with a warning.
        A script runs in one transaction, together with its row of the history. A script with a statement that cannot run in a
        transaction (CREATE INDEX CONCURRENTLY) runs statement by statement. If it fails, the next run continues there.
        ${NAME} is a placeholder. This line above an UPDATE or DELETE makes it run in batches (docs/batches.md):

          -- migrate: batch table=users key=id

        Files in the folder assert (--assertions) are queries that must return true after the run.
        """;

    private const string Lint = """
        migrate lint runs the pending scripts in one transaction that is always rolled back, and checks what each statement
        did. It holds locks until the rollback: use a copy of the database, or --shadow.

          # In CI: the scripts of a pull request, on a new database of that server, which is dropped at the end
          migrate lint --locations sql --shadow --since V41 -o github --report lint.sarif

          # In the Job: apply nothing if a script would break the running release
          migrate up --lint

        --shadow creates the database DATABASE_lint_TIME_RANDOM, so the role needs CREATEDB. The sizes of tables are still
        those of DATABASE. With lint, --statement-lock-timeout is 1s and --statement-timeout is 1m by default.
        A script allows a rule with a comment: -- migrate: allow RULE  reason
        Exit code 8: errors were found. docs/zero-downtime.md has all rules.
        """;

    /// <summary>The overview and the topics.</summary>
    public static HelpPages Pages { get; } =
        new(
            Overview
                + OptionTable.Common(MigrateHelp.Groups)
                + "\n\nExit codes: 0 done, 1 SQL failed, 2 wrong usage, 3 no connection, 4 files and history do not match,"
                + "\n5 an assertion failed, 6 could not acquire the lock, 8 lint found errors, 124 timed out, 128+n signal n.",
            [
                new HelpTopic(
                    "options",
                    "all options and their environment variables",
                    () =>
                        OptionTable.All(MigrateHelp.Groups)
                        + "\n\nOptions have environment variables, such as MIGRATE_LOCK_TIMEOUT for --lock-timeout;"
                        + " the command line wins."
                        + "\nTo read a variable of the connection from a file, add _FILE to its name: DATABASE_URL_FILE."
                ),
                new HelpTopic("scripts", "how to name SQL files, and how they run", () => Scripts),
                new HelpTopic("lint", "how to check scripts before the deploy", () => Lint),
                new HelpTopic("flyway", "Flyway's settings: honoured, without effect, or refused", Flyway),
                new HelpTopic("permissions", "what the database role and the service account must be allowed to do", () => Permissions),
                new HelpTopic(
                    "exit-codes",
                    "all exit codes",
                    () => string.Join('\n', ExitCode.Table.Select(row => $"{row.Code, -6} {row.Meaning}"))
                ),
                new HelpTopic("completion", "how to load shell completion", () => MigrateHelp.Completion.Loading),
            ]
        );

    private static string Flyway() =>
        "Flyway's settings: -name=value, FLYWAY_NAME, flyway.conf and flyway.toml. Another setting is refused by name.\n\n"
        + string.Join(
            "\n\n",
            new (Treatment Treatment, string Title)[]
            {
                (Treatment.Honoured, "Honoured"),
                (Treatment.WithoutEffect, "Accepted without effect"),
                (Treatment.Refused, "Refused with exit code 2"),
            }.Select(part =>
                $"{part.Title}:\n"
                + string.Join(
                    '\n',
                    FlywaySettingsTable.All.Where(row => row.Treatment == part.Treatment).Select(row => $"  {row.Name, -30} {row.Note}")
                )
            )
        );
}
