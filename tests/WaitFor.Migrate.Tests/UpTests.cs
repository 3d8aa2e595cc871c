namespace WaitFor.Migrate.Tests;

/// <summary>The main path: scripts are applied once, in their order, and recorded as Flyway does.</summary>
public sealed class UpTests
{
    [PostgresFact]
    public async Task Scripts_are_applied_in_the_order_of_their_versions_and_recorded()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V10__third.sql", "ALTER TABLE users ADD third int;");
        bed.Write("V2__second.sql", "ALTER TABLE users ADD second int;");
        bed.Write("V1__first.sql", "CREATE TABLE users (id int PRIMARY KEY);");
        bed.Write("R__view.sql", "CREATE OR REPLACE VIEW all_users AS SELECT * FROM users;");

        await bed.RunAsync("up");

        Assert.Equal(
            ["1|1|first|SQL|V1__first.sql|True", "2|2|second|SQL|V2__second.sql|True", "3|10|third|SQL|V10__third.sql|True", "4||view|SQL|R__view.sql|True"],
            await bed.QueryAsync("SELECT installed_rank, version, description, type, script, success FROM flyway_schema_history ORDER BY installed_rank"));
        Assert.Equal(["id", "second", "third"], await bed.QueryAsync("SELECT column_name FROM information_schema.columns WHERE table_name = 'users' ORDER BY ordinal_position"));
    }

    [PostgresFact]
    public async Task A_second_run_has_nothing_to_do()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__first.sql", "CREATE TABLE users (id int PRIMARY KEY);");
        await bed.RunAsync("up");

        Assert.Equal(["nothing to do: the database is at version 1"], await bed.RunAsync("up"));
    }
}
