namespace WaitFor.Migrate.Tests.Tools;

/// <summary>With the driver pg of Node.js; who finds its lock taken ends with an error. All pending migrations are one transaction.
/// <see href="https://salsita.github.io/node-pg-migrate/"/></summary>
internal sealed class NodePgMigrate : Tool
{
    public override string Name => "node-pg-migrate";

    public override string Applied => "SELECT name FROM pgmigrations ORDER BY id";

    public override string[] Command(Bed bed) => [Npm("node-pg-migrate"), "up", "--migrations-dir", bed.Sql];

    public override void Write(Bed bed, int number, string sql) =>
        bed.Write($"170000000000{number}_m.sql", $"-- Up Migration\n{sql}\n-- Down Migration\n");
}
