using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>Tests of what depends on the server: an abstract class of them has one class that runs them on Debian's PostgreSQL, and one
/// that runs them on PostgreSQL 18.</summary>
public abstract class ServerTests(PostgresPackage package)
{
    /// <summary>Where the server of these tests comes from.</summary>
    protected PostgresPackage Package => package;

    /// <summary>Makes an empty database on that server.</summary>
    internal Task<Bed> CreateBedAsync() => Bed.CreateAsync(package);
}
