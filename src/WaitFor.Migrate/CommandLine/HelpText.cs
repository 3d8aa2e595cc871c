namespace WaitFor.Migrate.CommandLine;

/// <summary>The text of <c>--help</c>.</summary>
internal static class HelpText
{
    public const string Text = """
        Runs database migrations safely, as what a Kubernetes Job runs: waits for the database, makes sure that only one
        migration runs, applies SQL files (or wraps the tool that you have), proves the result, and leaves a record.

        Usage:
          migrate up [options]                    apply pending SQL files (Flyway's layout and history table)
          migrate exec [options] -- COMMAND...    run another tool inside the same envelope
          migrate plan | info | validate          what would run | the history | do files and history fit together
          migrate baseline | repair | clean       as Flyway
          migrate lint [options]                  what pending SQL files would do to the running release and its queries
          migrate wait --version V | --release R  wait until the database is that far (needs no RBAC)

        Examples:
          # The migration Job of a release
          migrate up --locations /sql --release v42 --record db-migrations

          # The tool that you have, once at a time, with a proof
          migrate exec --release v42 -- npx prisma migrate deploy

          # An init container of the service
          migrate wait --release v42

          # In CI: the scripts of a pull request, on a database that is made and dropped on that server
          migrate lint --locations sql --shadow --since V41 -o github --report lint.sarif

        Database:
              --url URL               postgres://..., postgresql://... or jdbc:postgresql://...
                                      (default: $FLYWAY_URL, $DATABASE_URL, $PGHOST...; each also as NAME_FILE)
              --user NAME             User, in place of the URL's (default: $FLYWAY_USER, the URL's, $PGUSER)
              --direct-url URL        The server itself, where --url is a pooler in transaction mode
              --connect-retries N     Tries after the first (default 10)
              --connect-retry-interval DURATION
                                      Pause between two tries (default 5s)

        Files:
              --locations FOLDERS     Comma-separated (default: $FLYWAY_LOCATIONS, sql)
              --schema NAME           Schema of history and stamp (default: $FLYWAY_DEFAULT_SCHEMA, the search path's first)
              --table NAME            History table (default flyway_schema_history)
              --placeholder N=V       Value of ${N} in scripts (repeatable; also $FLYWAY_PLACEHOLDERS_N)
              --placeholder-replacement BOOL
                                      false: ${...} stays as it is (default true)
              --out-of-order          Scripts below the newest applied version may run
              --baseline-on-migrate   A schema in use without a history gets a baseline first
              --baseline-version V, --baseline-description TEXT
              --pending ok|fail       validate: pending scripts are no error, or one (default ok; with Flyway's options fail)
              --allow-clean           clean drops everything in its schemas; cleanDisabled=false is needed as well
              --assertions FOLDER     Queries that must return true after the run (default assert, where it exists)

        Locks:
              --lock-timeout DURATION How long another run is waited for (default 10m; 0 for no limit)
              --statement-lock-timeout DURATION
                                      How long a statement waits for a table's lock (default 5s)
              --lock-retries N        Tries of a script after the first, with pauses (default 10)
              --statement-timeout DURATION
                                      How long a statement may run (default 0: no limit)

        Lint: runs pending scripts in one transaction that is always rolled back, and judges what each statement did. Locks are
        held up to the rollback: use a copy, or --shadow. With lint, --statement-lock-timeout is 1s and --statement-timeout 1m.
              --lint                  up: does the same first, on its own connection, and applies nothing where it finds errors
              --shadow                Runs all scripts on a database DATABASE_lint_TIME_RANDOM of that server, and drops it;
                                      the role needs CREATEDB; sizes of tables are still those of DATABASE
              --since V               Judges the versions above V (default: what is pending)
              --only FILE             Judges this script (repeatable)
              --report FILE           Takes the findings as well: name.json, name.sarif, else in the form of --output
              --big-table N           From that many rows on a table is big (default 100000)
              --long DURATION         Longest work under a lock that blocks others (default 500ms)
              --style                 Rules of style too, such as tables without a primary key
              --additive-only         No comment allows what takes something away from the running release
              --quick                 What locks a big table completely does not run, and is judged by its kind
        A script allows a rule with a comment: -- migrate: allow RULE  reason

        Proof:
              --release R             Stamped into schema_deployment_log
              --record NAME           ConfigMap that takes the completion record, for wait-for --record NAME
              --record-key KEY        Key of the record: the Job's name (default $JOB_NAME)
          -n, --namespace NAME        Namespace of the ConfigMap (default: the pod's)
              --kubeconfig FILE, --context NAME

        Wait:
              --version V, --release R
              --timeout DURATION      Longest time to wait; 0 for no limit (default 10m)

          -o, --output FORMAT         text, or json: the log as JSON lines (default text); lint: the form of the findings on
                                      standard output, text, json, github or sarif
              --termination-log FILE  Where the reason is left for kubectl describe and for wait-for
          -v, --verbose               More lines
          -h, --help                  This text

        Flyway's own command line, variables and files (flyway.conf, flyway.toml) are read as well: [flyway] -name=value VERB...;
        docs/from-flyway.md has all settings.

        Options have environment variables, such as MIGRATE_LOCK_TIMEOUT for --lock-timeout; the command line wins.

        Exit codes:
          0    done                            5      an assertion does not hold
          1    SQL failed (exec: the tool's)   6      could not acquire the lock
          2    wrong usage, or a broken file   70     an error in migrate itself
          3    no connection, or no right      124    wait: timed out
          4    files and history do not fit    128+n  ended by signal n
          8    lint found errors
        """;
}
