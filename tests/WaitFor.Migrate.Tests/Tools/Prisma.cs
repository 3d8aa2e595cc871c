using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Tools;

/// <summary>Prisma Migrate with the schema engine that is part of its npm package (WebAssembly) and the driver pg of Node.js: the native
/// engine is in no registry. A migration that was cut is recorded as failed, and nothing runs until that is resolved.
/// <see href="https://www.prisma.io/docs/orm/prisma-migrate/workflows/patching-and-hotfixing"/></summary>
internal sealed class Prisma : Tool
{
    public override string Name => "prisma";

    public override string Applied =>
        "SELECT migration_name, checksum, applied_steps_count FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at";

    // It refuses a schema that is not empty (P3005).
    public override string Schema => "deploy";

    public override IReadOnlyDictionary<string, string> Variables(Bed bed) =>
        new Dictionary<string, string>
        {
            // It would download them. The native schema engine is started for one question only, before "resolve": whether the database
            // answers, which the exit code 0 says.
            ["PRISMA_QUERY_ENGINE_LIBRARY"] = "/dev/null",
            ["PRISMA_SCHEMA_ENGINE_BINARY"] = "/bin/true",
            ["CHECKPOINT_DISABLE"] = "1",
            ["PRISMA_HIDE_UPDATE_MESSAGE"] = "1",
            ["MIGRATIONS"] = bed.Sql,
        };

    public override string[] Command(Bed bed) => Migrate("deploy");

    public override string[] Recover(Bed bed) => Migrate("resolve", "--rolled-back", Folder(2));

    public override void Write(Bed bed, int number, string sql)
    {
        bed.Write("migration_lock.toml", "provider = \"postgresql\"\n");
        // The engine over the driver sends statement by statement: without a transaction, a cut migration stays half done.
        bed.Write($"{Folder(number)}/migration.sql", $"BEGIN;\n{sql}\nCOMMIT;\n");
    }

    private static string[] Migrate(params string[] arguments) =>
        [
            Npm("prisma"),
            "migrate",
            .. arguments,
            "--config",
            Path.Combine(Repository.Root, "tests", "tools", "npm", "prisma", "prisma.config.mjs"),
        ];

    private static string Folder(int number) => $"2024010100000{number}_m";
}
