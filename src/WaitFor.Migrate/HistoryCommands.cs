using System.Globalization;
using Microsoft.Extensions.Logging;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Envelope;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate;

/// <summary>The commands that look at the history, or set it right: plan, info, validate, baseline, repair.</summary>
internal sealed class HistoryCommands(HistoryTable history, IReadOnlyList<Script> scripts, MigrateOptions options, ILogger log)
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
            await output.WriteLineAsync($"\n-- {script.Path} ({(script.InTransaction ? "one transaction" : "statement by statement")})");
            foreach (var statement in script.Statements)
                await output.WriteLineAsync(statement.Text + ";");
        }
    }

    /// <summary>Prints the history, and what is pending, as a table.</summary>
    public async Task InfoAsync(TextWriter output, CancellationToken cancel)
    {
        List<string[]> rows =
        [
            ["VERSION", "DESCRIPTION", "TYPE", "INSTALLED ON", "STATE"],
        ];
        foreach (var line in Make(await RowsAsync(cancel)).Lines)
        {
            rows.Add([
                line.Version?.Text ?? "",
                line.Description,
                line.Row?.Type ?? line.Script!.Type,
                line.Row?.InstalledOn.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "",
                line.Standing.ToString(),
            ]);
        }

        var widths = Enumerable.Range(0, 5).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            await output.WriteLineAsync(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>Ends with an error where scripts and history do not fit together.</summary>
    public async Task ValidateAsync(CancellationToken cancel)
    {
        var plan = Make(await RowsOfUpAsync(cancel));
        UpEngine.Refuse(plan);
        if (!options.PendingIsValid && plan.Pending.Count > 0)
            throw new MigrationException(
                ExitCode.Validation,
                $"{plan.Pending[0].Path}{(plan.Pending.Count > 1 ? $" and {plan.Pending.Count - 1} more" : "")}: not applied; run migrate up, or accept "
                    + "pending scripts with --pending ok (-ignoreMigrationPatterns=*:pending)"
            );
        log.LogInformation(
            "valid: {Applied} applied, {Pending} pending",
            plan.Lines.Count(line => line.Standing == Standing.Applied),
            plan.Pending.Count
        );
    }

    /// <summary>Marks the version from which on scripts run.</summary>
    /// <exception cref="MigrationException">There is a history already.</exception>
    public async Task BaselineAsync(CancellationToken cancel)
    {
        if (!await history.ExistsAsync(cancel))
        {
            await history.CreateAsync((options.BaselineVersion, options.BaselineDescription), cancel);
            log.LogInformation("{History}: baseline at version {Version}", history.Name, options.BaselineVersion);
            return;
        }

        var rows = await history.ReadAsync(cancel);
        if (
            rows.Find(row => row.Type == AppliedType.Baseline) is { } same
            && same.Version == options.BaselineVersion
            && same.Description == options.BaselineDescription
        )
        {
            log.LogInformation("{History} has this baseline already", history.Name);
            return;
        }

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
    public async Task RepairAsync(CancellationToken cancel)
    {
        if (!await history.ExistsAsync(cancel))
        {
            log.LogInformation("there is no history table {History}: nothing to repair", history.Name);
            return;
        }

        var lines = Make(await history.ReadAsync(cancel)).Lines;
        await history.RemoveFailedAsync(cancel);
        foreach (var line in lines)
        {
            switch (line.Standing)
            {
                case Standing.Failed:
                    log.LogInformation("removed: the failed row of {Script}", line.Path);
                    break;
                case Standing.Changed when line.Script!.Name.Kind != ScriptKind.Repeatable:
                    await history.UpdateAsync(line.Row!, line.Script, cancel);
                    log.LogInformation("taken over: {Script}, checksum {Checksum}", line.Path, line.Script.Checksum);
                    break;
                case Standing.Missing:
                    await history.DeleteMarkAsync(line.Row!, cancel);
                    log.LogInformation("marked as deleted: {Script}", line.Path);
                    break;
            }
        }

        log.LogInformation(
            "{Result}",
            lines.Any(line =>
                line.Standing is Standing.Failed or Standing.Missing
                || (line.Standing == Standing.Changed && line.Script!.Name.Kind != ScriptKind.Repeatable)
            )
                ? "repaired"
                : "nothing to repair"
        );
    }

    private Plan Make(IReadOnlyList<Applied> rows) => Plan.Make(scripts, rows, options.OutOfOrder);

    /// <summary>The rows that up would find, or write first; it ends as up would.</summary>
    private async Task<IReadOnlyList<Applied>> RowsOfUpAsync(CancellationToken cancel)
    {
        if (await history.ExistsAsync(cancel))
            return await history.ReadAsync(cancel);
        if (!await history.SchemaIsInUseAsync(cancel))
            return [];
        if (!options.BaselineOnMigrate)
            throw UpEngine.Unknown(history);
        return UpEngine.Baseline(options);
    }

    private async Task<IReadOnlyList<Applied>> RowsAsync(CancellationToken cancel) =>
        await history.ExistsAsync(cancel) ? await history.ReadAsync(cancel) : [];
}
