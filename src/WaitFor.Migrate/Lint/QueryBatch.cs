using Npgsql;
using WaitFor.Migrate.Postgres;

namespace WaitFor.Migrate.Lint;

/// <summary>Queries, and statements of a script between them, that go to the server in one round trip.</summary>
internal sealed class QueryBatch(Session session)
{
    /// <summary>The name of the first column of a query before which nobody knows how many results there are.</summary>
    public const string Mark = "lint_mark";

    private readonly List<string> _texts = [];
    private readonly List<(bool IsMark, Action<NpgsqlDataReader>? Row)> _results = [];

    /// <summary>Adds a statement that may return rows or none; a query with <see cref="Mark"/> must follow.</summary>
    public QueryBatch AddForeign(params IEnumerable<string> texts)
    {
        _texts.AddRange(texts);
        return this;
    }

    /// <summary>Adds a query whose rows nobody reads.</summary>
    public QueryBatch Add(string text)
    {
        _texts.Add(text);
        _results.Add((text.Contains(Mark, StringComparison.Ordinal), null));
        return this;
    }

    /// <summary>Adds a query.</summary>
    /// <returns>Takes its rows when the batch runs, after those of the queries before it.</returns>
    public List<T> Add<T>(string text, Func<NpgsqlDataReader, T> read)
    {
        var rows = new List<T>();
        _texts.Add(text);
        _results.Add((false, reader => rows.Add(read(reader))));
        return rows;
    }

    /// <summary>Runs all of them.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var text in _texts)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(text));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        foreach (var (isMark, row) in _results)
        {
            while (isMark && reader.GetName(0) != Mark && await reader.NextResultAsync(cancel))
            {
                // What the script's statement returns.
            }

            while (row is not null && await reader.ReadAsync(cancel))
                row(reader);
            await reader.NextResultAsync(cancel);
        }
    }
}
