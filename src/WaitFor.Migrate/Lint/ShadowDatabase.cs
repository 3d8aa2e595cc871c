using Microsoft.Extensions.Logging;
using Npgsql;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>A database that is made for one run, on the server of the named one, and dropped at its end.</summary>
internal sealed class ShadowDatabase : IAsyncDisposable
{
    /// <summary>What dropping it may take at the end, also after a signal.</summary>
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(15);

    private const string ObjectInUse = "55006";
    private const string UndefinedDatabase = "3D000";

    private readonly Session _session;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    private ShadowDatabase(Session session, string name, TimeProvider time, ILogger log) =>
        (_session, Name, _time, _log) = (session, name, time, log);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Makes one, and drops what killed runs have left.</summary>
    /// <param name="session">A session on the named database, which stays open as long.</param>
    /// <param name="database">The named database.</param>
    /// <param name="random">The source of the name's end.</param>
    /// <param name="time">The clock of time limits.</param>
    /// <param name="log">For people.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="ConnectionException">The role cannot make databases.</exception>
    public static async Task<ShadowDatabase> CreateAsync(
        Session session,
        string database,
        Random random,
        TimeProvider time,
        ILogger log,
        CancellationToken cancel
    )
    {
        var (role, may, now, named) = (
            await session.RowsAsync(
                """
                SELECT current_user::text, r.rolcreatedb OR r.rolsuper, clock_timestamp() AT TIME ZONE 'UTC', current_database()::text
                FROM pg_roles r WHERE r.rolname = current_user
                """,
                reader => (reader.GetString(0), reader.GetBoolean(1), reader.GetDateTime(2), reader.GetString(3)),
                cancel
            )
        )[0];
        if (!may)
            throw new ConnectionException(
                $"--shadow creates its own database, and the role {role} cannot create databases; run ALTER ROLE "
                    + $"{Identifier.Quote(role)} CREATEDB as an administrator, give a URL with a role that can, or lint without "
                    + "--shadow on a copy"
            );
        await SweepAsync(session, named, now, log, cancel);
        var shadow = new ShadowDatabase(session, ShadowName.Of(named, now, (uint)random.NextInt64(0, 1L << 32)), time, log);
        log.LogInformation("the shadow database {Name} is made for {Database}", shadow.Name, database);
        try
        {
            // Not cut half way: the server would go on with it.
            await session.ExecuteAsync(await CreateTextAsync(session, shadow.Name, cancel), CancellationToken.None);
            foreach (var text in await SettingTextsAsync(session, shadow.Name, cancel))
                await session.ExecuteAsync(text, CancellationToken.None);
            return shadow;
        }
        catch
        {
            await shadow.DisposeAsync();
            throw;
        }
    }

    /// <summary>Drops it.</summary>
    public async ValueTask DisposeAsync()
    {
        using var parting = new CancellationTokenSource(Parting, _time);
        try
        {
            await DropAsync(_session, Name, parting.Token);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or InvalidOperationException)
        {
            _log.LogWarning(
                "the shadow database {Name} could not be dropped: {Reason}; a run after an hour drops it, or: DROP DATABASE {Quoted}",
                Name,
                exception.Message,
                Identifier.Quote(Name)
            );
        }
    }

    /// <summary>Encoding and locale are the named database's; template0 is what nobody is connected to.</summary>
    private static async Task<string> CreateTextAsync(Session session, string name, CancellationToken cancel)
    {
        var major = session.ServerVersion.Major;
        var (provider, locale) = major switch
        {
            >= 17 => ("d.datlocprovider::text", "d.datlocale"),
            >= 15 => ("d.datlocprovider::text", "d.daticulocale"),
            _ => ("'c'", "NULL::text"),
        };
        return (
            await session.RowsAsync(
                $"""
                SELECT pg_encoding_to_char(d.encoding)::text, d.datcollate::text, d.datctype::text, {provider}, {locale}
                FROM pg_database d WHERE d.datname = current_database()
                """,
                reader =>
                    $"CREATE DATABASE {Identifier.Quote(name)} TEMPLATE template0 ENCODING {Identifier.Literal(reader.GetString(0))} "
                    + $"LC_COLLATE {Identifier.Literal(reader.GetString(1))} LC_CTYPE {Identifier.Literal(reader.GetString(2))}"
                    + reader.GetString(3) switch
                    {
                        "i" => $" LOCALE_PROVIDER icu ICU_LOCALE {Identifier.Literal(reader.GetString(4))}",
                        "b" => $" LOCALE_PROVIDER builtin BUILTIN_LOCALE {Identifier.Literal(reader.GetString(4))}",
                        _ => "",
                    },
                cancel
            )
        )[0];
    }

    /// <summary>What <c>ALTER DATABASE ... SET</c> has set for the named one, such as the search path.</summary>
    private static async Task<List<string>> SettingTextsAsync(Session session, string name, CancellationToken cancel)
    {
        var settings = await session.RowsAsync(
            """
            SELECT unnest(s.setconfig) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
            WHERE s.setrole = 0 AND d.datname = current_database()
            """,
            reader => reader.GetString(0).Split('=', 2),
            cancel
        );
        // A list of names stands as it is written; it is none where the whole is quoted.
        return
        [
            .. settings.Select(pair =>
                $"ALTER DATABASE {Identifier.Quote(name)} SET {string.Join('.', pair[0].Split('.').Select(Identifier.Quote))} TO "
                + (pair[0] is "search_path" or "temp_tablespaces" or "session_preload_libraries" ? pair[1] : Identifier.Literal(pair[1]))
            ),
        ];
    }

    private static async Task SweepAsync(Session session, string named, DateTime now, ILogger log, CancellationToken cancel)
    {
        var all = await session.RowsAsync(
            "SELECT datname::text FROM pg_database WHERE pg_has_role(datdba, 'USAGE')",
            reader => reader.GetString(0),
            cancel
        );
        foreach (var name in all.Where(name => ShadowName.IsLeftOver(name, named, now)))
        {
            try
            {
                // Without force: a run that takes that long is still connected.
                await session.ExecuteAsync($"DROP DATABASE IF EXISTS {Identifier.Quote(name)}", cancel);
                log.LogInformation("dropped: the shadow database {Name}, left by a run that was killed", name);
            }
            catch (PostgresException exception) when (exception.SqlState is ObjectInUse or UndefinedDatabase)
            {
                log.LogDebug("{Name} is left alone: {Reason}", name, exception.MessageText);
            }
        }
    }

    /// <summary>The server may need a moment to end a session that has just been closed; from 13 on it can be told not to wait.</summary>
    private static Task DropAsync(Session session, string name, CancellationToken cancel) =>
        session.ExecuteAsync(
            $"DROP DATABASE IF EXISTS {Identifier.Quote(name)}{(session.ServerVersion.Major >= 13 ? " WITH (FORCE)" : "")}",
            cancel
        );
}
