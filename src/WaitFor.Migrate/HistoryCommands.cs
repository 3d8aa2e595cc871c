using System.Globalization;
using Microsoft.Extensions.Logging;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Envelope;
using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate;

/// <summary>The commands that look at the history, or set it right: plan, info, validate, baseline, repair.</summary>
internal sealed class HistoryCommands(
    HistoryTable history,
    Journal journal,
    IReadOnlyList<Script> scripts,
    CallbackRunner callbacks,
    MigrateOptions options,
    Documents documents,
    ILogger log
)
{
    public long LockKey => history.LockKey;

    /// <summary>Prints what would run, with its statements.</summary>
    public async Task PlanAsync(TextWriter output, CancellationToken cancel)
    {
        var plan = Make(await RowsOfUpAsync(cancel));
        UpEngine.Refuse(plan);
        await output.WriteLineAsync(plan.Pending.Count == 0 ? "nothing to do" : $"{plan.Pending.Count} to apply");
        foreach (var script in plan.Pending)
        {
            var way =
                script.Batch is { } batch ? $"in batches, along {batch.KeyText} of {batch.TableText}, the first with {batch.Size} rows"
                : script.InTransaction ? "one transaction"
                : script.EndsTransactions ? "its own transactions"
                : "statement by statement";
            await output.WriteLineAsync($"\n-- {script.Path} ({way})");
            foreach (var statement in script.Statements)
                await output.WriteLineAsync(
                    statement.Data is { } data ? $"{statement.Text};\n-- {data.Count('\n')} lines of data" : $"{statement.Text};"
                );
        }
    }

    /// <summary>Prints the history, and what is pending, as a table.</summary>
    public Task InfoAsync(TextWriter output, CancellationToken cancel) =>
        callbacks.AroundAsync(CallbackEvent.Info, () => PrintAsync(output, cancel), cancel);

    private async Task PrintAsync(TextWriter output, CancellationToken cancel)
    {
        var lines = Make(await RowsAsync(cancel)).Lines.Where(IsAskedFor).ToList();
        documents.AddInfo(history.Schema, lines);
        if (documents.OnOutput)
            return;
        if (options.MigrationIds)
        {
            await output.WriteLineAsync(string.Join(',', lines.Select(line => line.Version?.Text).Where(version => version is not null)));
            return;
        }

        var half = await journal.BatchesAsync(cancel);
        var finished = await journal.FinishedAsync(cancel);
        List<string[]> rows =
        [
            ["VERSION", "DESCRIPTION", "TYPE", "INSTALLED ON", "STATE"],
        ];
        foreach (var line in lines)
        {
            rows.Add([
                line.Version?.Text ?? "",
                line.Description,
                line.Row?.Type ?? line.Script!.Type,
                line.Row?.InstalledOn.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "",
                line.Row is null && half.TryGetValue(line.Path, out var batched)
                    ? $"Running {batched.State.Percent} %"
                : line is { Row: null, Script: { } script } && finished.TryGetValue(line.Path, out var done)
                    ? $"{line.State}, {done} of {script.Statements.Count} statements done"
                    : line.State,
            ]);
        }

        var widths = Enumerable.Range(0, 5).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            await output.WriteLineAsync(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>Ends with an error where scripts and history do not fit together, or, as in Flyway, something is pending.</summary>
    /// <param name="pendingIsValid">True: what is pending is no error.</param>
    /// <param name="cancel">Ends it.</param>
    public Task ValidateAsync(bool pendingIsValid, CancellationToken cancel) =>
        callbacks.AroundAsync(CallbackEvent.Validate, () => JudgeAsync(pendingIsValid, cancel), cancel);

    /// <summary>True for a line between infoSinceVersion and infoUntilVersion; what has no version is always printed.</summary>
    private bool IsAskedFor(PlanLine line) =>
        line.Version is not { } version
        || (
            (options.Flyway.InfoSinceVersion is not { } since || version >= MigrationVersion.Parse(since)!)
            && (options.Flyway.InfoUntilVersion is not { } until || version <= MigrationVersion.Parse(until)!)
        );

    private async Task JudgeAsync(bool pendingIsValid, CancellationToken cancel)
    {
        var plan = Make(pendingIsValid ? await RowsOfUpAsync(cancel) : await RowsAsync(cancel));
        List<string> problems =
        [
            .. plan.Problems,
            .. plan.Undescribed.Select(line =>
                $"{line.Path}: an earlier version of migrate wrote \"{Plan.NoDescription}\" into the history, where Flyway has no text; "
                + "run migrate repair"
            ),
            .. pendingIsValid ? [] : plan.Waiting.Select(Waiting),
        ];
        try
        {
            UpEngine.Refuse(plan, problems);
        }
        catch (MigrationException exception)
        {
            documents.AddValidate(scripts.Count, exception);
            throw;
        }

        documents.AddValidate(scripts.Count, error: null);
        log.LogInformation(
            "valid: {Applied} applied, {Pending} pending",
            plan.Lines.Count(line => line.Standing == Standing.Applied),
            plan.Pending.Count
        );
    }

    private static string Waiting(PlanLine line) =>
        $"{line.Path}: {(line.Version is { } version ? $"version {version}" : "the repeatable script")} is pending; run migrate up, or "
        + "accept it with --pending ok (-ignoreMigrationPatterns=*:pending)";

    /// <summary>Marks the version from which on scripts run.</summary>
    /// <exception cref="MigrationException">There is a history already.</exception>
    public Task BaselineAsync(CancellationToken cancel) =>
        callbacks.AroundAsync(CallbackEvent.Baseline, () => MarkAsync(cancel), cancel);

    private async Task MarkAsync(CancellationToken cancel)
    {
        if (!await history.ExistsAsync(cancel))
        {
            var missing = await history.MissingSchemasAsync(cancel);
            await history.CreateAsync(false, missing, (options.BaselineVersion, options.BaselineDescription), true, cancel);
            log.LogInformation("{History}: baseline at version {Version}", history.Name, options.BaselineVersion);
            return;
        }

        var rows = await history.ReadAsync(cancel);
        if (rows.Find(row => row.Type == AppliedType.Baseline) is { } same)
        {
            if (same.Version != options.BaselineVersion || same.Description != options.BaselineDescription)
                throw new MigrationException(
                    ExitCode.Validation,
                    $"{history.Name} has a baseline already, at version {same.Version} (\"{same.Description}\"); leave it, or give the same"
                );
            log.LogInformation("{History} has this baseline already", history.Name);
            return;
        }

        if (rows.Count == 0)
            throw new MigrationException(
                ExitCode.Validation,
                $"{history.Name} exists, and is empty: a baseline is for a database without a history; drop the table, and run "
                    + "baseline again"
            );
        if (rows.Exists(row => row.Type != AppliedType.Schema))
            throw new MigrationException(
                ExitCode.Validation,
                $"{history.Name} has {rows.Count} rows already: a baseline is for a database without a history"
            );
        await history.BaselineAsync(options.BaselineVersion, options.BaselineDescription, cancel);
        log.LogInformation("{History}: baseline at version {Version}", history.Name, options.BaselineVersion);
    }

    /// <summary>Sets the history right: failed rows go, changed files are taken over, rows whose file is gone are marked as
    /// deleted.</summary>
    public Task RepairAsync(CancellationToken cancel) => callbacks.AroundAsync(CallbackEvent.Repair, () => CorrectAsync(cancel), cancel);

    private async Task CorrectAsync(CancellationToken cancel)
    {
        if (!await history.ExistsAsync(cancel))
        {
            log.LogInformation("there is no history table {History}: nothing to repair", history.Name);
            return;
        }

        var plan = Make(await history.ReadAsync(cancel));
        await history.RemoveFailedAsync(cancel);
        var failed = plan.Lines.Where(line => line.Row is { Success: false }).ToList();
        foreach (var line in failed)
            log.LogInformation("removed: the failed row of {Script}", line.Path);
        var changed = plan.Lines.Where(line => line is { Standing: Standing.Changed, Script.Name.Kind: not ScriptKind.Repeatable })
            .Concat(plan.Undescribed)
            .Distinct()
            .ToList();
        foreach (var line in changed)
        {
            await history.UpdateAsync(line.Row!, line.Script!, cancel);
            log.LogInformation("updated: {Script}, checksum {Checksum}", line.Path, line.Script!.Checksum);
        }

        foreach (var line in plan.Gone)
        {
            await history.DeleteMarkAsync(line.Row!, cancel);
            log.LogInformation("marked as deleted: {Script}", line.Path);
        }

        var restarted = options.RestartBatch ? await RestartAsync(cancel) : 0;
        var count = failed.Count + changed.Count + plan.Gone.Count() + restarted;
        log.LogInformation("{Result}", count > 0 ? "repaired" : "nothing to repair");
    }

    /// <summary>Forgets how far half-done batched scripts are: the next run begins them with the first row.</summary>
    private async Task<int> RestartAsync(CancellationToken cancel)
    {
        var half = await journal.BatchesAsync(cancel);
        foreach (var (path, (_, batches)) in half)
        {
            await journal.RestartAsync(path, cancel);
            log.LogInformation("{Script}: begins with the first row again ({Batches} batches were done)", path, batches.Batches);
        }

        return half.Count;
    }

    /// <summary>Drops everything, the history too.</summary>
    public Task CleanAsync(Session session, CancellationToken cancel) =>
        callbacks.AroundAsync(CallbackEvent.Clean, () => SchemaCleaner.CleanAsync(session, history, log, cancel), cancel);

    private Plan Make(IReadOnlyList<Applied> rows) => Plan.Make(scripts, rows, PlanRules.Of(options.Flyway, options.OutOfOrder));

    /// <summary>The rows that up would find, or write first; it ends as up would.</summary>
    private async Task<IReadOnlyList<Applied>> RowsOfUpAsync(CancellationToken cancel)
    {
        if (await history.ExistsAsync(cancel))
            return await history.ReadAsync(cancel);
        if (await history.SchemaInUseAsync(cancel) is not { } schema)
            return [];
        return options.BaselineOnMigrate ? UpEngine.Baseline(options) : throw UpEngine.Unknown(history, schema);
    }

    private async Task<IReadOnlyList<Applied>> RowsAsync(CancellationToken cancel) =>
        await history.ExistsAsync(cancel) ? await history.ReadAsync(cancel) : [];
}
