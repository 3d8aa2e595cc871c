using WaitFor.Findings;
using WaitFor.Migrate.Lint;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary>What lint reads from the text of scripts.</summary>
public sealed class LintTextTests
{
    [Theory]
    [InlineData(" migrate: allow drop-column  last reader was v40", "drop-column", "last reader was v40")]
    [InlineData("migrate:allow   drop-column\tlast  reader ", "drop-column", "last  reader")]
    [InlineData(" migrate: allow drop-column", "drop-column", "")]
    [InlineData(" migrate: allow", "", "")]
    [InlineData(" migrate: batch table=users key=id", null, null)]
    [InlineData(" allow drop-column  why", null, null)]
    [InlineData(" please migrate: allow drop-column  why", null, null)]
    public void An_allowance_names_rule_and_reason(string comment, string? rule, string? reason) =>
        Assert.Equal(rule is null ? null : new Allowance(rule, reason!, "V1.sql", 7), AllowanceComments.Of("V1.sql", comment, 7));

    [Fact]
    public void Comments_have_lines_and_are_not_what_looks_like_one()
    {
        const string text =
            "-- one\r\nSELECT '-- two', \"-- three\", $$\n-- four\n$$ -- five\n  , 1; /* -- six\n-- seven */ --eight\n"
            + "COPY t FROM stdin;\n-- nine\n\\.\n--";

        Assert.Equal([(" one", 1), (" five", 4), ("eight", 6), ("", 10)], Splitter.Comments("x.sql", text));
    }

    [Theory]
    [InlineData("CREATE ROLE app", true)]
    [InlineData("CREATE USER app", true)]
    [InlineData("CREATE USER MAPPING FOR app SERVER s", false)]
    [InlineData("ALTER ROLE app IN DATABASE shop SET x = 1", true)]
    [InlineData("DROP DATABASE x", true)]
    [InlineData("GRANT app TO admin", true)]
    [InlineData("GRANT CONNECT, CREATE ON DATABASE shop TO app", true)]
    [InlineData("GRANT SELECT ON ALL TABLES IN SCHEMA public TO app", false)]
    [InlineData("GRANT SELECT (id) ON users TO app", false)]
    [InlineData("REVOKE app FROM admin", true)]
    [InlineData("COMMENT ON TABLE users IS 'x'", false)]
    [InlineData("COMMENT ON DATABASE shop IS 'x'", true)]
    [InlineData("ALTER SYSTEM SET x = 1", true)]
    [InlineData("CREATE TABLE role (id int)", false)]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", true)]
    public void What_belongs_to_the_server_is_known(string text, bool isOfServer) =>
        Assert.Equal(isOfServer, ServerWide.Is(new Statement(text, 0, 1, 1)));

    [Theory]
    [InlineData("SELECT 1", null)]
    [InlineData("BEGIN; SELECT 1", null)]
    [InlineData("SAVEPOINT a; ROLLBACK TO a; RELEASE a", null)]
    [InlineData("CREATE TEMP TABLE t (id int) ON COMMIT DROP", null)]
    [InlineData("COPY (SELECT 'to' FROM t) TO stdin", null)]
    [InlineData("COPY t FROM '/data/x.csv' WITH (FORMAT csv)", null)]
    [InlineData("COPY t (a) FROM PROGRAM 'x'", "COPY with a program")]
    [InlineData("COPY (SELECT 1) TO '/tmp/x'", "COPY with a program")]
    [InlineData("END TRANSACTION", "END TRANSACTION would end")]
    [InlineData("ROLLBACK AND CHAIN", "ROLLBACK AND CHAIN would end")]
    [InlineData("PREPARE TRANSACTION 'x'", "PREPARE TRANSACTION would end")]
    [InlineData("COMMIT PREPARED 'x'", "COMMIT PREPARED would end")]
    [InlineData("SELECT * FROM dblink_get_result('c') AS t(a int)", "dblink_get_result acts outside")]
    [InlineData("DO $$ BEGIN EXECUTE 'SELECT dblink_exec(''x'')'; END $$", "dblink_exec acts outside")]
    [InlineData("SELECT lo_export(1, 'x')", "lo_export acts outside")]
    public void What_no_rollback_takes_back_is_known(string text, string? why)
    {
        var script = ScriptOf("V1__x.sql", text);
        if (why is null)
        {
            Escapes.Refuse(script);
            return;
        }

        var refusal = Assert.Throws<MigrationException>(() => Escapes.Refuse(script));
        Assert.Equal(2, refusal.ExitCode);
        Assert.StartsWith($"V1__x.sql, line 1: {why}", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Statement count and kind of each part: T in a transaction, A by itself, R rolled back.</summary>
    [Theory]
    [InlineData("SELECT 1; SELECT 2", "T2")]
    [InlineData("BEGIN; SELECT 1; COMMIT", "T1")]
    [InlineData("SELECT 1; COMMIT; SELECT 2; SELECT 3", "T1 T2")]
    [InlineData("SELECT 1; ROLLBACK; SELECT 2", "R1 T1")]
    [InlineData("SELECT 1; CREATE INDEX CONCURRENTLY x ON t (a); SELECT 2", "T1 A1 T1")]
    [InlineData("BEGIN; SELECT 1; SELECT 2; COMMIT; VACUUM t", "T2 A1")]
    [InlineData("VACUUM t; DO $$ BEGIN COMMIT; END $$", "A1 A1")]
    public void A_script_is_taken_apart_as_up_runs_it(string text, string parts) =>
        Assert.Equal(
            parts,
            string.Join(
                ' ',
                Segment
                    .Of(ScriptOf("V1__x.sql", text))
                    .Select(part => $"{(part.Begin is null ? "A" : part.RolledBack ? "R" : "T")}{part.Statements.Count}")
            )
        );

    [Theory]
    [InlineData("", "2 3 R", "2 3 R")]
    [InlineData("since 2", "2 3 R", "3 R")]
    [InlineData("only V3__c.sql", "2 3", "3")]
    [InlineData("only V2__b.sql", "2", "2")]
    public void On_the_database_runs_what_is_pending(string asked, string runs, string judged)
    {
        var scripts = Scripts();
        var plan = LintPlan.OnDatabase(scripts, [scripts[1], scripts[2], scripts[3]], Settings(asked));

        Assert.Equal((runs, judged), (Names(plan), Names(plan.Where(one => one.Judged))));
    }

    [Theory]
    [InlineData("", "1 2 R 3", "3")]
    [InlineData("since 2", "1 2 R 3", "3")]
    [InlineData("since 1", "1 2 3 R", "2 3")]
    [InlineData("only V2__b.sql", "1 2", "2")]
    [InlineData("only R__d.sql", "1 2 3 R", "R")]
    public void On_a_shadow_all_runs_and_what_is_judged_comes_last(string asked, string runs, string judged)
    {
        var scripts = Scripts();
        var plan = LintPlan.OnShadow(scripts, scripts, [scripts[2]], Settings(asked));

        Assert.Equal((runs, judged), (Names(plan), Names(plan.Where(one => one.Judged))));
        Assert.Equal("1 2 3 R", Names(LintPlan.OnShadow(scripts, scripts, pending: null, new LintSettings()).Where(one => one.Judged)));
    }

    [Fact]
    public void Without_a_history_what_is_asked_for_runs_alone() =>
        Assert.Equal("3 R", Names(LintPlan.OnDatabase(Scripts(), pending: null, Settings("since 2"))));

    [Fact]
    public void Additive_only_takes_no_excuse_for_what_takes_away()
    {
        var script = ScriptOf("V1__x.sql", "-- migrate: allow drop-column  why\n-- migrate: allow rewrite  why\nSELECT 1");
        var rehearsal = new Rehearsal(Catalog.Empty, [], new LintOptions());

        Assert.Empty(Judge(additiveOnly: false));
        Assert.Equal(["drop-column"], Judge(additiveOnly: true));

        IEnumerable<string> Judge(bool additiveOnly) =>
            new LintReport(new LintSettings { Options = new LintOptions(AdditiveOnly: additiveOnly) }, [new Fixed()], "1")
                .Judge(rehearsal, [script])
                .Select(finding => finding.Rule);
    }

    private sealed class Fixed : ILintRule
    {
        public IReadOnlyList<Rule> Rules { get; } =
            [new("drop-column", Level.Error, "A column is gone", "Keep it"), new("rewrite", Level.Error, "It is rewritten", "Do not")];

        public IEnumerable<Finding> Judge(Rehearsal rehearsal) =>
            Rules.Select(rule => new Finding(rule.Name, rule.Level, "V1__x.sql", 1, 1, null, rule.Summary, null));
    }

    private static List<Script> Scripts() =>
        [
            ScriptOf("V1__a.sql", "SELECT 1"),
            ScriptOf("V2__b.sql", "SELECT 1"),
            ScriptOf("V3__c.sql", "SELECT 1"),
            ScriptOf("R__d.sql", "SELECT 1"),
        ];

    private static LintSettings Settings(string asked) =>
        asked.Split(' ') switch
        {
            ["since", var version] => new LintSettings { Since = MigrationVersion.Parse(version) },
            ["only", var file] => new LintSettings { Only = [file] },
            _ => new LintSettings(),
        };

    private static string Names(IEnumerable<PlannedScript> plan) =>
        string.Join(' ', plan.Select(one => one.Script.Name.Version?.Text ?? "R"));

    private static Script ScriptOf(string path, string text)
    {
        var name = new ScriptNames(new Migrate.Flyway.FlywaySettings()).Read(path).Name!;
        var statements = Splitter.Split(path, text);
        var apart = statements.Any(one => Traits.Of(one) is Surroundings.NoTransaction or Surroundings.Concurrently);
        var whole = !apart && Block.Of(statements, always: true) is [] or [{ End: not BlockEnd.Rollback }];
        return new Script
        {
            Path = path,
            Name = name,
            Text = text,
            Checksum = 0,
            Body = new(new ScriptBody(statements, whole, EndsTransactions: !apart && !whole)),
        };
    }
}
