namespace WaitFor.Migrate.Postgres;

/// <summary>Npgsql reads some of libpq's variables by itself, where the settings leave something open: PGSSLROOTCERT=system would be a file
/// for it, and PGCLIENTENCODING another encoding than that of its bytes. <see cref="ConnectionSettings"/> reads all of them.</summary>
internal static class DriverEnvironment
{
    /// <summary>Takes them out of this process; the environment of a wrapped tool was copied before.</summary>
    public static void Hide()
    {
        foreach (var row in ConnectionParameters.All)
        {
            if (row.Variable is { } variable && Environment.GetEnvironmentVariable(variable) is not null)
                Environment.SetEnvironmentVariable(variable, null);
        }
    }
}
