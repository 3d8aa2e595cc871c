using System.Globalization;
using Microsoft.Extensions.Logging;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Envelope;

/// <summary>Applies the pending scripts.</summary>
/// <param name="history">The history table, whose lock is Flyway's.</param>
/// <param name="runner">Runs a script.</param>
/// <param name="callbacks">Runs callbacks.</param>
/// <param name="session">The session, for what is written without a script.</param>
/// <param name="state">How it was set.</param>
/// <param name="scripts">All scripts.</param>
/// <param name="options">What was asked for.</param>
/// <param name="execSchema">The schema whose wrapped tools are kept out; null where one of them is who runs us, and holds that
/// lock.</param>
/// <param name="log">Takes a line per script.</param>
/// <param name="lint">Refuses what must not run; null where that is not asked for.</param>
internal sealed class UpEngine(
    HistoryTable history,
    ScriptRunner runner,
    CallbackRunner callbacks,
    Session session,
    SessionState state,
    IReadOnlyList<Script> scripts,
    MigrateOptions options,
    string? execSchema,
    ILogger log,
    Func<IReadOnlyList<Script>, CancellationToken, Task>? lint = null
) : IEngine
{
    private readonly PlanRules _rules = PlanRules.Of(options.Flyway, options.OutOfOrder);
    private Plan? _plan;
    private List<Applied> _before = [];

    /// <summary>Histories of one schema are several tools' own, as with Flyway: they share what keeps <c>exec</c> out.</summary>
    public IReadOnlyList<LockKey> Locks { get; } =
        execSchema is null ? [new(history.LockKey)] : [new(history.LockKey), new(AdvisoryKey.OfExec(execSchema), Shared: true)];

    public async Task PrepareAsync(CancellationToken cancel)
    {
        var exists = await history.ExistsAsync(cancel);
        var missing = await history.MissingSchemasAsync(cancel);
        var inUse = await InUseAsync(exists, missing, cancel);
        _before =
            exists ? await history.ReadAsync(cancel)
            : inUse ? Baseline(options)
            : [];
        if (options.Flyway.ValidateOnMigrate)
        {
            await callbacks.AroundAsync(CallbackEvent.Validate, () => Validate(plan => plan.Problems), cancel);
        }
        else
        {
            await Validate(plan => plan.Obstacles);
            foreach (var problem in _plan!.Problems.Except(_plan.Obstacles, StringComparer.Ordinal))
                log.LogWarning("{Problem}", problem);
        }

        if (missing.Count > 0 && callbacks.Of(CallbackEvent.CreateSchema).Any())
        {
            await callbacks.RunAsync(CallbackEvent.CreateSchema, cancel);
            missing = await history.MissingSchemasAsync(cancel);
            inUse = await InUseAsync(exists, missing, cancel);
        }

        if (_plan!.Pending.Count > 0)
            await runner.CheckAsync(_plan.Pending, run: !options.Flyway.SkipExecutingMigrations, cancel);
        if (exists && missing.Count == 0)
            return;
        Task Create() =>
            history.CreateAsync(
                exists,
                missing,
                inUse ? (options.BaselineVersion, options.BaselineDescription) : null,
                baselineFirst: false,
                cancel
            );
        await (inUse ? callbacks.AroundAsync(CallbackEvent.Baseline, Create, cancel) : Create());
        if (inUse)
            log.LogInformation("{History}: baseline at version {Version}", history.Name, options.BaselineVersion);
        _before = await history.ReadAsync(cancel);
        _plan = Plan.Make(scripts, _before, _rules);
    }

    public async Task<(string? Version, string? Checksum)> RunAsync(CancellationToken cancel)
    {
        foreach (var future in _plan!.Lines.Where(line => line.Standing == Standing.Future))
            log.LogWarning(
                "version {Version} ({Script}) was applied by a newer release: this release is older than its database",
                future.Version,
                future.Path
            );
        foreach (var row in _plan.Undescribed)
            log.LogWarning(
                "{Script}: an earlier version of migrate wrote \"{Description}\" into the history, where Flyway has no text; migrate "
                    + "repair corrects it",
                row.Path,
                Plan.NoDescription
            );
        // An image that was built without its scripts must not look as if all was well.
        if (scripts.Count == 0)
            log.LogWarning(
                "no script was found in {Locations}; check --locations, and that the image contains the files (V1__NAME.sql)",
                options.Locations?.Value ?? "sql"
            );
        if (_plan.Pending.Count == 0)
            log.LogInformation(
                "nothing to do: {Version}",
                Newest() is { } version ? $"the database is at version {version}" : "there are no pending scripts"
            );
        try
        {
            if (lint is not null && _plan.Pending.Count > 0 && !options.Flyway.SkipExecutingMigrations)
                await lint(_plan.Pending, cancel);
            await callbacks.RunAsync(CallbackEvent.BeforeMigrate, cancel);
            try
            {
                await RunPendingAsync(_plan.Pending, cancel);
            }
            catch (MigrationException exception) when (exception.ExitCode == ExitCode.Failed)
            {
                await callbacks.RunAfterErrorAsync(CallbackEvent.AfterMigrateError, cancel);
                throw;
            }

            if (_plan.Pending.Count > 0)
            {
                log.LogInformation(
                    "done: {Count} applied, the database is at version {Version}",
                    _plan.Pending.Count,
                    Newest()?.Text ?? "(none)"
                );
                await callbacks.RunAsync(CallbackEvent.AfterMigrateApplied, cancel);
            }

            await callbacks.RunAsync(CallbackEvent.AfterMigrate, cancel);
        }
        catch (Exception) when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            await RestoreAsync();
            throw;
        }

        await RestoreAsync();
        return (Newest()?.Text, Total());
    }

    private async Task RunPendingAsync(IReadOnlyList<Script> pending, CancellationToken cancel)
    {
        if (options.Flyway.SkipExecutingMigrations)
        {
            await session.WriteAsync(pending.Select(script => history.RecordText(script, "0")), cancel);
            foreach (var script in pending)
                log.LogWarning("{Script}: written into the history, and not run (skipExecutingMigrations)", script.Path);
            return;
        }

        if (options.Flyway.Group && pending.Count > 0 && IsOneTransaction(pending))
        {
            await runner.RunGroupAsync(pending, cancel);
            if (pending[^1].Name.Version is not null)
                await callbacks.RunAsync(CallbackEvent.AfterVersioned, cancel);
            return;
        }

        var versioned = true;
        foreach (var script in pending)
        {
            cancel.ThrowIfCancellationRequested();
            if (versioned && script.Name.Version is null)
            {
                versioned = false;
                await callbacks.RunAsync(CallbackEvent.AfterVersioned, cancel);
                await callbacks.RunAsync(CallbackEvent.BeforeRepeatables, cancel);
            }

            await runner.RunAsync(script, cancel);
        }

        if (versioned)
            await callbacks.RunAsync(CallbackEvent.AfterVersioned, cancel);
    }

    private bool IsOneTransaction(IReadOnlyList<Script> pending)
    {
        var other = pending.Concat(callbacks.Each).FirstOrDefault(script => !script.InTransaction);
        if (other is not null)
            log.LogWarning(
                "{Script}: it {What}, so the scripts run one by one, and not as a group",
                other.Path,
                other.EndsTransactions ? "ends its transaction itself" : "does not run in a transaction"
            );
        return other is null;
    }

    /// <summary>What comes after the scripts (assertions, deployment log) is not theirs.</summary>
    private async Task RestoreAsync()
    {
        if (_plan!.Pending.Count == 0 && callbacks.All.Count == 0)
            return;
        foreach (var text in state.RestoreTexts)
            await session.ExecuteAsync(text, CancellationToken.None);
    }

    private Task Validate(Func<Plan, IReadOnlyList<string>> problems)
    {
        _plan = Plan.Make(scripts, _before, _rules);
        Refuse(_plan, problems(_plan));
        var apart = _plan.Pending.FirstOrDefault(script => script is { InTransaction: false, EndsTransactions: false });
        if (options.Flyway is { Group: true, Mixed: false } && apart is not null && _plan.Pending.Count > 1)
            throw new ScriptException(
                $"{apart.Path}: it does not run in a transaction, and group=true asks for one transaction for all; run it without group, "
                    + "or allow both with mixed=true"
            );
        return Task.CompletedTask;
    }

    /// <summary>True where the history begins with a baseline.</summary>
    /// <exception cref="MigrationException">A schema is in use, and a baseline is not allowed.</exception>
    private async Task<bool> InUseAsync(bool exists, IReadOnlyList<string> missing, CancellationToken cancel)
    {
        // As in Flyway: with a schema that is made the history begins.
        if (exists || missing.Count > 0 || await history.SchemaInUseAsync(cancel) is not { } schema)
            return false;
        return options.BaselineOnMigrate ? true : throw Unknown(history, schema);
    }

    /// <summary>The end where a schema is in use, and has no history.</summary>
    public static MigrationException Unknown(HistoryTable history, string schema, string advice = "") =>
        new(
            ExitCode.Validation,
            $"the schema {schema} is in use, but has no history table {history.Name}: migrate does not know which scripts were applied; "
                + $"run migrate baseline --baseline-version V, or give --baseline-on-migrate{advice}"
        );

    /// <summary>What <see cref="MigrateOptions.BaselineOnMigrate"/> writes first.</summary>
    public static List<Applied> Baseline(MigrateOptions options) =>
        [
            new Applied
            {
                Rank = 1,
                Version = options.BaselineVersion,
                Description = options.BaselineDescription,
                Type = AppliedType.Baseline,
                Script = options.BaselineDescription,
                Success = true,
            },
        ];

    /// <summary>Ends where scripts and history do not fit together, or a script that is to run cannot.</summary>
    /// <exception cref="MigrationException">They do not.</exception>
    /// <exception cref="ScriptException">It cannot.</exception>
    public static void Refuse(Plan plan, IReadOnlyList<string>? problems = null)
    {
        if ((problems ?? plan.Problems) is { Count: > 0 } all)
            throw new MigrationException(ExitCode.Validation, string.Join('\n', all));
        if (plan.Pending.FirstOrDefault(script => script.Unusable is not null) is { Unusable: { } unusable })
            throw unusable;
    }

    private MigrationVersion? Newest() =>
        Plan.Valid(_before)
            .Where(row => row is { Success: true, Version: not null })
            .Select(row => row.Version)
            .Concat(_plan!.Pending.Select(script => script.Name.Version))
            .OfType<MigrationVersion>()
            .Max();

    /// <summary>One checksum over those of all scripts, so that two releases can be compared at a glance.</summary>
    private string Total() =>
        Checksum
            .Of(
                string.Join(
                    ',',
                    scripts
                        .OrderBy(script => script.Path, StringComparer.Ordinal)
                        .Select(script => script.Checksum.ToString(CultureInfo.InvariantCulture))
                )
            )
            .ToString("x8", CultureInfo.InvariantCulture);
}
