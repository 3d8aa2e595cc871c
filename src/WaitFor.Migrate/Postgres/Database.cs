using Microsoft.Extensions.Logging;
using Npgsql;
using WaitFor.Process;

namespace WaitFor.Migrate.Postgres;

/// <summary>How long to wait for a database.</summary>
/// <param name="Retries">How many tries after the first; 0 or more.</param>
/// <param name="Interval">The pause between two attempts.</param>
/// <param name="Grows">The pause begins with 1 s and doubles up to the interval, as in Flyway.</param>
internal sealed record ConnectPatience(int Retries, TimeSpan Interval, bool Grows = false)
{
    /// <summary>The pause after a try; the first one is 1.</summary>
    public TimeSpan After(int attempt) =>
        Grows ? TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempt - 1), Interval.TotalSeconds)) : Interval;
}

/// <summary>Opens connections: waits for a server that does not answer yet, and refuses what no migration may run on.</summary>
internal sealed class Database(ServerSettings settings, ConnectPatience patience, TimeProvider time, ILogger log)
{
    /// <summary>How long a transaction of the second connection is held to see whether a pooler shares the first one's server.</summary>
    private static readonly TimeSpan PoolerLimit = TimeSpan.FromSeconds(5);

    /// <summary>After that long without an answer a line says what the connection waits for.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    private ServerAddress _server = settings.Servers[0];
    private string? _told;

    /// <summary>Where it is, without user and password: host, port and database of the last connection.</summary>
    public string Name => settings.NameOf(_server);

    /// <summary>Connects, after as many tries as the patience allows.</summary>
    /// <param name="cancel">Ends it.</param>
    /// <param name="limit">How long a try may take at most, beside connect_timeout; null for no other limit.</param>
    /// <exception cref="ConnectionException">The server refuses, or does not answer.</exception>
    public async Task<Session> OpenAsync(CancellationToken cancel, TimeSpan? limit = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (session, reason, failure) = await TryAllAsync(limit, cancel);
            if (session is not null)
                return session;
            if (!failure!.MayPass || attempt > patience.Retries)
                throw new ConnectionException($"{reason}{(failure.Next is { } next ? "; " + next : "")}", failure.Cause)
                {
                    MayPass = failure.MayPass,
                };
            log.LogInformation(
                "{Reason}; attempt {Next} of {All} in {Pause}",
                reason,
                attempt + 1,
                patience.Retries + 1L,
                GoDuration.Format(patience.After(attempt))
            );
            await Task.Delay(patience.After(attempt), time, cancel);
        }
    }

    /// <summary>One try of each server, in order, as libpq does: who is refused by one does not ask the next.</summary>
    /// <returns>The session; or else what happened, with the servers' names, and the failure that says what to do.</returns>
    private async Task<(Session? Session, string Reason, ConnectFailure? Failure)> TryAllAsync(TimeSpan? limit, CancellationToken cancel)
    {
        var servers = settings.Servers.ToArray();
        if (settings.Shuffle)
            new Random(System.Environment.ProcessId ^ System.Environment.TickCount).Shuffle(servers);
        var (reasons, failure) = (new List<string>(), (ConnectFailure?)null);
        foreach (var server in servers)
        {
            var (session, own) = await TryAsync(server, limit, cancel);
            if (session is not null)
                return (session, "", null);
            reasons.Add($"{settings.NameOf(server)}{(own!.IsReplica ? " " : ": ")}{own.What}");
            // A server that does not answer yet may turn out to be the primary.
            if (failure is null || own.MayPass || !own.AllowsNext)
                failure = own;
            if (!own.AllowsNext)
                break;
        }

        return (null, string.Join("; ", reasons), failure);
    }

    private async Task<(Session? Session, ConnectFailure? Failure)> TryAsync(
        ServerAddress server,
        TimeSpan? limit,
        CancellationToken cancel
    )
    {
        var own = settings.For(server);
        var stage = new ConnectStage(server);
        var shortest = limit is { } most && (own.Timeout == 0 || most < settings.Limit) ? most : settings.Limit;
        // Npgsql's own limit does not cover a TLS handshake, and shares the time between the addresses of a name; ours comes after it.
        using var timer = new CancellationTokenSource(
            shortest == TimeSpan.Zero ? Timeout.InfiniteTimeSpan
                : shortest == settings.Limit ? shortest + TimeSpan.FromMilliseconds(500)
                : shortest,
            time
        );
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timer.Token);
        try
        {
            // Npgsql asks the server to cancel over another connection, and waits for it: nobody else may wait for that.
            var apart = new CancellationTokenSource();
            await using var registration = both.Token.UnsafeRegister(_ => _ = apart.CancelAsync(), null);
            var opening = OpenAndLookAsync(own, server, stage, apart.Token);
            var session = await TellAsync(server, stage, opening, both.Token);
            stage.Done();
            if (session is null)
                return (null, ConnectFailure.Replica((await opening).WhyNot!));
            _server = server;
            return (session, null);
        }
        catch (Exception exception) when (cancel.IsCancellationRequested && exception is not OperationCanceledException)
        {
            // A handshake that is cut says so in many ways.
            throw new OperationCanceledException(exception.Message, exception, cancel);
        }
        catch (Exception exception)
            when (!cancel.IsCancellationRequested && exception is not (OutOfMemoryException or NullReferenceException))
        {
            return (null, await ExplainAsync(exception, own, server, stage, shortest, cancel));
        }
    }

    /// <summary>A server may take the login and then not answer: it counts as reached only with its first answer.</summary>
    private async Task<(Session? Session, string? WhyNot)> OpenAndLookAsync(
        NpgsqlConnectionStringBuilder own,
        ServerAddress server,
        ConnectStage stage,
        CancellationToken cancel
    )
    {
        var session = await OpenAsync(own, server, stage, cancel);
        stage.Asks();
        return await WhyNotAsync(session, cancel) is { } replica ? (null, replica) : (session, null);
    }

    private Task<Session> OpenAsync(
        NpgsqlConnectionStringBuilder own,
        ServerAddress server,
        ConnectStage stage,
        CancellationToken cancel
    ) =>
        Session.OpenAsync(
            own,
            source =>
            {
                source.UseLoggerFactory(stage);
                settings.Configure(server, source);
            },
            cancel
        );

    /// <summary>Says what the connection waits for if it takes long; once for each thing.</summary>
    private async Task<Session?> TellAsync(
        ServerAddress server,
        ConnectStage stage,
        Task<(Session? Session, string? WhyNot)> opening,
        CancellationToken cancel
    )
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var slow = Task.Delay(Slow, time, ended.Token);
        if (await Task.WhenAny(opening, slow) == slow && !cancel.IsCancellationRequested)
        {
            var text = $"{settings.NameOf(server)}: still waiting for {stage.Waiting} after {GoDuration.Format(Slow)}";
            if (text != _told)
                log.LogInformation("{Text}", text);
            _told = text;
        }

        await ended.CancelAsync();
        try
        {
            // Npgsql does not hear the token while it waits for the answer to its first message.
            return (await opening.WaitAsync(cancel)).Session;
        }
        catch (OperationCanceledException) when (!opening.IsCompleted)
        {
            _ = opening.ContinueWith(
                late =>
                    late is { IsCompletedSuccessfully: true, Result.Session: { } open }
                        ? open.DisposeAsync().AsTask()
                        : Task.FromResult(late.Exception),
                TaskScheduler.Default
            );
            throw;
        }
    }

    private async Task<ConnectFailure> ExplainAsync(
        Exception exception,
        NpgsqlConnectionStringBuilder own,
        ServerAddress server,
        ConnectStage stage,
        TimeSpan limit,
        CancellationToken cancel
    )
    {
        var failure = ConnectFailure.Of(exception, settings, server, stage, limit);
        if (failure.IsTrust)
        {
            var (what, next) = await new CertificateFault(settings, server, time).FindAsync(cancel);
            return failure with { What = what, Next = next };
        }

        // Npgsql, as libpq, has tried without TLS after a refusal with TLS; the first one has the reason.
        if (
            (exception is PostgresException { SqlState: "28000" } || ConnectFailure.AsksForPassword(exception))
            && stage.HadTls
            && own.SslMode == SslMode.Prefer
        )
        {
            own.SslMode = SslMode.Require;
            try
            {
                await (await OpenAsync(own, server, stage, cancel)).DisposeAsync();
            }
            catch (PostgresException first)
            {
                return ConnectFailure.Of(first, settings, server, stage, limit);
            }
            catch (NpgsqlException second)
            {
                return ConnectFailure.Of(second, settings, server, stage, limit);
            }
        }

        return failure;
    }

    /// <summary>Why this server is none of those that are asked for, and its session is closed; null where it is one.</summary>
    private async Task<string?> WhyNotAsync(Session session, CancellationToken cancel)
    {
        string? why = "not known";
        try
        {
            var (replica, readOnly) = (
                await session.RowsAsync(
                    "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'",
                    reader => (reader.GetBoolean(0), reader.GetBoolean(1)),
                    cancel
                )
            )[0];
            why =
                settings.Kind == SessionKind.Any ? null
                : replica ? "a read-only replica (pg_is_in_recovery); connect to the primary"
                : readOnly && settings.Kind == SessionKind.ReadWrite
                    ? "read-only by default (default_transaction_read_only); connect to a server that takes writes"
                : null;
            return why;
        }
        finally
        {
            if (why is not null)
                await session.DisposeAsync();
        }
    }

    /// <summary>Refuses a server that is read-only, and a pooler that shares connections.</summary>
    /// <exception cref="ConnectionException">It is one.</exception>
    public async Task CheckAsync(Session session, CancellationToken cancel)
    {
        var (replica, backend) = (
            await session.RowsAsync(
                "SELECT pg_is_in_recovery(), pg_backend_pid()",
                reader => (reader.GetBoolean(0), reader.GetInt32(1)),
                cancel
            )
        )[0];
        if (replica)
            throw new ConnectionException($"{Name} is a read-only replica (pg_is_in_recovery); connect to the primary");
        if (await SharesServersAsync(session, backend, cancel))
        {
            throw new ConnectionException(
                $"{Name} is a connection pooler in transaction (or statement) mode: session locks and settings do not last there, so two "
                    + "migrations could run at once;"
                    + " connect to the server itself (--direct-url), or to a pool in session mode"
            );
        }
    }

    /// <summary>One more connection to the server of the last one, in one try.</summary>
    /// <exception cref="NpgsqlException">It failed.</exception>
    public Task<Session> OpenSecondAsync(CancellationToken cancel) =>
        Session.OpenAsync(settings.For(_server), source => settings.Configure(_server, source), cancel);

    /// <summary>A pooler invents a backend's number, and in transaction mode lends the server to whoever asks first.</summary>
    private async Task<bool> SharesServersAsync(Session session, int backend, CancellationToken cancel)
    {
        const string pid = "SELECT pg_backend_pid()";
        if (backend == session.Connection.ProcessID)
            return false;

        using var limit = new CancellationTokenSource(PoolerLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            await using var second = await OpenSecondAsync(both.Token);
            await second.ExecuteAsync("BEGIN", both.Token);
            await second.ScalarAsync<int>(pid, both.Token);
            return await session.ScalarAsync<int>(pid, both.Token) != backend;
        }
        catch (PostgresException exception) when (exception.SqlState == SqlStates.ProtocolViolation)
        {
            // In statement mode there are no transactions at all.
            return true;
        }
        catch (Exception exception)
            when (limit.IsCancellationRequested
                && !cancel.IsCancellationRequested
                && exception is OperationCanceledException or NpgsqlException
            )
        {
            // The first connection has to wait for the second's transaction: they share the only server.
            return true;
        }
    }
}
