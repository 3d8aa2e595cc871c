using Microsoft.Extensions.Logging;
using Npgsql;
using WaitFor.Migrate.Sql;
using WaitFor.Process;

namespace WaitFor.Migrate.Postgres;

/// <summary>Runs what a script consists of: again where a lock could not be acquired, and with the place of a failure.</summary>
internal sealed class Attempts(
    Session session,
    SessionState state,
    LockWatch watch,
    LockPatience patience,
    TimeProvider time,
    Random random,
    ILogger log
)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private string? _holders;

    /// <summary>Tries again where a lock could not be acquired, or deadlock detected: both were rolled back.</summary>
    /// <param name="script">The script.</param>
    /// <param name="run">One try.</param>
    /// <param name="pause">Waits between two attempts.</param>
    public async Task RetryAsync(Script script, Func<Task> run, Func<TimeSpan, Task> pause)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await run();
                return;
            }
            catch (MigrationException exception)
                when (attempt <= patience.Retries
                    && session.Connection.State == System.Data.ConnectionState.Open
                    && exception.InnerException
                        is PostgresException { SqlState: SqlStates.LockNotAvailable or SqlStates.DeadlockDetected } busy
                )
            {
                var longest = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempt - 1), LongestPause.TotalSeconds));
                var length = longest * (0.5 + (random.NextDouble() / 2));
                log.LogInformation(
                    "{Script}: {Reason}; attempt {Next} of {All} in {Pause}",
                    script.Path,
                    busy.SqlState == SqlStates.DeadlockDetected ? "deadlock detected" : Busy(script),
                    attempt + 1,
                    patience.Retries + 1,
                    GoDuration.Format(TimeSpan.FromMilliseconds((long)length.TotalMilliseconds))
                );
                await pause(length);
            }
        }
    }

    /// <summary>Waits.</summary>
    public Task PauseAsync(TimeSpan length, CancellationToken cancel) => Task.Delay(length, time, cancel);

    /// <summary>Runs, rolls back what is left open, and says where it failed.</summary>
    /// <param name="script">The script.</param>
    /// <param name="running">The statements that run.</param>
    /// <param name="run">Runs them.</param>
    /// <param name="failed">The script, or callback, that failed, and its statement; null where it was none of them.</param>
    /// <param name="cancel">Ends it.</param>
    /// <param name="aftermath">What the end says of what was done; null: what the script's kind says.</param>
    /// <exception cref="MigrationException">It failed.</exception>
    public async Task GuardAsync(
        Script script,
        IEnumerable<Statement> running,
        Func<Task> run,
        Func<PostgresException, (Script? Script, Statement? Statement)> failed,
        CancellationToken cancel,
        string? aftermath = null
    )
    {
        _holders = null;
        try
        {
            var ownLimit = SessionSettings.MentionsLockTimeout(script.Statements);
            await watch.RunAsync(state.Backend, run, ownLimit, holders => Seen(script, running, holders));
        }
        catch (PostgresException exception) when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            await session.RollBackAsync();
            var holders = exception.SqlState == SqlStates.LockNotAvailable ? _holders : null;
            var (of, statement) = failed(exception);
            throw new MigrationException(
                ExitCode.Failed,
                SqlFailure.Describe(of ?? script, statement, exception, state.Login, holders, aftermath),
                exception
            );
        }
        catch (NpgsqlException exception) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancel);
        }
        catch (NpgsqlException exception)
        {
            throw new MigrationException(
                ExitCode.Connection,
                $"{script.Path}: the connection broke: {Innermost(exception)}; the server finishes the current statement, or rolls it "
                    + "back; start again: the next run waits until the server is done, and continues from there",
                exception
            );
        }
        catch (OperationCanceledException)
        {
            await session.RollBackAsync();
            throw;
        }
    }

    /// <summary>A wait for a lock without a limit is worth a line while it lasts.</summary>
    private void Seen(Script script, IEnumerable<Statement> running, string holders)
    {
        var first = Interlocked.Exchange(ref _holders, holders) is null;
        if (first && running.Any(statement => Traits.Of(statement) == Surroundings.Concurrently))
            log.LogInformation("{Script}: waiting for a lock, or for older transactions to end: {Holders}", script.Path, holders);
    }

    private string Busy(Script script)
    {
        var within = SessionSettings.MentionsLockTimeout(script.Statements)
            ? "the script's lock_timeout"
            : GoDuration.Format(patience.Limit);
        return $"could not acquire a lock within {within}" + (_holders is null ? "" : $": held by {_holders}");
    }

    /// <summary>Npgsql's own message is only "Exception while reading from stream".</summary>
    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        return exception.Message;
    }
}
