using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;
using Polly;
using Polly.Retry;
using WaitFor.Process;

namespace WaitFor.Migrate.Postgres;

/// <summary>How long a database is waited for.</summary>
/// <param name="Retries">How many tries after the first; 0 or more.</param>
/// <param name="Interval">The pause between two tries.</param>
internal sealed record ConnectPatience(int Retries, TimeSpan Interval);

/// <summary>Opens connections: waits for a server that is not there yet, and refuses what no migration may run on.</summary>
internal sealed class Database(NpgsqlConnectionStringBuilder settings, ConnectPatience patience, TimeProvider time, ILogger log)
{
    /// <summary>How long a transaction of the second connection is held to see whether a pooler shares the first one's server.</summary>
    private static readonly TimeSpan PoolerLimit = TimeSpan.FromSeconds(5);

    /// <summary>Where it is, without the password: host, port and database.</summary>
    public string Name => $"{settings.Host}:{settings.Port}/{settings.Database}";

    /// <summary>Connects, after as many tries as the patience allows.</summary>
    /// <exception cref="ConnectionException">The server refuses, or does not answer.</exception>
    public async Task<Session> OpenAsync(CancellationToken cancel)
    {
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time };
        if (patience.Retries > 0)
        {
            pipeline.AddRetry(
                new RetryStrategyOptions
                {
                    ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is { } exception && MayPass(exception)),
                    MaxRetryAttempts = patience.Retries,
                    Delay = patience.Interval,
                    OnRetry = attempt =>
                    {
                        log.LogInformation(
                            "{Database}: {Reason}; try {Next} of {All} in {Pause}",
                            Name,
                            Reason(attempt.Outcome.Exception!),
                            attempt.AttemptNumber + 2,
                            patience.Retries + 1,
                            GoDuration.Format(patience.Interval)
                        );
                        return ValueTask.CompletedTask;
                    },
                }
            );
        }

        try
        {
            return await pipeline.Build().ExecuteAsync(async token => await Session.OpenAsync(settings, token), cancel);
        }
        catch (Exception exception) when (cancel.IsCancellationRequested && exception is not OperationCanceledException)
        {
            // A handshake that is cut says so in many ways.
            throw new OperationCanceledException(exception.Message, exception, cancel);
        }
        catch (Exception exception)
            when (exception is NpgsqlException or SocketException or TimeoutException or IOException or ArgumentException)
        {
            throw new ConnectionException(
                IsTrust(exception) ? $"{Name}: {Distrust(exception)}" : $"{Name}: {Reason(exception)}{Next(exception)}",
                exception
            );
        }
    }

    /// <summary>What TLS cannot do without: no later try can help.</summary>
    private static bool IsTrust(Exception exception) =>
        exception
            is NpgsqlException
            {
                InnerException: AuthenticationException
                    or CryptographicException
                    or FileNotFoundException
                    or DirectoryNotFoundException
                    or UnauthorizedAccessException,
            };

    /// <summary>Npgsql does not say what it found wrong with a certificate.</summary>
    private string Distrust(Exception exception) =>
        exception.InnerException switch
        {
            AuthenticationException { InnerException: null } =>
                $"the server's certificate is not trusted: sslmode expects one that is signed by {settings.RootCertificate ?? "the host's authorities"}{(settings.SslMode == SslMode.VerifyFull ? $" and is for {settings.Host}" : "")};"
                    + " give the server's CA by sslrootcert, or correct the address",
            AuthenticationException { InnerException: { } why } => $"no TLS with the server: {why.Message}",
            var why =>
                $"TLS: {why!.Message.TrimEnd('.')}; correct sslrootcert{(settings.RootCertificate is { } file ? $" ({file})" : "")}, sslcert or sslkey: each is a PEM file that this user can read",
        };

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
                $"{Name} is a connection pooler in transaction (or statement) mode: session locks and settings do not hold there, so two "
                    + "migrations could run at once;"
                    + " connect to the server itself (--direct-url), or to a pool in session mode"
            );
        }
    }

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
            await using var second = await Session.OpenAsync(settings, both.Token);
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

    /// <summary>True where a later try may help.</summary>
    public static bool MayPass(Exception? exception) =>
        exception switch
        {
            PostgresException refused => !SqlStates.IsRefusal(refused.SqlState) && SqlStates.IsPassing(refused.SqlState),
            { } trust when IsTrust(trust) => false,
            NpgsqlException or SocketException or TimeoutException or IOException => true,
            _ => false,
        };

    private static string Reason(Exception exception) =>
        exception switch
        {
            PostgresException refused => $"{refused.MessageText} (SQLSTATE {refused.SqlState})",
            { InnerException: { } inner } => $"{exception.Message.TrimEnd('.')}: {inner.Message}",
            _ => exception.Message,
        };

    private static string Next(Exception exception) =>
        exception is PostgresException refused
            ? refused.SqlState switch
            {
                "28P01" => "; correct user and password",
                "28000" => "; check the user, and pg_hba.conf on the server",
                "3D000" => "; create the database, or correct its name",
                "42501" => "; grant the user CONNECT on the database",
                _ => "",
            }
            : "; check address, network policies and the server's health";
}
