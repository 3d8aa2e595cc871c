using Microsoft.Extensions.Logging;
using Npgsql;
using WaitFor.Kubernetes;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>What the server reports while a script runs (<c>RAISE NOTICE</c>, <c>RAISE WARNING</c>), in the log as it comes.
/// <see href="https://www.postgresql.org/docs/current/plpgsql-errors-and-messages.html"/></summary>
internal sealed class Notices : IDisposable
{
    /// <summary>The most lines of a script, for warnings and for the rest: one that reports each of a million rows must not bury what
    /// matters.</summary>
    private const int Most = 100;

    private readonly Dictionary<(LogLevel Level, string Place, string Text), int> _counts = [];
    private readonly NpgsqlConnection _connection;
    private readonly string _path;
    private readonly ILogger _log;
    private Func<(Script? Script, Statement? Statement)> _current = () => default;
    private readonly int[] _printed = new int[2];
    private readonly int[] _more = new int[2];

    public Notices(NpgsqlConnection connection, string path, ILogger log)
    {
        (_connection, _path, _log) = (connection, path, log);
        connection.Notice += OnNotice;
    }

    /// <summary>Says which statement of a batch runs, for the lines to come.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="statementOf">The statement that a command of the batch stands for; null for one of our own.</param>
    public void Follow(NpgsqlBatch batch, Func<int, (Script? Script, Statement? Statement)> statementOf)
    {
        var at = 0;
        _current = () =>
        {
            // The type of a command is known once it has completed.
            while (at < batch.BatchCommands.Count && batch.BatchCommands[at].StatementType != StatementType.Unknown)
                at++;
            return at < batch.BatchCommands.Count ? statementOf(at) : default;
        };
    }

    /// <summary>Says which statement runs, for the lines to come.</summary>
    public void Follow(Script? script, Statement? statement) => _current = () => (script, statement);

    /// <summary>Says which statement runs, until it ends: what is cleaned up after its failure says nothing about the script.</summary>
    public async Task DuringAsync(Script script, Statement statement, Func<Task> run)
    {
        Follow(script, statement);
        try
        {
            await run();
        }
        finally
        {
            Pause();
        }
    }

    /// <summary>Says that our own statements run, whose reports are nobody's business.</summary>
    public void Pause() => _current = () => default;

    /// <summary>Stops, and says what was repeated, and how much was left out.</summary>
    public void Dispose()
    {
        _connection.Notice -= OnNotice;
        foreach (var ((level, place, text), count) in _counts)
        {
            if (count == 1)
                continue;
            if (_printed[Budget(level)] < Most)
                Print(level, place, $"{text} ({count} times in all)");
            else
                _more[Budget(level)] += count - 1;
        }

        if (_more[0] > 0)
            _log.LogInformation("{Script}: notices that are not shown: {Count}", _path, _more[0]);
        if (_more[1] > 0)
            _log.LogWarning("{Script}: warnings that are not shown: {Count}", _path, _more[1]);
    }

    private static int Budget(LogLevel level) => level == LogLevel.Warning ? 1 : 0;

    private void OnNotice(object sender, NpgsqlNoticeEventArgs arguments)
    {
        var notice = arguments.Notice;
        var level = notice.InvariantSeverity switch
        {
            "WARNING" => LogLevel.Warning,
            "NOTICE" => LogLevel.Information,
            _ => LogLevel.Debug,
        };
        if (_current() is not (Script: { } script, Statement: { } statement) || !_log.IsEnabled(level))
            return;
        // After a statement outside a transaction has failed, our own ROLLBACK has nothing to do.
        if (notice.SqlState == SqlStates.NoTransaction && Traits.Of(statement) != Surroundings.Any)
            return;
        var text = ApiFault.OneLine(notice.MessageText);
        if (notice.Detail is { Length: > 0 } detail)
            text += $"; detail: {ApiFault.OneLine(detail)}";
        if (notice.Hint is { Length: > 0 } hint)
            text += $"; hint: {ApiFault.OneLine(hint)}";
        var key = (level, $"{script.Path}, line {statement.Line}", text);
        if (_counts.TryGetValue(key, out var count))
        {
            _counts[key] = count + 1;
        }
        else if (_printed[Budget(level)] < Most)
        {
            _counts[key] = 1;
            Print(level, key.Item2, text);
        }
        else
        {
            _more[Budget(level)]++;
        }
    }

    private void Print(LogLevel level, string place, string text)
    {
        _printed[Budget(level)]++;
        _log.Log(level, "{Place}: {Text}", place, text);
    }
}
