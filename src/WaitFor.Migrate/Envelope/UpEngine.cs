using System.Globalization;
using Microsoft.Extensions.Logging;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Envelope;

/// <summary>Applies the pending scripts.</summary>
/// <param name="history">The history table, whose lock is Flyway's.</param>
/// <param name="runner">Runs a script.</param>
/// <param name="scripts">All scripts.</param>
/// <param name="options">What was asked for.</param>
/// <param name="execSchema">The schema whose wrapped tools are kept out; null where one of them is who runs us, and holds that
/// lock.</param>
/// <param name="log">Takes a line per script.</param>
internal sealed class UpEngine(
    HistoryTable history,
    ScriptRunner runner,
    IReadOnlyList<Script> scripts,
    MigrateOptions options,
    string? execSchema,
    ILogger log
) : IEngine
{
    private Plan? _plan;
    private List<Applied> _before = [];

    /// <summary>Histories of one schema are several tools' own, as with Flyway: they share what keeps <c>exec</c> out.</summary>
    public IReadOnlyList<LockKey> Locks { get; } =
        execSchema is null ? [new(history.LockKey)] : [new(history.LockKey), new(AdvisoryKey.OfExec(execSchema), Shared: true)];

    public async Task PrepareAsync(CancellationToken cancel)
    {
        var exists = await history.ExistsAsync(cancel);
        var baseline = !exists && await history.SchemaIsInUseAsync(cancel);
        if (baseline && !options.BaselineOnMigrate)
            throw Unknown(history);

        if (exists || baseline)
            _before = exists ? await history.ReadAsync(cancel) : Baseline(options);
        _plan = Plan.Make(scripts, _before, options.OutOfOrder);
        Refuse(_plan);
        if (!exists)
            await history.CreateAsync(baseline ? (options.BaselineVersion, options.BaselineDescription) : null, cancel);
        if (baseline)
        {
            log.LogInformation("{History}: baseline at version {Version}", history.Name, options.BaselineVersion);
        }

        if (!exists)
        {
            _before = await history.ReadAsync(cancel);
            _plan = Plan.Make(scripts, _before, options.OutOfOrder);
        }
    }

    public async Task<(string? Version, string? Checksum)> RunAsync(CancellationToken cancel)
    {
        foreach (var future in _plan!.Lines.Where(line => line.Standing == Standing.Future))
            log.LogWarning(
                "version {Version} ({Script}) was applied by a newer release: this one is older than its database",
                future.Version,
                future.Path
            );
        if (_plan.Pending.Count == 0)
            log.LogInformation(
                "nothing to do: {Version}",
                Newest() is { } version ? $"the database is at version {version}" : "there are no pending scripts"
            );
        foreach (var script in _plan.Pending)
        {
            cancel.ThrowIfCancellationRequested();
            await runner.RunAsync(script, cancel);
        }

        if (_plan.Pending.Count > 0)
            log.LogInformation(
                "done: {Count} applied, the database is at version {Version}",
                _plan.Pending.Count,
                Newest()?.Text ?? "(none)"
            );
        return (Newest()?.Text, Total());
    }

    /// <summary>The end where a schema is in use, and has no history.</summary>
    public static MigrationException Unknown(HistoryTable history) =>
        new(
            ExitCode.Validation,
            $"the schema {history.Schema} is in use, but has no history table {history.Name}: nobody knows which scripts it has seen; "
                + "tell it by migrate baseline --baseline-version V, or allow --baseline-on-migrate"
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
    public static void Refuse(Plan plan)
    {
        if (plan.Problems.Count > 0)
            throw new MigrationException(
                ExitCode.Validation,
                plan.Problems.Count == 1 ? plan.Problems[0] : $"{plan.Problems[0]}\n{string.Join('\n', plan.Problems.Skip(1))}"
            );
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
