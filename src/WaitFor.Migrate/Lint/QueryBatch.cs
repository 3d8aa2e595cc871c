using Npgsql;
using WaitFor.Migrate.Postgres;

namespace WaitFor.Migrate.Lint;

/// <summary>Queries that go to the server in one round trip.</summary>
internal sealed class QueryBatch(Session session)
{
    private readonly List<(string Text, object[] Parameters, Action<NpgsqlDataReader>? Row)> _queries = [];

    /// <summary>Adds a query whose rows nobody reads; it returns some.</summary>
    public QueryBatch Add(string text)
    {
        _queries.Add((text, [], null));
        return this;
    }

    /// <summary>Adds a query.</summary>
    /// <returns>Takes its rows when the batch runs, after those of the queries before it.</returns>
    public List<T> Add<T>(string text, Func<NpgsqlDataReader, T> read, params object[] parameters)
    {
        var rows = new List<T>();
        _queries.Add((text, parameters, reader => rows.Add(read(reader))));
        return rows;
    }

    /// <summary>Runs all of them.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var (text, parameters, _) in _queries)
        {
            var command = new NpgsqlBatchCommand(text);
            foreach (var parameter in parameters)
                command.Parameters.Add(Session.Parameter(parameter));
            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancel);
        foreach (var (_, _, row) in _queries)
        {
            while (row is not null && await reader.ReadAsync(cancel))
                row(reader);
            await reader.NextResultAsync(cancel);
        }
    }
}
