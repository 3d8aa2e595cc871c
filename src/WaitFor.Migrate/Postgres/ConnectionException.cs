namespace WaitFor.Migrate.Postgres;

/// <summary>There is no usable connection: wrong settings, a refused password, a server that is not the right one. The message carries no
/// password.</summary>
internal sealed class ConnectionException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>A later try may succeed.</summary>
    public bool MayPass { get; init; }
}
