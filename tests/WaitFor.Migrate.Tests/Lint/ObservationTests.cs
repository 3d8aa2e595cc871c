using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary>What the rehearsal sees of a statement, on a real server.</summary>
public abstract class ObservationTests(PostgresPackage package) : ServerTests(package)
{
    private const string AccessExclusive = "AccessExclusiveLock";

    private const string Users = """
        CREATE TABLE users (id bigint PRIMARY KEY, age int NOT NULL, name varchar(20));
        INSERT INTO users SELECT i, i, 'n' FROM generate_series(1, 1000) AS i;
        CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
        INSERT INTO orders SELECT i, i FROM generate_series(1, 100) AS i;
        CREATE VIEW names AS SELECT id, name FROM users;
        CREATE TYPE mood AS ENUM ('sad', 'ok');
        CREATE FUNCTION twice(a int) RETURNS int LANGUAGE sql AS 'SELECT 2 * a';
        """;

    private async Task<Bed> PrepareAsync(string pending)
    {
        var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", Users);
        await bed.RunAsync("up");
        bed.Write("V2__pending.sql", pending);
        return bed;
    }

    [PostgresTheory]
    [InlineData("ALTER TABLE users ALTER COLUMN age TYPE bigint;")]
    [InlineData("DO $$ BEGIN ALTER TABLE users ALTER COLUMN age TYPE bigint; END $$;")]
    [InlineData("DO $$ BEGIN EXECUTE 'ALTER TABLE us' || 'ers ALTER COLUMN age TYPE bigint'; END $$;")]
    [InlineData("DO $$ BEGIN BEGIN ALTER TABLE users ALTER COLUMN age TYPE bigint; EXCEPTION WHEN others THEN NULL; END; END $$;")]
    [InlineData("SET search_path = public, pg_catalog; ALTER TABLE users ALTER COLUMN age TYPE bigint;")]
    public async Task A_change_of_type_rewrites_under_the_strongest_lock(string pending)
    {
        using var bed = await PrepareAsync(pending);
        var rehearsal = await bed.ObserveAsync();
        var seen = rehearsal.Observations[^1];
        var (before, after) = (seen.Before.Table("users"), seen.After.Table("users"));

        Assert.True(seen.Ran);
        Assert.NotEqual(before.FileNode, after.FileNode);
        Assert.Equal(("integer", "bigint"), (before.Columns[2].Type, after.Columns[2].Type));
        Assert.Equal([AccessExclusive], seen.Modes(before.Oid).Where(mode => mode == AccessExclusive));
        Assert.True(seen.Scanned[before.Oid] >= 1000);
        Assert.InRange(seen.Took, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
        Assert.Same(rehearsal.Origin.Routines, seen.After.Routines);
        Assert.Same(before, rehearsal.Origin.Table("users"));
    }

    [PostgresFact]
    public async Task Rows_are_counted_by_relation()
    {
        using var bed = await PrepareAsync(
            """
            UPDATE users SET name = 'm' WHERE id <= 300;
            DELETE FROM orders WHERE id <= 10;
            INSERT INTO orders VALUES (1000, 1);
            DO $$ BEGIN FOR i IN 1..5 LOOP UPDATE users SET age = i WHERE id = i; END LOOP; END $$;
            SELECT count(*) FROM users;
            """
        );
        var rehearsal = await bed.ObserveAsync();
        var (users, orders) = (rehearsal.Origin.Table("users").Oid, rehearsal.Origin.Table("orders").Oid);
        var seen = rehearsal.Observations;

        Assert.Equal(300, seen[0].Updated[users]);
        Assert.Equal((10, 10), (seen[1].Updated[orders], seen[1].Changed[orders]));
        Assert.Equal((1, false), (seen[2].Changed[orders], seen[2].Updated.ContainsKey(orders)));
        Assert.Equal(5, seen[3].Updated[users]);
        Assert.Empty(seen[4].Changed);
        Assert.Equal(1000, seen[4].Scanned[users]);
        Assert.All(seen, one => Assert.Same(one.Before, one.After));
        Assert.Single(seen.Select(one => one.Transaction).Distinct());
    }

    [PostgresFact]
    public async Task Objects_come_and_go()
    {
        using var bed = await PrepareAsync(
            """
            CREATE TABLE fresh (id int PRIMARY KEY, at timestamptz DEFAULT now());
            ALTER TABLE fresh ADD COLUMN note text;
            CREATE INDEX users_name ON users (name);
            DROP VIEW names;
            ALTER TYPE mood ADD VALUE 'happy';
            DROP FUNCTION twice(int);
            ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users NOT VALID;
            ALTER TABLE orders VALIDATE CONSTRAINT orders_user;
            ALTER TABLE users RENAME COLUMN name TO title;
            ALTER SCHEMA public RENAME TO app;
            """
        );
        var rehearsal = await bed.ObserveAsync();
        var (origin, seen) = (rehearsal.Origin, rehearsal.Observations);

        Assert.DoesNotContain(origin.Relations.Values, table => table.Name == "fresh");
        Assert.Equal(["id", "at"], seen[0].After.Table("fresh").Columns.Values.Select(column => column.Name));
        Assert.Equal("now()", seen[0].After.Table("fresh").Columns[2].Default);
        Assert.Equal(3, seen[1].After.Table("fresh").Columns.Count);
        var index = Assert.Single(seen[2].After.Indexes.Values, index => index.Name == "users_name");
        Assert.Equal((origin.Table("users").Oid, false), (index.Relation, index.Unique));
        Assert.Equal(["ShareLock"], seen[2].Modes(index.Relation).Where(mode => mode == "ShareLock"));
        Assert.Equal(1000, seen[2].Scanned[index.Relation]);
        Assert.Contains(seen[3].Before.Relations.Values, view => view is { Name: "names", Kind: 'v', Definition: not null });
        Assert.DoesNotContain(seen[3].After.Relations.Values, view => view.Name == "names");
        Assert.Equal(["sad", "ok", "happy"], Assert.Single(seen[4].After.Types.Values).Labels.Values);
        Assert.Contains(seen[5].Before.Routines.Values, routine => routine.Title == "function public.twice(a integer)");
        Assert.Empty(seen[5].After.Routines);
        var key = Assert.Single(seen[6].After.Constraints.Values, constraint => constraint.Name == "orders_user");
        Assert.Equal((false, 'f', origin.Table("users").Oid), (key.Validated, key.Kind, key.References));
        Assert.Equal([2], key.Columns.Select(column => (int)column));
        Assert.True(seen[7].After.Constraints[key.Oid].Validated);
        Assert.Equal("title", seen[8].After.Table("users").Columns[3].Name);
        // What a definition names changes with it.
        Assert.Contains("(title)", seen[8].After.Indexes[index.Oid].Definition, StringComparison.Ordinal);
        Assert.Equal("app", seen[9].After.Table("users").Schema);
    }

    [PostgresFact]
    public async Task What_one_look_after_another_reads_is_what_a_whole_look_reads()
    {
        using var bed = await PrepareAsync(
            """
            CREATE TABLE parts (id int, at date NOT NULL) PARTITION BY RANGE (at);
            CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
            CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS all_of_them FROM users;
            ALTER TABLE users ALTER COLUMN age SET DEFAULT 7, ADD CHECK (age > 0), ADD COLUMN more serial;
            ALTER TABLE users ALTER COLUMN age DROP DEFAULT;
            CREATE OR REPLACE VIEW names AS SELECT id, name, age FROM users;
            ALTER TABLE users DROP CONSTRAINT users_age_check;
            CREATE DOMAIN positive AS int NOT NULL DEFAULT 1 CHECK (value > 0);
            ALTER DOMAIN positive DROP NOT NULL;
            CREATE TYPE pair AS (a int, b text);
            ALTER TYPE pair ADD ATTRIBUTE c int;
            ALTER TYPE mood RENAME VALUE 'sad' TO 'down';
            GRANT SELECT ON users TO PUBLIC;
            GRANT SELECT (id) ON orders TO PUBLIC;
            ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
            CREATE UNIQUE INDEX orders_user ON orders (user_id, lower(user_id::text)) WHERE id > 3;
            CREATE SCHEMA app;
            ALTER TABLE orders SET SCHEMA app;
            CREATE OR REPLACE FUNCTION twice(a int) RETURNS int LANGUAGE sql AS 'SELECT 3 * a';
            DROP TABLE parts;
            TRUNCATE users;
            REINDEX TABLE users;
            """
        );
        var last = (await bed.ObserveAsync()).Observations[^1].After;
        await bed.RunAsync("up");
        bed.Write("V3__nothing.sql", "SELECT 1;");
        var now = (await bed.ObserveAsync()).Origin;

        Assert.Equal(Texts(now), Texts(last));
    }

    /// <summary>All that the catalogs say, but for the numbers that differ from run to run.</summary>
    private static List<string> Texts(Migrate.Lint.Catalog catalog)
    {
        string Name(uint oid) => catalog.Relations.TryGetValue(oid, out var relation) ? relation.Name : "";
        string List<T>(IEnumerable<T>? all) => all is null ? "null" : string.Join('|', all);
        return
        [
            .. catalog
                .Relations.Values.Where(relation => relation.Name != "flyway_schema_history")
                .Select(relation =>
                    $"{relation.Kind} {relation.Title} {relation.Owner} {relation.RowSecurity} {List(relation.Acl)} {relation.Partition} "
                    + $"{Name(relation.Parent)} {relation.Definition} "
                    + List(relation.Columns.Values.Select(column => $"{column with { TypeOid = 0, Acl = null }} {List(column.Acl)}"))
                )
                .Order(StringComparer.Ordinal),
            .. catalog
                .Indexes.Values.Where(index => Name(index.Relation) != "flyway_schema_history")
                .Select(index => $"{index.Definition} {index.Unique} {index.Primary} {index.Valid} {List(index.Columns)} {index.Partial}")
                .Order(StringComparer.Ordinal),
            .. catalog
                .Constraints.Values.Where(constraint => Name(constraint.Relation) != "flyway_schema_history")
                .Select(constraint =>
                    $"{Name(constraint.Relation)} {constraint.Name} {constraint.Kind} {constraint.Validated} {constraint.Definition} "
                    + List(constraint.Columns)
                )
                .Order(StringComparer.Ordinal),
            .. catalog
                .Routines.Values.Select(routine => $"{routine.Title} {routine.Result} {List(routine.Acl)}")
                .Order(StringComparer.Ordinal),
            .. catalog
                .Types.Values.Select(type => $"{type.Title} {type.Kind} {List(type.Labels.Values)} {type.Definition}")
                .Order(StringComparer.Ordinal),
            .. catalog.Namespaces.Values.Select(schema => schema.Title).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>In one transaction an earlier script holds the lock already: it counts for the later one as well.</summary>
    [PostgresFact]
    public async Task Each_script_has_its_own_locks()
    {
        using var bed = await PrepareAsync("ALTER TABLE users ADD COLUMN one int; ALTER TABLE users ADD COLUMN two int;");
        bed.Write(
            "V3__more.sql",
            "ALTER TABLE users ADD COLUMN three int; UPDATE orders SET user_id = 1; ALTER TABLE users ADD COLUMN four int;"
        );
        bed.Write("V4__index.sql", "CREATE INDEX ON users (age); UPDATE orders SET user_id = 2;");
        var rehearsal = await bed.ObserveAsync();
        var (users, orders) = (rehearsal.Origin.Table("users").Oid, rehearsal.Origin.Table("orders").Oid);
        var seen = rehearsal.Observations;

        Assert.Equal([[AccessExclusive], [], [AccessExclusive], [], [], ["ShareLock"], []], seen.Select(one => one.Modes(users)));
        Assert.Equal([[], [], [], ["RowExclusiveLock"], [], [], ["RowExclusiveLock"]], seen.Select(one => one.Modes(orders)));
        Assert.Equal([1, 1, 2, 2, 2, 3, 3], Ranks(seen.Select(one => one.Transaction)));
    }

    [PostgresFact]
    public async Task In_a_shadow_database_each_script_has_its_own_locks_too()
    {
        using var bed = await PrepareAsync("ALTER TABLE users ADD COLUMN one int;");
        bed.Write("V3__more.sql", "ALTER TABLE users ADD COLUMN three int;");
        bed.Write("V4__index.sql", "CREATE INDEX CONCURRENTLY users_age ON users (age);");
        var rehearsal = await bed.ObserveAsync("lint --shadow");
        var users = rehearsal.Origin.Table("users").Oid;

        Assert.Equal([[AccessExclusive], [AccessExclusive], []], rehearsal.Observations.Select(one => one.Modes(users)));
        Assert.All(rehearsal.Observations, one => Assert.True(one.Ran));
        Assert.Contains(rehearsal.Observations[^1].After.Indexes.Values, index => index is { Name: "users_age", Valid: true });
    }

    [PostgresFact]
    public async Task Sizes_are_those_of_the_named_database()
    {
        using var bed = await PrepareAsync("ALTER TABLE users ADD COLUMN one int; CREATE TABLE fresh (id int);");
        await bed.ExecuteAsync("ANALYZE users", "CREATE TABLE by_hand (id int)");
        var (own, shadow) = (await bed.ObserveAsync(), await bed.ObserveAsync("lint --shadow"));

        Assert.Equal((1000, false), (own.Origin.Table("users").Rows, own.Options.Shadow));
        Assert.Equal((1000, true), (shadow.Origin.Table("users").Rows, shadow.Options.Shadow));
        Assert.Equal(own.Origin.Table("users").Bytes, shadow.Origin.Table("users").Bytes);
        Assert.Equal(-1, shadow.Observations[^1].After.Table("fresh").Rows);
        // It was never analyzed: it is not more than its pages hold.
        Assert.InRange(own.Origin.Table("orders").Rows, 100, 400);
        Assert.Equal(0, own.Origin.Table("by_hand").Rows);
    }

    private static List<int> Ranks(IEnumerable<int> numbers)
    {
        var all = numbers.ToList();
        var distinct = all.Distinct().ToList();
        return all.ConvertAll(number => distinct.IndexOf(number) + 1);
    }
}

public sealed class ObservationTestsOnDebian() : ObservationTests(PostgresPackage.Debian);

public sealed class ObservationTestsOn18() : ObservationTests(PostgresPackage.Npm);
