using Microsoft.Extensions.Logging;
using WaitFor.Findings;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Envelope;
using WaitFor.Migrate.Lint;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;
using WaitFor.Process;

namespace WaitFor.Migrate;

/// <summary><c>lint</c>, and <c>up --lint</c>: put together from scripts, history, rehearsal and rules.</summary>
internal sealed partial class Commands
{
    private const string Advice =
        "change the scripts as the findings say, or allow a rule with a comment in the script: -- migrate: allow RULE  reason";

    private LintReport Report =>
        new(
            options.Lint,
            rules ?? LintRules.All,
            Program.Release,
            Palette.Of(name => environment.GetValueOrDefault(name), _output != Console.Out || Console.IsOutputRedirected)
        );

    private async Task LintAsync(CancellationToken cancel)
    {
        var scripts = ReadScripts();
        options.Connection.ApplicationName ??= "migrate lint";
        await using var session = await _database.OpenAsync(cancel);
        await _database.CheckAsync(session, cancel);
        var schema = await PrepareAsync(session, cancel);
        scripts = WithSchema(scripts, schema);
        var (planned, missing) = await PlanAsync(new HistoryTable(session, schema, _settings), scripts.Scripts, cancel);
        var judged = planned.Where(one => one.Judged).Select(one => one.Script).ToList();
        if (judged.Count == 0)
            log.LogInformation("nothing to lint: no script is pending{Advice}", options.Lint.Since is null ? "" : ", or above --since");
        var rehearsal = judged.Count == 0 ? new Rehearsal(Catalog.Empty, [], options.Lint.Options)
            : options.Lint.Shadow ? await ShadowAsync(session, schema, scripts, planned, cancel)
            : await RehearseAsync(session, scripts.Callbacks, planned, missing, sizes: null, cancel);
        var findings = Report.Judge(rehearsal, judged);
        await Report.WriteAsync(findings, judged, _output);
        if (findings.Any(finding => finding.Level == Level.Error))
            throw new MigrationException(
                ExitCode.Lint,
                $"{FindingsWriter.Summary(findings)}: {Advice}"
            );
    }

    /// <summary>What runs, and the schemas that <c>up</c> makes first.</summary>
    private async Task<(IReadOnlyList<PlannedScript> Planned, IReadOnlyList<string> Missing)> PlanAsync(
        HistoryTable history,
        IReadOnlyList<Script> scripts,
        CancellationToken cancel
    )
    {
        var settings = options.Lint;
        var order = PlanRules.Of(options.Flyway, options.OutOfOrder);
        List<Applied>? rows = await history.ExistsAsync(cancel) ? await history.ReadAsync(cancel) : null;
        var missing = await history.MissingSchemasAsync(cancel);
        IReadOnlyList<PlannedScript> planned;
        if (settings.Shadow)
        {
            var pending = rows is null ? null : Plan.Make(scripts, rows, order);
            foreach (var problem in pending?.Problems ?? [])
                log.LogWarning("{Problem}", problem);
            planned = LintPlan.OnShadow(scripts, Plan.Make(scripts, [], order).Pending, pending?.Pending, settings);
        }
        else if (rows is null && (settings.Since is not null || settings.Only.Count > 0))
        {
            planned = LintPlan.OnDatabase(scripts, pending: null, settings);
        }
        else
        {
            var inUse = rows is null && missing.Count == 0 ? await history.SchemaInUseAsync(cancel) : null;
            if (inUse is not null && !options.BaselineOnMigrate)
                throw UpEngine.Unknown(history, inUse, "; or give lint --since V");
            var plan = Plan.Make(scripts, rows ?? (inUse is null ? [] : UpEngine.Baseline(options)), order);
            UpEngine.Refuse(plan);
            planned = LintPlan.OnDatabase(scripts, plan.Pending, settings);
        }

        return planned.Select(one => one.Script.Unusable).FirstOrDefault(why => why is not null) is { } unusable
            ? throw unusable
            : (planned, missing);
    }

    private async Task<Rehearsal> ShadowAsync(
        Session session,
        string schema,
        ScriptSet scripts,
        IReadOnlyList<PlannedScript> planned,
        CancellationToken cancel
    )
    {
        // What counts is how big the tables are where the scripts will run.
        var sizes = await new CatalogReader(session).SizesAsync(cancel);
        await using var shadow = await ShadowDatabase.CreateAsync(session, _database.Name, _random, time, log, cancel);
        var own = options with { Connection = options.Connection.With(shadow.Name) };
        return await new Commands(own, environment, time, log, _output, _documents, rules).InShadowAsync(
            schema,
            scripts.Callbacks,
            planned,
            sizes,
            cancel
        );
    }

    private async Task<Rehearsal> InShadowAsync(
        string schema,
        IReadOnlyList<Script> callbacks,
        IReadOnlyList<PlannedScript> planned,
        IReadOnlyDictionary<(string Schema, string Name), StoredSize> sizes,
        CancellationToken cancel
    )
    {
        await using var session = await _database.OpenAsync(cancel);
        // The named database has it, whoever made it.
        await session.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {Identifier.Quote(schema)}", cancel);
        var history = new HistoryTable(session, await PrepareAsync(session, cancel), _settings);
        await history.CreateAsync(false, await history.MissingSchemasAsync(cancel), baseline: null, baselineFirst: false, cancel);
        return await RehearseAsync(session, callbacks, planned, [], sizes, cancel);
    }

    private async Task<Rehearsal> RehearseAsync(
        Session session,
        IReadOnlyList<Script> callbacks,
        IReadOnlyList<PlannedScript> planned,
        IReadOnlyList<string> schemas,
        IReadOnlyDictionary<(string Schema, string Name), StoredSize>? sizes,
        CancellationToken cancel
    )
    {
        var state = await SessionState.ReadAsync(session, _settings.InitSql, cancel);
        await using var watch = new LockWatch(_database.OpenSecondAsync, options.LockPatience.Limit, time, log);
        var limits = new LintLimits(options.LockPatience.Limit, options.StatementTimeout);
        var path = await session.RowsAsync("SELECT unnest(current_schemas(false))::text", reader => reader.GetString(0), cancel);
        return await new Rehearser(
            session,
            state,
            new Observer(session, new CatalogReader(session, sizes), limits),
            new CallbackRunner(session, state, null, callbacks, log),
            new LockGuard(watch, state.Backend, limits.Lock, time),
            shadow: sizes is not null,
            options.Lint.Quick ? new QuickLook(options.Lint.Options.BigTable, path) : null,
            log
        ).RunAsync(planned, schemas, options.Lint.Options with { Shadow = sizes is not null }, cancel);
    }

    /// <summary>Rehearses what <c>up</c> is about to run, on its own connection.</summary>
    /// <exception cref="MigrationException">There are errors; nothing has run.</exception>
    private async Task LintBeforeUpAsync(
        Session session,
        IReadOnlyList<Script> callbacks,
        IReadOnlyList<Script> pending,
        CancellationToken cancel
    )
    {
        var planned = pending.Select(script => new PlannedScript(script, Judged: true)).ToList();
        var findings = Report.Judge(await RehearseAsync(session, callbacks, planned, [], sizes: null, cancel), pending);
        // What the scripts have prepared is the session's.
        await session.ExecuteAsync("DEALLOCATE ALL", cancel);
        foreach (var finding in findings)
            log.Log(
                finding.Level switch
                {
                    Level.Error => LogLevel.Error,
                    Level.Warning => LogLevel.Warning,
                    _ => LogLevel.Information,
                },
                "{Finding}",
                LintReport.Line(finding)
            );
        var errors = findings.Where(finding => finding.Level == Level.Error).ToList();
        if (errors.Count == 0)
            return;
        throw new MigrationException(
            ExitCode.Lint,
            $"{FindingsWriter.Summary(findings)} (up --lint): nothing was applied; {Advice}"
        )
        {
            Details = string.Join('\n', errors.Select(LintReport.Line)),
        };
    }
}
