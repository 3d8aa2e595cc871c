using Microsoft.Extensions.Logging;
using WaitFor.Kubernetes;
using WaitFor.Kubernetes.Access;
using WaitFor.Migrate.Batch;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Envelope;
using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate;

/// <summary>The commands: each puts together what it needs.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="environment">All environment variables.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Takes the lines for people.</param>
/// <param name="output">Takes what plan and info print; null for standard output.</param>
/// <param name="documents">Takes the results, for JSON; null for none yet.</param>
/// <param name="rules">The rules of lint; null for all.</param>
internal sealed partial class Commands(
    MigrateOptions options,
    IReadOnlyDictionary<string, string> environment,
    TimeProvider time,
    ILogger log,
    TextWriter? output = null,
    Documents? documents = null,
    IReadOnlyList<Lint.ILintRule>? rules = null
)
{
    private readonly TextWriter _output = output ?? Console.Out;
    private readonly Documents _documents = documents ?? new Documents(options, output ?? Console.Out);
    private static readonly TimeSpan PluginLimit = TimeSpan.FromSeconds(30);

    /// <summary>The schema that scripts are read with before the database has told its own.</summary>
    private const string AssumedSchema = "public";

    private readonly FlywaySettings _settings = options.Flyway with
    {
        Table = options.Table,
        Placeholders = options.Placeholders,
        PlaceholderReplacement = options.PlaceholderReplacement,
        DefaultSchema = options.Schema,
    };
    private IReadOnlyList<string>? _folders;
    private IReadOnlyList<string>? _callbackFolders;
    private readonly Random _random = new(System.Environment.ProcessId ^ System.Environment.TickCount);
    private readonly Database _database = new(options.Connection, options.ConnectPatience, time, log);

    /// <summary>The database user that does the work.</summary>
    public string? User => options.Connection.Username;

    /// <summary>Runs the commands that were asked for, in order, until one fails.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        foreach (var (level, text) in options.Notes)
            log.Log(level, "{Text}", text);
        try
        {
            foreach (var verb in options.Verbs)
                await new Commands(options with { Verb = verb }, environment, time, log, _output, _documents, rules).RunToldAsync(cancel);
        }
        finally
        {
            await _documents.WriteAsync();
        }
    }

    private async Task RunToldAsync(CancellationToken cancel)
    {
        var before = _documents.Count;
        try
        {
            await RunOneAsync(cancel);
            if (_documents.Count == before)
                _documents.Add(options.Verb);
        }
        catch (Exception exception) when (_documents.Count == before)
        {
            _documents.Add(options.Verb, exception);
            throw;
        }
    }

    private Task RunOneAsync(CancellationToken cancel) =>
        options.Verb switch
        {
            Verb.Up or Verb.Exec => RunEnvelopeAsync(cancel),
            // It has its own time-out, which covers a server that does not answer yet.
            Verb.Wait => new WaitEngine(
                new Database(options.Connection, new ConnectPatience(0, TimeSpan.Zero), time, log),
                options,
                time,
                _random,
                log
            ).RunAsync(cancel),
            Verb.Lint => LintAsync(cancel),
            _ => RunHistoryCommandAsync(cancel),
        };

    private async Task RunEnvelopeAsync(CancellationToken cancel)
    {
        // A fault in a file is refused before anything is contacted.
        var scripts = options.Verb == Verb.Up ? ReadScripts() : new ScriptSet([], []);
        var assertions = Assertions.Read(options.Assertions);
        using var api = options.Record is null ? null : await ApiAsync(cancel);
        // The database comes first, and would leave the store unread for its own part.
        if (api is { Access.NeedsHostStore: true })
            HostStore.Need();
        var record = api is null
            ? null
            : new CompletionRecord(
                api,
                RecordNamespace(api),
                options.Record!,
                options.RecordKey!,
                time,
                new Random(System.Environment.ProcessId ^ System.Environment.TickCount),
                fault => log.LogInformation("completion record: {Fault}; trying again", fault.Message)
            );

        options.Connection.ApplicationName ??= Cut($"migrate {options.Verb.ToString().ToLowerInvariant()} {options.Release}".TrimEnd());
        await using var session = await _database.OpenAsync(cancel);
        await _database.CheckAsync(session, cancel);
        var schema = await PrepareAsync(session, cancel);
        await using var watch = new LockWatch(_database.OpenSecondAsync, options.LockPatience.Limit, time, log);
        var state = options.Verb == Verb.Up ? await SessionState.ReadAsync(session, _settings.InitSql, cancel) : null;
        await using var waiting = state is null ? null : new WaitingSessions(_database.OpenSecondAsync, state.Backend, time, log);
        using var relayApi = options.Progress && state is not null && api is null ? await RelayApiAsync(cancel) : null;
        await using var relay = options.Progress && state is not null ? Relay(api ?? relayApi) : null;
        IEngine engine = state is not null
            ? Up(session, state, watch, waiting!, relay, schema, WithSchema(scripts, schema))
            : new ExecEngine(session, schema, options, environment, time, log);
        var by = environment.GetValueOrDefault("HOSTNAME") is { Length: > 0 } host ? host : System.Environment.MachineName;
        var envelope = new MigrationEnvelope(session, _database.OpenSecondAsync, schema, options, assertions, record, by, time, log);
        if (options.Verb != Verb.Up || !_documents.Asked)
        {
            await envelope.RunAsync(engine, cancel);
            return;
        }

        var history = new HistoryTable(session, schema, _settings);
        var before = await RowsAsync();
        try
        {
            await envelope.RunAsync(engine, cancel);
            _documents.AddMigrate(schema, before, await RowsAsync(), error: null);
        }
        catch (Exception exception) when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            _documents.AddMigrate(schema, before, await RowsAsync(), exception);
            throw;
        }

        async Task<List<Applied>> RowsAsync() => await history.ExistsAsync(cancel) ? await history.ReadAsync(cancel) : [];
    }

    private IReadOnlyList<string> Folders(GivenValue? given, bool strict)
    {
        var warnings = new List<string>();
        var folders = Locations.Resolve(given, options.Places, strict || _settings.FailOnMissingLocations, warnings);
        warnings.ForEach(warning => log.LogWarning("{Warning}", warning));
        return folders;
    }

    private ScriptSet ReadScripts(string? schema = null)
    {
        var settings = _settings with { WorkingDirectory = _settings.WorkingDirectory ?? Path.GetFullPath(options.Places.Folder) };
        var database = (User, options.Connection.Database);
        var placeholders = new Placeholders(settings, database, schema ?? options.Schema ?? AssumedSchema, time.GetLocalNow().DateTime);
        // Ours is an error where Flyway's is a warning: a typo must not be a migration without scripts.
        _folders ??= Folders(options.Locations, options.Locations is { } given ? given.Source is "--locations" or "MIGRATE_LOCATIONS"
            : !settings.FlywayForm);
        _callbackFolders ??= options.CallbackLocations is { } other ? Folders(other, strict: false) : [];
        // What is read again was reported before.
        Action<string, string>? leftOut = schema is null ? (path, why) => log.LogWarning("{Path}: left out: {Why}", path, why) : null;
        var scripts = ScriptFolder.Read(_folders, settings, placeholders, leftOut);
        return options.CallbackLocations is null
            ? scripts
            : scripts with { Callbacks = ScriptFolder.Read(_callbackFolders, settings, placeholders, leftOut).Callbacks };
    }

    /// <summary>The scripts with the default schema in their placeholders.</summary>
    private ScriptSet WithSchema(ScriptSet scripts, string schema) =>
        scripts.NamesSchema && schema != (options.Schema ?? AssumedSchema) ? ReadScripts(schema) : scripts;

    private UpEngine Up(
        Session session,
        SessionState state,
        LockWatch watch,
        WaitingSessions waiting,
        ProgressRelay? relay,
        string schema,
        ScriptSet scripts
    )
    {
        var (history, journal) = (new HistoryTable(session, schema, _settings), new Journal(session, schema));
        var (statements, attempts) = Runner(session, state, watch, schema, history);
        var batches = new BatchRunner(session, state, statements, journal, attempts, waiting, relay, time, log);
        var callbacks = new CallbackRunner(session, state, statements, scripts.Callbacks, log);
        var runner = new ScriptRunner(session, state, history, statements, batches, journal, callbacks, attempts, time, log);
        var execSchema = ExecEngine.IsWithin(environment) ? null : schema;
        Func<IReadOnlyList<Script>, CancellationToken, Task>? lint = options.LintFirst
            ? (pending, cancel) => LintBeforeUpAsync(session, scripts.Callbacks, pending, cancel)
            : null;
        return new UpEngine(history, runner, callbacks, session, state, scripts.Scripts, options, execSchema, log, lint);
    }

    private (StatementRunner Statements, Attempts Attempts) Runner(
        Session session,
        SessionState state,
        LockWatch watch,
        string schema,
        HistoryTable history
    )
    {
        var attempts = new Attempts(session, state, watch, options.LockPatience, time, _random, log);
        return (new StatementRunner(session, state, history, new Journal(session, schema), attempts, time, log), attempts);
    }

    private async Task RunHistoryCommandAsync(CancellationToken cancel)
    {
        var scripts = ReadScripts();
        options.Connection.ApplicationName ??= "migrate";
        await using var session = await _database.OpenAsync(cancel);
        var schema = await PrepareAsync(session, cancel);
        scripts = WithSchema(scripts, schema);
        var history = new HistoryTable(session, schema, _settings);
        await using var watch = new LockWatch(_database.OpenSecondAsync, options.LockPatience.Limit, time, log);
        var state = scripts.Callbacks.Count > 0 ? await SessionState.ReadAsync(session, _settings.InitSql, cancel) : null;
        var runner = state is null ? null : Runner(session, state, watch, schema, history).Statements;
        var callbacks = new CallbackRunner(session, state, runner, scripts.Callbacks, log);
        var journal = new Journal(session, schema);
        var commands = new HistoryCommands(history, journal, scripts.Scripts, callbacks, options, _documents, log);
        switch (options.Verb)
        {
            case Verb.Plan:
                await commands.PlanAsync(_output, cancel);
                break;
            case Verb.Info:
                await commands.InfoAsync(_output, cancel);
                break;
            case Verb.Validate:
                await commands.ValidateAsync(options.PendingIsValid, cancel);
                break;
            default:
                await _database.CheckAsync(session, cancel);
                var advisoryLock = new AdvisoryLock(session, new LockKey(commands.LockKey), time, log);
                await advisoryLock.TakeAsync(options.LockTimeout, cancel);
                await (
                    options.Verb switch
                    {
                        Verb.Baseline => commands.BaselineAsync(cancel),
                        Verb.Repair => commands.RepairAsync(cancel),
                        Verb.Clean => commands.CleanAsync(session, cancel),
                        _ => throw new InvalidOperationException($"{options.Verb} is not a command of the history"),
                    }
                );
                await advisoryLock.ReleaseAsync(cancel);
                break;
        }
    }

    /// <summary>Sets up the session, in one round trip.</summary>
    /// <returns>The schema of history and deployment log.</returns>
    /// <exception cref="ConnectionException">There is no schema.</exception>
    private async Task<string> PrepareAsync(Session session, CancellationToken cancel)
    {
        string? current;
        try
        {
            current = await SetUpAsync(session, SessionState.LivenessTexts(session), cancel);
        }
        catch (Npgsql.PostgresException exception) when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            // A server on a system without one of them; what else is wrong is reported again.
            log.LogDebug("the server notices late that the connection is lost: {Reason}", exception.MessageText);
            current = await SetUpAsync(session, [], cancel);
        }

        return options.Schema
            ?? current
            // As in Flyway, a schema that the URL names is made.
            ?? (_settings.FlywayForm ? options.Connection.Driver.SearchPath?.Split(',')[0].Trim(' ', '"') : null)
            ?? throw new ConnectionException("no schema of the search path exists; create it, or name one with --schema");
    }

    private async Task<string?> SetUpAsync(Session session, IEnumerable<string> liveness, CancellationToken cancel)
    {
        List<string> settings =
        [
            $"SET lock_timeout = {(long)options.LockPatience.Limit.TotalMilliseconds}",
            $"SET statement_timeout = {(long)options.StatementTimeout.TotalMilliseconds}",
            .. log.IsEnabled(LogLevel.Debug) ? [SessionState.TellAllText] : (string[])[],
            .. liveness,
        ];
        if (options.Flyway.InitSql is { } init)
        {
            // It comes after ours, which it may change, and before the search path, which it may set.
            await RunAsync(settings);
            foreach (var statement in Splitter.Split("initSql", init))
                await InitAsync(session, statement, cancel);
            settings = [];
        }

        return await RunAsync([
            .. settings,
            options.Schema is { } asked
                ? $"SELECT set_config('search_path', {Identifier.Literal(Identifier.Quote(asked))} || coalesce(',' || "
                    + "nullif(current_setting('search_path'), ''), ''), false)"
                // As in Flyway, so that a schema which a script makes does not come first for the next one.
                : "SELECT current_schema(), set_config('search_path', "
                    + "coalesce('\"' || replace(current_schema(), '\"', '\"\"') || '\",', '') || current_setting('search_path'), false)",
        ]);

        async Task<string?> RunAsync(List<string> texts)
        {
            await using var batch = new Npgsql.NpgsqlBatch(session.Connection);
            foreach (var text in texts)
                batch.BatchCommands.Add(new Npgsql.NpgsqlBatchCommand(text));
            return await batch.ExecuteScalarAsync(cancel) as string;
        }
    }

    private static async Task InitAsync(Session session, Statement statement, CancellationToken cancel)
    {
        try
        {
            await session.ExecuteAsync(statement.Text, cancel);
        }
        catch (Npgsql.PostgresException exception)
        {
            throw new MigrationException(
                ExitCode.Failed,
                $"initSql, line {statement.Line}: {exception.MessageText} (SQLSTATE {exception.SqlState}); correct it",
                exception
            );
        }
    }

    private async Task<ApiServer> ApiAsync(CancellationToken cancel)
    {
        var access = AccessLoader.Load(
            options.Kubeconfig,
            options.Context,
            new Kubernetes.Access.Environment(new Dictionary<string, string>(environment, StringComparer.Ordinal)),
            time,
            PluginLimit
        );
        var api = new ApiServer(
            access,
            Program.UserAgent,
            time,
            log.IsEnabled(LogLevel.Debug) ? line => log.LogDebug("{Line}", line) : null
        );
        await api.PrepareAsync(cancel);
        return api;
    }

    /// <summary>Progress is for the gate's log only: without a cluster the migration runs all the same.</summary>
    private async Task<ApiServer?> RelayApiAsync(CancellationToken cancel)
    {
        try
        {
            var api = await ApiAsync(cancel);
            if (api.Access.NeedsHostStore)
                HostStore.Need();
            return api;
        }
        catch (AccessException exception)
        {
            log.LogWarning("--progress: {Reason}; the migration continues without it", exception.Message);
            return null;
        }
    }

    private ProgressRelay? Relay(ApiServer? api)
    {
        if (api is null)
            return null;
        var pod = environment.GetValueOrDefault("POD_NAME") is { Length: > 0 } name ? name : environment.GetValueOrDefault("HOSTNAME");
        if (pod is { Length: > 0 } && (options.Namespace ?? api.Access.Namespace) is { } place)
            return new ProgressRelay(new PodAnnotation(api, place, pod), time, log);
        log.LogWarning(
            "--progress: no {What} was found; the migration continues without it",
            pod is { Length: > 0 } ? "namespace (--namespace)" : "pod's name (POD_NAME, from the downward API: metadata.name)"
        );
        return null;
    }

    private string RecordNamespace(ApiServer api) =>
        options.Namespace
        ?? api.Access.Namespace
        ?? throw new MigrationException(ExitCode.Usage, "--record: no namespace was found; give --namespace");

    private static string Cut(string name) => name.Length <= 63 ? name : name[..63];
}
