using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary>What --quick does not run is judged by its text, and what a shadow database runs without rows by its kind.</summary>
public sealed class UnrunTests
{
    [PostgresFact]
    public async Task What_quick_does_not_run_is_judged_by_its_text()
    {
        (string Sql, string[] Rules)[] cases =
        [
            ("ALTER TABLE users DROP COLUMN nickname", ["drop-column"]),
            ("ALTER TABLE IF EXISTS public.users DROP IF EXISTS nickname CASCADE, ALTER age DROP DEFAULT", ["drop-column", "drop-default"]),
            ("ALTER TABLE users DROP COLUMN IF EXISTS nothing", []),
            ("ALTER TABLE users DROP CONSTRAINT users_age", []),
            ("ALTER TABLE users RENAME nickname TO alias", ["rename-column"]),
            ("ALTER TABLE users RENAME CONSTRAINT users_age TO a", []),
            ("ALTER TABLE users RENAME TO people", ["rename-table"]),
            ("ALTER TABLE users SET SCHEMA app", ["move-schema"]),
            ("ALTER TABLE users ALTER COLUMN age TYPE text", ["change-type"]),
            ("ALTER TABLE users ALTER COLUMN age SET NOT NULL", ["set-not-null"]),
            ("ALTER TABLE users ALTER COLUMN email SET NOT NULL", []),
            ("ALTER TABLE users ALTER COLUMN email DROP NOT NULL", ["drop-not-null"]),
            ("ALTER TABLE users ADD COLUMN a int, ADD COLUMN b numeric(10, 2) DEFAULT 1 NOT NULL", []),
            ("ALTER TABLE users ADD a int NOT NULL", ["not-null-without-default"]),
            ("ALTER TABLE users ADD CHECK (age > 1)", ["blocking-lock", "new-constraint"]),
            ("ALTER TABLE users ADD CONSTRAINT c CHECK (age > 1) NOT VALID", ["new-constraint"]),
            ("ALTER TABLE users OWNER TO lint_web, ENABLE ROW LEVEL SECURITY", ["owner-changed", "row-security-enabled"]),
            ("ALTER TABLE events DETACH PARTITION events_2024", ["detach-not-concurrent"]),
            ("DROP TABLE users CASCADE", ["drop-table"]),
            ("TRUNCATE users CASCADE", ["truncate"]),
            ("CLUSTER users USING users_pkey", ["rewrite"]),
            ("REINDEX TABLE users", ["reindex-not-concurrent"]),
            ("LOCK TABLE users", []),
        ];
        using var bed = await LintBed.CreateAsync(PostgresPackage.Debian, LintBed.Read("Shop.sql"));
        foreach (var (sql, rules) in cases)
        {
            var findings = await bed.JudgeAsync([sql], "--big-table 1000 --quick");

            Assert.Equal((sql, string.Join(' ', rules)), (sql, string.Join(' ', findings.Select(finding => finding.Rule).Order())));
            Assert.All(findings, finding => Assert.EndsWith("(judged by its text: --quick did not run it)", finding.Message));
        }
    }

    [PostgresFact]
    public async Task On_a_shadow_database_sizes_are_those_of_the_named_one()
    {
        using var bed = await Bed.CreateAsync();
        bed.Write("V1__shop.sql", LintBed.Read("Shop.sql"));
        await bed.RunAsync("up");
        bed.Write("V2__update.sql", "UPDATE users SET nickname = name;\nUPDATE settings SET value = 'x' WHERE name = 's1';");
        bed.Write("V10__empty.sql", "UPDATE empty_log SET line = 'x'; DELETE FROM empty_log WHERE id = 1;");
        bed.Write("V3__check.sql", "ALTER TABLE users ADD CHECK (score >= 0);");
        bed.Write("V4__index.sql", "CREATE UNIQUE INDEX CONCURRENTLY users_nickname ON users (nickname);");
        bed.Write("V5__truncate.sql", "TRUNCATE settings;");
        bed.Write("V6__rewrite.sql", "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();");
        bed.Write("V7__small.sql", "ALTER TABLE countries ADD COLUMN token uuid DEFAULT gen_random_uuid();");
        bed.Write("V8__vacuum.sql", "VACUUM FULL users;");
        bed.Write("V9__new.sql", "CREATE TABLE fresh (id bigint PRIMARY KEY); CREATE INDEX ON fresh (id); UPDATE fresh SET id = 1;");

        var (_, output, _) = await bed.LintAsync("lint --shadow --big-table 1000 --long 1h");

        var found = output
            .Split('\n')
            .Where(line => line.StartsWith('V'))
            .Select(line => string.Join(':', line.Split(':').Where((_, at) => at != 2).Take(4)));
        Assert.Equal(
            [
                "V2__update.sql:1: error: big-update",
                "V3__check.sql:1: warning: blocking-lock",
                "V3__check.sql:1: warning: new-constraint",
                "V4__index.sql:1: notice: new-constraint",
                "V5__truncate.sql:1: error: truncate",
                "V6__rewrite.sql:1: error: rewrite",
                "V8__vacuum.sql:1: error: rewrite",
                "V10__empty.sql:1: warning: big-update",
            ],
            found
        );
    }
}
