using Microsoft.Extensions.Logging;
using WaitFor.Kubernetes;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Postgres;

namespace WaitFor.Migrate.Envelope;

/// <summary>What runs inside the envelope.</summary>
internal interface IEngine
{
    /// <summary>The locks that keep other runs away, in the order in which they are taken.</summary>
    IReadOnlyList<LockKey> Locks { get; }

    /// <summary>With the lock held, before anything is written: what can be refused is refused here.</summary>
    Task PrepareAsync(CancellationToken cancel);

    /// <summary>Does the work.</summary>
    /// <returns>The database's version now, and a checksum of what was applied; null where it is not known.</returns>
    Task<(string? Version, string? Checksum)> RunAsync(CancellationToken cancel);
}

/// <summary>The envelope: acquires the lock, writes "started" into the deployment log, runs, checks the assertions, writes "succeeded",
/// writes the completion record, releases the lock. The order is its purpose.</summary>
/// <param name="session">The connection that holds the locks.</param>
/// <param name="reopen">Another connection to the same server, for the deployment log of a run that has lost its own.</param>
/// <param name="schema">Where the deployment log is.</param>
/// <param name="options">What is asked for.</param>
/// <param name="assertions">What must be true at the end.</param>
/// <param name="record">The completion record; null for none.</param>
/// <param name="deployedBy">Who runs it, for the deployment log.</param>
/// <param name="time">The clock.</param>
/// <param name="log">For people.</param>
internal sealed class MigrationEnvelope(
    Session session,
    Func<CancellationToken, Task<Session>> reopen,
    string schema,
    MigrateOptions options,
    IReadOnlyList<AssertionFile> assertions,
    CompletionRecord? record,
    string deployedBy,
    TimeProvider time,
    ILogger log
)
{
    /// <summary>What an end may still take after a signal: to write the deployment log, and to release the lock.</summary>
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(5);

    /// <summary>Runs the engine.</summary>
    /// <exception cref="MigrationException">It failed; the deployment log says so, and the lock is free.</exception>
    /// <exception cref="OperationCanceledException">A signal came; the deployment log says so, and the lock is free.</exception>
    public async Task RunAsync(IEngine engine, CancellationToken cancel)
    {
        var taken = new Stack<AdvisoryLock>();
        try
        {
            foreach (var key in engine.Locks)
            {
                var advisoryLock = new AdvisoryLock(session, key, time, log);
                await advisoryLock.TakeAsync(options.LockTimeout, cancel);
                taken.Push(advisoryLock);
            }

            await engine.PrepareAsync(cancel);
            await RunLockedAsync(engine, cancel);
        }
        finally
        {
            // A connection that is gone has given its locks back.
            while (session.Connection.State == System.Data.ConnectionState.Open && taken.TryPop(out var advisoryLock))
                await PartAsync(advisoryLock.ReleaseAsync);
        }
    }

    private async Task RunLockedAsync(IEngine engine, CancellationToken cancel)
    {
        var deployments = options.Release is null ? null : new DeploymentLog(session, schema);
        // Not cut half way: a row that exists, and that nobody knows of, would stay "started". lock_timeout bounds it.
        cancel.ThrowIfCancellationRequested();
        var row = deployments is null ? 0 : await deployments.StartAsync(options.Release!, deployedBy, CancellationToken.None);
        if (deployments is { Made: true } && options is { Verb: Verb.Exec, Schema: null })
        {
            log.LogInformation(
                "the deployment log {Schema}.{Table} was created; if the tool refuses a schema with unknown tables (Prisma: P3005, "
                    + "Flyway), drop this table and give --schema NAME",
                schema,
                DeploymentLog.Table
            );
        }

        (string? Version, string? Checksum) done = default;
        try
        {
            done = await engine.RunAsync(cancel);
            await Assertions.RunAsync(session, assertions, cancel);
            if (assertions.Count > 0)
                log.LogInformation(
                    "assertions: {Held} passed",
                    assertions.Sum(file => file.Statements.Count(statement => !Sql.Traits.ControlsTransaction(statement)))
                );
        }
        catch
        {
            var status = cancel.IsCancellationRequested ? DeploymentLog.Interrupted : DeploymentLog.Failed;
            if (deployments is not null)
                await PartAsync(parting => WriteEndAsync(deployments, row, status, done, parting));
            throw;
        }

        // From here on it is done, whatever comes: a signal must not leave the row or the record out.
        if (deployments is not null)
            await deployments.FinishAsync(row, DeploymentLog.Succeeded, done.Version, done.Checksum, CancellationToken.None);
        if (record is not null)
        {
            if (await record.WriteAsync(options.Release, done.Version, replace: true, cancel) is { } fault)
                throw new MigrationException(
                    ExitCode.Connection,
                    $"the migration is done and stays done, but its completion record could not be written to ConfigMap {record.Place}: "
                        + $"{fault.Message}{record.NextStep(fault)}; start the Job again: it then only writes the record"
                );
            log.LogInformation("completion record: written to ConfigMap {Name}, key {Key}", options.Record, options.RecordKey);
        }
    }

    /// <summary>A statement that does not answer its cancellation takes the connection with it: the deployment log then gets its
    /// own.</summary>
    private async Task WriteEndAsync(
        DeploymentLog deployments,
        long row,
        string status,
        (string? Version, string? Checksum) done,
        CancellationToken parting
    )
    {
        try
        {
            if (session.Connection.State == System.Data.ConnectionState.Open)
            {
                await deployments.FinishAsync(row, status, done.Version, done.Checksum, parting);
                return;
            }
        }
        catch (Npgsql.NpgsqlException) when (session.Connection.State != System.Data.ConnectionState.Open)
        {
            // It broke just now.
        }

        await using var other = await reopen(parting);
        await new DeploymentLog(other, schema).FinishAsync(row, status, done.Version, done.Checksum, parting);
    }

    /// <summary>Last words on a connection that may be about to break: bounded, and without a word if they cannot be written.</summary>
    private async Task PartAsync(Func<CancellationToken, Task> say)
    {
        using var parting = new CancellationTokenSource(Parting, time);
        try
        {
            await say(parting.Token);
        }
        catch (Exception exception)
            when (exception
                    is Npgsql.NpgsqlException
                        or OperationCanceledException
                        or InvalidOperationException
                        or IOException
                        or System.Net.Sockets.SocketException
                        or System.Security.Authentication.AuthenticationException
            )
        {
            log.LogDebug("the connection broke at the end: {Reason}", exception.Message);
        }
    }
}
