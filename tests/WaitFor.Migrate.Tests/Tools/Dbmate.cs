namespace WaitFor.Migrate.Tests.Tools;

/// <summary>A wrapper in JavaScript around a Go program, with the driver lib/pq; it takes no lock of its own.
/// <see href="https://github.com/amacneil/dbmate"/></summary>
internal sealed class Dbmate : Tool
{
    public override string Name => "dbmate";

    public override string Applied => "SELECT version FROM schema_migrations ORDER BY version";

    public override int Failed => 2;

    public override string[] Command(Bed bed) => [Npm("dbmate"), "--migrations-dir", bed.Sql, "--no-dump-schema", "up"];

    public override void Write(Bed bed, int number, string sql) =>
        bed.Write($"170000000000{number}_m.sql", $"-- migrate:up\n{sql}\n-- migrate:down\n");
}
