using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

/// <summary>A denied permission comes with the statement that grants it.</summary>
public sealed class RightsTests
{
    [Theory]
    [InlineData("permission denied for table users", "as its owner, run: GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE users TO app")]
    [InlineData("permission denied for schema My", "as its owner, run: GRANT USAGE, CREATE ON SCHEMA \"My\" TO app")]
    [InlineData("permission denied for sequence s", "as its owner, run: GRANT USAGE, SELECT, UPDATE ON SEQUENCE s TO app")]
    [InlineData("permission denied for database shop", "as its owner, run: GRANT CREATE ON DATABASE shop TO app")]
    [InlineData("permission denied for materialized view v", "as its owner, run: GRANT SELECT ON TABLE v TO app")]
    [InlineData("permission denied to set role \"owner\"", "run: GRANT owner TO app")]
    [InlineData(
        "must be owner of table users",
        "only the owner of table users can do this: run the migration as its owner, or grant the owner's role to app (GRANT owner TO app)"
    )]
    [InlineData(
        "permission denied to create role",
        "app does not have this permission: grant it, or let a role that has it run this statement"
    )]
    public void What_to_grant(string message, string advice) => Assert.Equal(advice, Rights.Advice(message, "app"));

    [Theory]
    [InlineData("SELECT 1", "me")]
    [InlineData("SET ROLE low", "low")]
    [InlineData("set local role \"Low\"", "Low")]
    [InlineData("SET SESSION ROLE low", "low")]
    [InlineData("SET SESSION AUTHORIZATION low", "low")]
    [InlineData("set local session authorization \"Low\"", "Low")]
    [InlineData("SET SESSION SESSION AUTHORIZATION low", "low")]
    [InlineData("SET SESSION AUTHORIZATION low; SET ROLE other", "other")]
    [InlineData("SET SESSION AUTHORIZATION low; SET ROLE other; RESET ROLE", "low")]
    [InlineData("SET ROLE low; SET SESSION AUTHORIZATION DEFAULT", "me")]
    [InlineData("SET SESSION AUTHORIZATION low; RESET SESSION AUTHORIZATION", "me")]
    [InlineData("SET SESSION AUTHORIZATION 'low'; SET ROLE NONE", null)]
    [InlineData("SET ROLE low; SET ROLE NONE", "me")]
    [InlineData("SET ROLE 'low'", null)]
    public void To_whom(string before, string? role)
    {
        var statements = Splitter.Split("V1__x.sql", before + "; SELECT 2");
        var script = new Script
        {
            Path = "V1__x.sql",
            Name = new ScriptName(ScriptKind.Versioned, MigrationVersion.Parse("1"), "x"),
            Text = before,
            Checksum = 0,
            Body = new(new ScriptBody(statements, InTransaction: true)),
        };

        Assert.Equal(role, Rights.RoleAt(script, statements[^1], "me"));
    }
}
