using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Batch;

/// <summary>What a batched script may hold.</summary>
public sealed class BatchRulesTests
{
    [Theory]
    [InlineData("UPDATE users SET seen = 1 WHERE ${batch}")]
    [InlineData("UPDATE users SET seen = 1 WHERE (a OR b) AND ${batch} AND (seen = 0 OR seen IS NULL)")]
    [InlineData("UPDATE users SET seen = (a OR b)::int, b = a OR b WHERE ${batch}")]
    [InlineData("UPDATE users u SET seen = o.n FROM orders o WHERE o.user_id = u.id AND ${batch}")]
    [InlineData("DELETE FROM users WHERE ${batch} AND gone RETURNING id")]
    [InlineData("DELETE FROM users USING old WHERE ${batch}")]
    [InlineData("INSERT INTO archive SELECT * FROM users WHERE ${batch} ON CONFLICT (id) DO UPDATE SET a = excluded.a OR archive.a")]
    [InlineData("INSERT INTO archive (id) (SELECT id FROM users WHERE ${batch})")]
    [InlineData("WITH gone AS (DELETE FROM users WHERE ${batch} RETURNING *) INSERT INTO archive SELECT * FROM gone")]
    [InlineData("WITH RECURSIVE x AS (SELECT 1) UPDATE users SET seen = 1 WHERE ${batch}")]
    [InlineData("UPDATE users SET last = (SELECT id FROM orders WHERE user_id = users.id ORDER BY at DESC LIMIT 1) WHERE ${batch}")]
    [InlineData("UPDATE users SET last = (SELECT id FROM orders FETCH FIRST ROW ONLY) WHERE ${batch}")]
    [InlineData("UPDATE users SET last = o.limit, \"limit\" = 5, a = 'LIMIT 5' /* LIMIT 5 */ FROM o WHERE ${batch} -- LIMIT 5")]
    [InlineData("SET lock_timeout = '1s'; SET LOCAL work_mem = '64MB'; UPDATE users SET seen = 1 WHERE ${batch}; RESET lock_timeout")]
    [InlineData("SELECT set_config('app.tenant', '1', false); UPDATE users SET seen = 1 WHERE ${batch}")]
    public void These_run(string statements)
    {
        var script = BatchScripts.Read($"{BatchScripts.Line}\n{statements};");

        Assert.Equal((null, false, false), (script.Unusable, script.InTransaction, script.EndsTransactions));
    }

    [Theory]
    [InlineData("", 1, "there is no statement; write one UPDATE, DELETE or INSERT ... SELECT with WHERE ${batch}")]
    [InlineData("SET a.b = 1;", 1, "there is no statement")]
    [InlineData("UPDATE users SET seen = 1;", 2, "${batch} does not occur in the statement, so every batch would change all rows")]
    [InlineData("UPDATE users SET note = '${batch}';", 2, "${batch} does not occur in the statement")]
    [InlineData("UPDATE users SET seen = 1 -- WHERE ${batch}\n;", 2, "${batch} does not occur in the statement")]
    [InlineData("UPDATE users SET seen = 1 WHERE ${batch};\nDELETE FROM users;", 3, "this is another one (the first is in line 2)")]
    [InlineData("UPDATE users SET seen = 1 WHERE ${batch};\nVACUUM users;", 3, "a batched script has one statement besides SET")]
    [InlineData("BEGIN;\nUPDATE users SET seen = 1 WHERE ${batch};\nCOMMIT;", 2, "BEGIN: each batch has its own transaction; remove "
        + "it")]
    [InlineData("UPDATE users SET seen = 1 WHERE ${batch};\nCOMMIT;", 3, "COMMIT: each batch has its own transaction")]
    [InlineData("SELECT * FROM users WHERE ${batch};", 2, "only UPDATE, DELETE and INSERT ... SELECT can")]
    [InlineData("WITH x AS (UPDATE users SET seen = 1 WHERE ${batch} RETURNING *) SELECT * FROM x;", 2, "only UPDATE, DELETE and INSERT")]
    [InlineData("MERGE INTO a USING users ON ${batch} WHEN MATCHED THEN DELETE;", 2, "MERGE INTO A USING cannot run in batches")]
    [InlineData("DO $$ BEGIN UPDATE users SET seen = 1 WHERE ${batch}; END $$;", 2, "cannot run in batches")]
    [InlineData("TRUNCATE users;", 2, "TRUNCATE USERS cannot run in batches")]
    [InlineData("ALTER TABLE users ADD a int;", 2, "cannot run in batches")]
    [InlineData("INSERT INTO users VALUES (1);", 2, "INSERT without SELECT has no rows to walk")]
    [InlineData("DELETE FROM users WHERE id IN (SELECT id FROM users\nWHERE ${batch} LIMIT 10);", 3, "LIMIT would leave rows out")]
    [InlineData("DELETE FROM users WHERE id IN (SELECT id FROM users LIMIT 10) AND ${batch};", 2, "LIMIT would leave rows out")]
    [InlineData("DELETE FROM users WHERE id IN (SELECT id FROM (SELECT id FROM users WHERE ${batch}) x LIMIT "
        + "1);", 2, "LIMIT would leave rows out")]
    [InlineData("INSERT INTO a SELECT * FROM users WHERE ${batch} LIMIT 1;", 2, "LIMIT would leave rows out")]
    [InlineData("INSERT INTO a SELECT * FROM users WHERE ${batch} OFFSET 5;", 2, "OFFSET would leave rows out")]
    [InlineData("INSERT INTO a SELECT * FROM users WHERE ${batch} FETCH FIRST 5 ROWS ONLY;", 2, "FETCH would leave rows out")]
    [InlineData("UPDATE users SET a = (SELECT 1 FROM b OFFSET 3) WHERE ${batch};", 2, "OFFSET would leave rows out")]
    [InlineData("UPDATE users SET seen = 1 WHERE ${batch} AND a IS NULL OR b IS NULL;", 2, "OR beside ${batch} lets every batch change "
        + "rows")]
    [InlineData("UPDATE users SET seen = 1 WHERE a OR ${batch};", 2, "OR beside ${batch}")]
    [InlineData("UPDATE users SET seen = 1 WHERE NOT ${batch};", 2, "NOT ${batch} is every other batch")]
    [InlineData("UPDATE users SET seen = ${batch};", 2, "${batch} is not in a WHERE clause")]
    [InlineData("UPDATE users SET seen = (${batch})::int WHERE seen = 0;", 2, "${batch} is not in a WHERE clause")]
    public void These_are_refused_with_their_line(string statements, int line, string why)
    {
        var refusal = Assert.Throws<ScriptException>(() => BatchScripts.Read($"{BatchScripts.Line}\n{statements}"));

        Assert.StartsWith($"V43__fill.sql, line {line}: batch: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("R__fill.sql")]
    [InlineData("B43__fill.sql")]
    [InlineData("afterMigrate.sql")]
    public void Only_a_versioned_script_runs_in_batches(string name) => Assert.Equal(
            $"{name}, line 1: batch: only a versioned script (V...) runs in batches; make it one, or remove the batch line",
            Assert.Throws<ScriptException>(() => BatchScripts.Read($"{BatchScripts.Line}\n{BatchScripts.Update}", name)).Message
        );

    [Fact]
    public void It_cannot_run_in_one_transaction_as_well() => Assert.Equal(
            "V43__fill.sql, line 1: batch: V43__fill.sql.conf says executeInTransaction=true, but each batch has its own transaction; "
                + "remove that setting, or the batch line",
            Assert.Throws<ScriptException>(() =>
                BatchScripts.Read($"{BatchScripts.Line}\n{BatchScripts.Update}", conf: "executeInTransaction=true")
            ).Message
        );

    [Fact]
    public void That_it_cannot_is_no_contradiction() =>
        Assert.NotNull(BatchScripts.Read($"{BatchScripts.Line}\n{BatchScripts.Update}", conf: "executeInTransaction=false").Batch);
}
