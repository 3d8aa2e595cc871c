using Npgsql;
using WaitFor.Kubernetes.Access;

namespace WaitFor.Migrate.Postgres;

/// <summary>One connection, with nothing in between: no pool, no transaction unless one is asked for.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private int? _backend;

    private Session(NpgsqlDataSource source, NpgsqlConnection connection) => (_source, Connection) = (source, connection);

    /// <summary>The connection itself, for batches.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>The server's version, such as 15.4.</summary>
    public Version ServerVersion => Connection.PostgreSqlVersion;

    /// <summary>Connects once.</summary>
    /// <param name="settings">Where to.</param>
    /// <param name="configure">What the settings cannot say.</param>
    /// <param name="cancel">Ends the attempt.</param>
    /// <exception cref="NpgsqlException">It failed.</exception>
    public static async Task<Session> OpenAsync(
        NpgsqlConnectionStringBuilder settings,
        Action<NpgsqlSlimDataSourceBuilder> configure,
        CancellationToken cancel
    )
    {
        var own = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Pooling = false,
            Enlist = false,
            IncludeErrorDetail = true,
            IncludeFailedBatchedCommand = true,
            CommandTimeout = 0,
            CancellationTimeout = 2000,
            // It would cost a connection of its own each time, and a static executable cannot load libgssapi.
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        if (own is { SslMode: SslMode.VerifyCA or SslMode.VerifyFull, RootCertificate: null })
            HostStore.Need();
        else
            HostStore.LeaveUnread();
        var builder = new NpgsqlSlimDataSourceBuilder(own.ConnectionString);
        builder.EnableTransportSecurity();
        // Plain types need no look into the catalog, which would cost more than all the rest of a connect.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        configure(builder);
        var source = builder.Build();
        try
        {
            return new Session(source, await source.OpenConnectionAsync(cancel));
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    /// <summary>The process of the server that serves this session; a pooler in between reports another number.</summary>
    public async Task<int> BackendAsync(CancellationToken cancel) =>
        _backend ??= await ScalarAsync<int>("SELECT pg_backend_pid()", cancel);

    /// <summary>Cancels what a session's process is at work on, over another connection; nothing happens where none can be
    /// opened.
    /// <see href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL"/></summary>
    public async Task CancelAsync(int backend)
    {
        try
        {
            await using var other = await _source.OpenConnectionAsync(CancellationToken.None);
            await using var command = new NpgsqlCommand("SELECT pg_cancel_backend($1)", other);
            command.Parameters.Add(Parameter(backend));
            await command.ExecuteScalarAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or OperationCanceledException)
        {
            // The statement then ends by itself, or the time for the end is over.
        }
    }

    /// <summary>Runs statements that return nothing, in one round trip each.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Runs statements in one transaction that can write, whatever the session's default is, and in one round trip.</summary>
    public Task WriteAsync(string sql, CancellationToken cancel) => WriteAsync([sql], cancel);

    /// <inheritdoc cref="WriteAsync(string, CancellationToken)"/>
    public async Task WriteAsync(IEnumerable<string> statements, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(Connection);
        foreach (var sql in statements.Prepend(SessionState.BeginText).Append("COMMIT"))
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Ends an open transaction without effect; without one, nothing happens. A session that the server ends meanwhile (by the
    /// script's own idle_in_transaction_session_timeout) is rolled back with it: the failure before that is the one to report.</summary>
    public async Task RollBackAsync()
    {
        if (!Connection.FullState.HasFlag(System.Data.ConnectionState.Open))
            return;
        try
        {
            await ExecuteAsync("ROLLBACK", CancellationToken.None);
        }
        catch (NpgsqlException) when (!Connection.FullState.HasFlag(System.Data.ConnectionState.Open))
        {
            // The caller sees that the connection is closed, and has its own failure.
        }
    }

    /// <summary>The first column of the first row; null where there is none, or it is null.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, CancellationToken cancel, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteScalarAsync(cancel) is T value ? value : default;
    }

    /// <summary>All rows, read one by one.</summary>
    public async Task<List<T>> RowsAsync<T>(
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel,
        params object[] parameters
    )
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs a statement with positional parameters ($1, $2, ...).</summary>
    public async Task<int> ExecuteAsync(string sql, object?[] parameters, CancellationToken cancel)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await _source.DisposeAsync();
    }

    private NpgsqlCommand Command(string sql, object?[] parameters)
    {
        var command = new NpgsqlCommand(sql, Connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(Parameter(parameter));
        return command;
    }

    /// <summary>A positional parameter with its type told, so that nothing has to be guessed for null.</summary>
    internal static NpgsqlParameter Parameter(object? value) =>
        value switch
        {
            null => new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text, Value = DBNull.Value },
            NpgsqlParameter ready => ready,
            string text => new NpgsqlParameter<string> { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text, TypedValue = text },
            int number => new NpgsqlParameter<int> { TypedValue = number },
            long number => new NpgsqlParameter<long> { TypedValue = number },
            bool flag => new NpgsqlParameter<bool> { TypedValue = flag },
            _ => throw new ArgumentOutOfRangeException(nameof(value)),
        };
}
