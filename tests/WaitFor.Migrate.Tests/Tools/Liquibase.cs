namespace WaitFor.Migrate.Tests.Tools;

/// <summary>Java and the driver pgjdbc, which gives its connections its own name. Its lock is a row of a table: who is cut leaves it
/// behind, and the next one waits five minutes for it and fails, unless it is released.
/// <see href="https://docs.liquibase.com/concepts/tracking-tables/databasechangeloglock-table.html"/></summary>
internal sealed class Liquibase : Tool
{
    public override string Name => "liquibase";

    public override string Applied => "SELECT id, exectype, orderexecuted, md5sum FROM databasechangelog ORDER BY orderexecuted";

    // Half the time that the start takes goes to a compiler that such a short run has no use for.
    public override IReadOnlyDictionary<string, string> Variables(Bed bed) =>
        new Dictionary<string, string>
        {
            ["JAVA_OPTS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            ["LIQUIBASE_COMMAND_URL"] = $"jdbc:postgresql://{Server(bed).Authority}{Server(bed).AbsolutePath}",
            ["LIQUIBASE_COMMAND_USERNAME"] = Server(bed).UserInfo.Split(':')[0],
            ["LIQUIBASE_COMMAND_PASSWORD"] = Server(bed).UserInfo.Split(':')[1],
        };

    public override string[] Command(Bed bed) =>
        [Program, "--show-banner=false", $"--search-path={bed.Sql}", "update", "--changelog-file=changelog.sql"];

    public override string[] Recover(Bed bed) => [Program, "--show-banner=false", "release-locks"];

    public override void Write(Bed bed, int number, string sql)
    {
        if (number == 1)
            bed.Write("changelog.sql", "--liquibase formatted sql\n");
        File.AppendAllText(
            Path.Combine(bed.Sql, "changelog.sql"),
            $"\n--changeset test:{number}\n{sql.Replace("; ", ";\n", StringComparison.Ordinal)}\n"
        );
    }

    private static string Program => Path.Combine(Modules, "liquibase", "dist", "liquibase", "liquibase");

    private static Uri Server(Bed bed) => new(bed.Url);
}
