using System.Text.Json.Nodes;
using Npgsql;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Flows;

/// <summary>A release of the service at work: its queries again and again, one after the other, until it is stopped or one of them
/// fails.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly NpgsqlConnection _connection;
    private readonly IReadOnlyList<string> _queries;
    private readonly Task _work;
    private int _rounds;

    private Traffic(NpgsqlConnection connection, IReadOnlyList<string> queries)
    {
        (_connection, _queries) = (connection, queries);
        _work = Task.Run(WorkAsync);
    }

    /// <summary>Connects, and starts.</summary>
    /// <param name="url">The database, for the user of the service.</param>
    /// <param name="file">The queries.</param>
    public static async Task<Traffic> StartAsync(string url, string file) => new(await PostgresServer.ConnectAsync(url), Read(file));

    /// <summary>Runs the queries of a file once.</summary>
    public static async Task OnceAsync(string url, string file)
    {
        await using var connection = await PostgresServer.ConnectAsync(url);
        await RoundAsync(connection, Read(file));
    }

    /// <summary>Completes when all queries were answered that are asked from now on, for a round.</summary>
    /// <exception cref="PostgresException">One of them failed, now or before.</exception>
    public async Task GoesOnAsync()
    {
        // The round at work may have begun before.
        var rounds = Volatile.Read(ref _rounds) + 2;
        await Cluster.UntilAsync("another round of queries", async () =>
        {
            if (_work.IsCompleted)
                await _work;
            return Volatile.Read(ref _rounds) >= rounds ? JsonValue.Create(true) : null;
        });
    }

    /// <summary>Lets the round at work end.</summary>
    /// <exception cref="PostgresException">A query failed.</exception>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _work;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)_work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync();
        _stop.Dispose();
    }

    private static List<string> Read(string file) =>
        [
            .. string.Join('\n', File.ReadLines(file).Where(line => !line.StartsWith("--", StringComparison.Ordinal)))
                .Split(';')
                .Select(query => query.Trim())
                .Where(query => query.Length > 0),
        ];

    private async Task WorkAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await RoundAsync(_connection, _queries);
            Interlocked.Increment(ref _rounds);
            // The migration has the same two cores.
            await Task.Delay(10);
        }
    }

    private static async Task RoundAsync(NpgsqlConnection connection, IReadOnlyList<string> queries)
    {
        foreach (var query in queries)
        {
            // Held back for good is what GoesOnAsync finds; a machine under load may take its time.
            await using var command = new NpgsqlCommand(query, connection) { CommandTimeout = 120 };
            await using var reader = await command.ExecuteReaderAsync();
            if (reader.FieldCount > 0 && !await reader.ReadAsync())
                throw new InvalidDataException($"finds nothing: {query}");
        }
    }
}
