using Npgsql;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>Statements that go to the server in one round trip, but for the data of <c>COPY ... FROM stdin</c>, which have a protocol of
/// their own.
/// <see href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY"/></summary>
internal sealed class Steps(Session session, Notices? notices)
{
    private readonly List<(string Text, Script? Script, Statement? Statement)> _all = [];
    private NpgsqlBatchCommandCollection? _batch;
    private int _at;

    /// <summary>Rows that the script's statements have inserted, updated or deleted.</summary>
    public long Affected { get; private set; }

    /// <summary>Adds statements of our own.</summary>
    public Steps Add(params IEnumerable<string> texts)
    {
        _all.AddRange(texts.Select(text => (text, (Script?)null, (Statement?)null)));
        return this;
    }

    /// <summary>Adds a script's statements.</summary>
    /// <param name="script">The script.</param>
    /// <param name="statements">Those of its statements that run.</param>
    public Steps Add(Script script, IEnumerable<Statement> statements)
    {
        // A transaction that was made read only stays so, but for the end of a subtransaction in which that happened.
        var savepoint = false;
        foreach (var statement in statements)
        {
            if (!savepoint && SessionSettings.MayStopWrites(statement) && Traits.ControlOf(statement) == TransactionControl.None)
            {
                Add("SAVEPOINT before_read_only");
                savepoint = true;
            }

            _all.Add((statement.Text, script, statement));
        }

        return savepoint ? Add(SessionState.FireText, "RELEASE SAVEPOINT before_read_only") : this;
    }

    /// <summary>Runs all of them.</summary>
    /// <returns>For each statement that returns rows: the text in its first row, where that is all; else null.</returns>
    public async Task<List<string?>> RunAsync(CancellationToken cancel)
    {
        var results = new List<string?>(_all.Count);
        for (_at = 0; _at < _all.Count; )
        {
            if (_all[_at] is { Statement: { Data: { } data } statement, Script: var script })
            {
                notices?.Follow(script, statement);
                await CopyAsync(session, statement.Text, data, cancel);
                _at++;
                continue;
            }

            await RunBatchAsync(results, cancel);
        }

        notices?.Pause();
        return results;
    }

    /// <summary>The script and its statement that failed; null for one of our own.</summary>
    public (Script? Script, Statement? Statement) FailedAt(PostgresException exception)
    {
        var index = _batch is null ? 0 : IndexOf(_batch, exception.BatchCommand);
        return index >= 0 && _at + index < _all.Count ? (_all[_at + index].Script, _all[_at + index].Statement) : default;
    }

    /// <summary>Whose reports a step's are: those of deferred triggers are the last statement's before them, as which one deferred them is
    /// not known.</summary>
    private (Script? Script, Statement? Statement) ReportedBy(int at)
    {
        if (_all[at].Text == SessionState.FireText)
        {
            while (at > 0 && _all[at].Statement is null)
                at--;
        }

        return (_all[at].Script, _all[at].Statement);
    }

    private async Task RunBatchAsync(List<string?> results, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        _batch = batch.BatchCommands;
        foreach (var (text, _, _) in _all.Skip(_at).TakeWhile(step => step.Statement?.Data is null))
            batch.BatchCommands.Add(new NpgsqlBatchCommand(text));
        var begin = _at;
        notices?.Follow(batch, index => ReportedBy(begin + index));
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
        {
            do
            {
                if (reader.FieldCount == 0)
                    continue;
                var isText = reader.FieldCount == 1 && reader.GetDataTypeName(0) == "text";
                results.Add(isText && await reader.ReadAsync(cancel) && !reader.IsDBNull(0) ? reader.GetString(0) : null);
            } while (await reader.NextResultAsync(cancel));
        }

        for (var index = 0; index < batch.BatchCommands.Count; index++)
        {
            if (_all[_at + index].Statement is not null)
                Affected += Math.Max(0, batch.BatchCommands[index].RecordsAffected);
        }

        _at += batch.BatchCommands.Count;
        _batch = null;
    }

    /// <summary>Runs a <c>COPY ... FROM stdin</c>. Npgsql gives up the connection if a token strikes while data is sent, and has no token
    /// for the end of a COPY: the server is asked to cancel it, over another connection.</summary>
    public static async Task CopyAsync(Session session, string text, string data, CancellationToken cancel)
    {
        var backend = await session.BackendAsync(cancel);
        var cancelling = Task.CompletedTask;
        try
        {
            // Unregistered last: the writer's end is what takes long.
            await using var registration = cancel.UnsafeRegister(_ => cancelling = session.CancelAsync(backend), null);
            await using var writer = await session.Connection.BeginTextImportAsync(text, cancel);
            await writer.WriteAsync(data.AsMemory(), CancellationToken.None);
        }
        catch (PostgresException exception) when (exception.SqlState == SqlStates.QueryCanceled && cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.MessageText, exception, cancel);
        }
        finally
        {
            // It must not strike a later statement.
            await cancelling;
        }
    }

    private static int IndexOf(NpgsqlBatchCommandCollection batch, NpgsqlBatchCommand? command)
    {
        for (var index = 0; index < batch.Count; index++)
        {
            if (ReferenceEquals(batch[index], command))
                return index;
        }

        return -1;
    }
}
