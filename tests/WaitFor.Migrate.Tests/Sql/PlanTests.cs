using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

/// <summary>Scripts against history. A script is its file name, with "*" behind it where its text has changed; a row is "rank type version
/// description", with "!" where it failed.</summary>
public sealed class PlanTests
{
    [Theory]
    // nothing, new, all applied
    [InlineData("", "", "", "")]
    [InlineData("V1__a V2__b", "", "1:Pending 2:Pending", "V1__a V2__b")]
    [InlineData("V10__c V2__b V1__a", "", "1:Pending 2:Pending 10:Pending", "V1__a V2__b V10__c")]
    [InlineData("V1__a V2__b", "SQL/1/a SQL/2/b", "1:Applied 2:Applied", "")]
    [InlineData("V1__a V2__b V3__c", "SQL/1/a SQL/2/b", "1:Applied 2:Applied 3:Pending", "V3__c")]
    [InlineData("V1.0__a V2_1__b", "SQL/1/a SQL/2.1.0/b", "1.0:Applied 2_1:Applied", "")]
    [InlineData("V1 V2", "SQL/1/<<_no_description_>>", "1:Applied 2:Pending", "V2")]
    // repeatable ones
    [InlineData("R__v V1__a R__u", "", "1:Pending u:Pending v:Pending", "V1__a R__u R__v")]
    [InlineData("R__v V1__a", "SQL/1/a SQL//v", "1:Applied v:Applied", "")]
    [InlineData("R__v* V1__a", "SQL/1/a SQL//v", "1:Applied v:Changed v:Pending", "R__v")]
    [InlineData("R__v V1__a", "SQL/1/a SQL//v SQL//v", "1:Applied v:Superseded v:Applied", "")]
    [InlineData("R__v V1__a V2__b", "SQL/1/a SQL//v", "1:Applied v:Applied 2:Pending", "V2__b")]
    [InlineData("R__v", "SQL//v! SQL//v", "v:Superseded v:Applied", "")]
    // baseline, schema
    [InlineData("V1__a V2__b V3__c", "BASELINE/2/base", "2:Mark 1:BelowBaseline 2:BelowBaseline 3:Pending", "V3__c")]
    [InlineData("V1__a", "SCHEMA//<<_schema_>>", "<<_schema_>>:Mark 1:Pending", "V1__a")]
    [InlineData(
        "V1__a V2__b V3__c",
        "SCHEMA//<<_schema_>> BASELINE/1/base SQL/2/b",
        "<<_schema_>>:Mark 1:Mark 2:Applied 1:BelowBaseline 3:Pending",
        "V3__c"
    )]
    // B scripts: on an empty history the newest of them, else none
    [InlineData("V1__a V2__b B2__base V3__c", "", "1:BelowBaseline 2:BelowBaseline 3:Pending 2:Pending", "B2__base V3__c")]
    [InlineData("B1__old B2__base R__v", "", "2:Pending v:Pending", "B2__base R__v")]
    [InlineData("V1__a B2__base", "SCHEMA//<<_schema_>>", "<<_schema_>>:Mark 1:BelowBaseline 2:Pending", "B2__base")]
    [InlineData("V1__a V2__b B2__base V3__c", "SQL_BASELINE/2/base", "2:Applied 1:BelowBaseline 3:Pending", "V3__c")]
    [InlineData("V1__a V2__b B2__base V3__c", "SQL/1/a", "1:Applied 2:Pending 3:Pending", "V2__b V3__c")]
    [InlineData("V3__c", "SQL_BASELINE/2/base", "2:Applied 3:Pending", "V3__c")]
    // a newer release was here
    [InlineData("V1__a", "SQL/1/a SQL/2/b", "1:Applied 2:Future", "")]
    [InlineData("", "SQL/1/a", "1:Future", "")]
    // marked as deleted by repair
    [InlineData("V2__b", "SQL/1/a SQL/2/b DELETE/1/a", "1:Mark 2:Applied 1:Mark", "")]
    [InlineData("", "SQL//v DELETE//v", "v:Mark v:Mark", "")]
    [InlineData("R__v", "SQL//v DELETE//v", "v:Mark v:Mark v:Pending", "R__v")]
    [InlineData("V1__a", "SQL/1/a DELETE/1/a SQL/1/a", "1:Mark 1:Mark 1:Applied", "")]
    // taken back by undo, unless the undo failed
    [InlineData("V1__a V2__b", "SQL/1/a SQL/2/b UNDO_SQL/2/b", "1:Applied 2:Mark 2:Mark 2:Pending", "V2__b")]
    [InlineData("V1__a V2__b", "SQL/1/a SQL/2/b UNDO_SQL/2/b SQL/2/b", "1:Applied 2:Mark 2:Mark 2:Applied", "")]
    // no description: as Flyway writes it, and as an earlier version did
    [InlineData("V1 V2", "SQL/1/", "1:Applied 2:Pending", "V2")]
    public void What_fits_together(string scripts, string history, string lines, string pending)
    {
        var plan = Plan.Make(Scripts(scripts), History(history), new PlanRules());

        Assert.Empty(plan.Problems);
        Assert.Equal(lines.Replace('_', '.'), Show(plan).Replace('_', '.'));
        Assert.Equal(pending, string.Join(' ', plan.Pending.Select(script => script.Path[..^".sql".Length])));
    }

    [Theory]
    [InlineData("V1__a V2__b", "SQL/2/b", "2:Applied 1:OutOfOrder", "V1__a.sql", "1 is out of order: 2 is applied", "--out-of-order")]
    [InlineData("V1__a* V2__b", "SQL/1/a", "1:Changed 2:Pending", "V1__a.sql", "was changed after it was applied", "migrate repair")]
    [InlineData(
        "V1__z V2__b",
        "SQL/1/a#V1__z",
        "1:Changed 2:Pending",
        "V1__z.sql",
        "was renamed after it was applied (from \"a\")",
        "migrate repair"
    )]
    [InlineData("V1 V2__b", "SQL/1/a#V1", "1:Changed 2:Pending", "V1.sql", "was renamed", "migrate repair")]
    [InlineData("V1__a V2__b", "SQL/1/<<_no_description_>>#V1__a", "1:Changed 2:Pending", "V1__a.sql", "was renamed", "migrate repair")]
    [InlineData(
        "V2__b",
        "SQL/1/a SQL/2/b",
        "1:Missing 2:Applied",
        "version 1 (V1__a.sql)",
        "was applied, but its file was not found",
        "migrate repair"
    )]
    // recordings 237, 459, 461
    [InlineData("V1__a", "SQL/1/a SQL//v", "1:Applied v:Missing", "the repeatable script \"v\"", "its file was not", "migrate repair")]
    [InlineData("V1__a", "SQL/1/a#null", "1:Changed", "V1__a.sql", "(checksum none then", "migrate repair")]
    [InlineData("V1__a V3__c", "SQL/1/a JDBC/2/java", "1:Applied 2:Missing 3:Pending", "version 2", "its file was not", "migrate repair")]
    [InlineData("V1__a", "JDBC/1/a", "1:Changed", "V1__a.sql", "it was applied as JDBC, and is now SQL", "migrate repair")]
    [InlineData("V1__a V2__b", "SQL/1/a!", "1:Failed 2:Pending", "version 1 (V1__a.sql)", "failed before", "migrate repair")]
    [InlineData("R__v", "SQL//v!", "v:Failed v:Pending", "the repeatable script \"v\"", "failed before", "migrate repair")]
    [InlineData("V1__a", "SQL/2/b!", "2:Failed 1:OutOfOrder", "version 2 (V2__b.sql)", "failed before", "migrate repair")]
    [InlineData(
        "V1__a V2__b",
        "SQL/1/a SQL/2/b UNDO_SQL/2/b!",
        "1:Applied 2:Applied 2:Failed",
        "version 2 (V2__b.sql)",
        "failed before",
        "migrate repair"
    )]
    [InlineData("V1__a B2__base*", "SQL_BASELINE/2/base", "2:Changed 1:BelowBaseline", "B2__base.sql", "was changed", "migrate repair")]
    public void What_does_not(string scripts, string history, string lines, string who, string why, string next)
    {
        var plan = Plan.Make(Scripts(scripts), History(history), new PlanRules());

        Assert.Equal(lines, Show(plan));
        Assert.StartsWith(who, plan.Problems[0], StringComparison.Ordinal);
        Assert.Contains(why, plan.Problems[0], StringComparison.Ordinal);
        Assert.Contains(next, plan.Problems[0], StringComparison.Ordinal);
    }

    [Theory]
    // recordings 153, 155, 156, 161, 162, 163, 164, 165, 202
    [InlineData("2", "V1__a V2__b V3__c", "", "V1__a V2__b", null)]
    [InlineData("2.0", "V1__a V2__b V3__c", "", "V1__a V2__b", null)]
    [InlineData("2.5", "V1__a V2__b V3__c", "", null, "target 2.5: no script has this version")]
    [InlineData("9", "V1__a V2__b V3__c", "", null, "target 9: no script has this version")]
    [InlineData("9?", "V1__a V2__b V3__c", "", "V1__a V2__b V3__c", null)]
    [InlineData("latest", "V1__a V2__b", "", "V1__a V2__b", null)]
    [InlineData("current", "V1__a V2__b", "", "", null)]
    [InlineData("Current", "V1__a V2__b V3__c", "SQL/1/a SQL/2/b", "", null)]
    [InlineData("next", "V1__a V2__b V3__c", "SQL/1/a", "V2__b", null)]
    [InlineData("1", "V1__a V2__b V3__c", "SQL/1/a SQL/2/b SQL/3/c", "", null)]
    [InlineData("2", "V1__a V2__b V3__c R__v", "", "V1__a V2__b R__v", null)]
    [InlineData("2", "V1__a V2__b V3__c B3__base", "", "B3__base", null)]
    public void Scripts_run_up_to_the_target(string target, string scripts, string history, string? pending, string? problem)
    {
        var plan = Plan.Make(Scripts(scripts), History(history), new PlanRules { Target = Target.Parse(target) });

        if (problem is not null)
            Assert.StartsWith(problem, Assert.Single(plan.Obstacles), StringComparison.Ordinal);
        else
            Assert.Equal(pending, string.Join(' ', plan.Pending.Select(script => script.Path[..^".sql".Length])));
        Assert.Equal(problem is null ? 0 : 1, plan.Problems.Count);
    }

    [Theory]
    // recordings 224, 229, 230, 235, 236, 238, 241 to 246, 255, 465, 466
    [InlineData("*:future", "V1__a V2__b V3__c", "SQL/1/a SQL/2/b", 0, "3", "")]
    [InlineData("*:future", "V1__a", "SQL/1/a SQL/2/b", 0, "", "")]
    [InlineData("", "V1__a", "SQL/1/a SQL/2/b", 1, "", "2")]
    [InlineData("*:missing", "V1__a", "SQL/1/a SQL/2/b", 1, "", "2")]
    [InlineData("*:missing", "V2__b", "SQL/1/a SQL/2/b", 0, "", "")]
    [InlineData("*:Missing", "V2__b", "SQL/1/a SQL/2/b", 0, "", "")]
    [InlineData("*:future", "V2__b", "SQL/1/a SQL/2/b", 1, "", "1")]
    [InlineData("versioned:missing", "V2__b", "SQL/1/a SQL/2/b", 0, "", "")]
    [InlineData("repeatable:missing", "V2__b", "SQL/1/a SQL/2/b", 1, "", "1")]
    [InlineData("repeatable:missing", "V2__b", "SQL//v SQL/2/b", 0, "", "")]
    [InlineData("*:pending", "V1__a V2__b R__v", "SQL/1/a", 0, "", "")]
    [InlineData("versioned:pending", "V1__a V2__b R__v", "SQL/1/a", 0, "v", "")]
    [InlineData("*:ignored", "V1__a V2__b V3__c", "SQL/2/b", 0, "3", "")]
    [InlineData("*:*", "V3__c", "SQL/1/a SQL/2/b", 0, "", "")]
    public void What_is_ignored_is_no_problem(string patterns, string scripts, string history, int problems, string waiting, string gone)
    {
        var rules = new PlanRules { Ignored = [.. patterns.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IgnorePattern.Parse)] };
        var plan = Plan.Make(Scripts(scripts), History(history), rules);

        Assert.Equal(problems, plan.Problems.Count);
        Assert.Equal((waiting, gone), (Names(plan.Waiting), Names(plan.Gone)));

        static string Names(IEnumerable<PlanLine> lines) => string.Join(' ', lines.Select(line => line.Version?.Text ?? line.Description));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("1")]
    [InlineData("missing")]
    [InlineData("*:nonsense")]
    [InlineData("baseline:missing")]
    [InlineData("*:missing:x")]
    public void A_wrong_pattern_is_refused(string pattern) =>
        Assert.StartsWith(
            $"ignoreMigrationPatterns {pattern}: write TYPE:STATE",
            Assert.Throws<ScriptException>(() => IgnorePattern.Parse(pattern)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("abc")]
    [InlineData("version")]
    [InlineData("1..2")]
    [InlineData("?")]
    public void A_wrong_target_is_refused(string target) =>
        Assert.StartsWith(
            $"target {target}: write a version",
            Assert.Throws<ScriptException>(() => Target.Parse(target)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_changed_file_shows_both_checksums()
    {
        var scripts = Scripts("V1__a*");

        Assert.Contains(
            $"(checksum {Checksum.Of("V1__a")} then, {scripts[0].Checksum} now)",
            Assert.Single(Plan.Make(scripts, History("SQL/1/a"), new PlanRules()).Problems),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Scripts_out_of_order_run_where_it_is_allowed()
    {
        var rules = new PlanRules { OutOfOrder = true };
        var plan = Plan.Make(Scripts("V1__a V2__b V3__c V1_5__d R__v"), History("SQL/2/b BASELINE/1/base"), rules);

        Assert.Empty(plan.Problems);
        Assert.Equal(["V1_5__d.sql", "V3__c.sql", "R__v.sql"], plan.Pending.Select(script => script.Path));
    }

    [Fact]
    public void Every_problem_is_told() =>
        Assert.Equal(
            4,
            Plan.Make(Scripts("V1__a* V2__b V3__z V5__e"), History("SQL/1/a SQL/3/c SQL/4/d SQL/5/e"), new PlanRules()).Problems.Count
        );

    [Fact]
    public void A_long_description_is_stored_in_short()
    {
        var scripts = Scripts($"V1__{new string('a', 240)} R__{new string('b', 240)}");
        var plan = Plan.Make(
            scripts,
            scripts
                .Select((script, index) => Row(index + 1, script.Type, script.Name.Version, script.Stored, script.Path, script.Checksum))
                .ToList(),
            new PlanRules()
        );

        Assert.Equal(new string('a', 197) + "...", scripts[0].Stored);
        Assert.Empty(plan.Problems);
        Assert.Empty(plan.Pending);
    }

    internal static Applied Row(
        int rank,
        string type,
        MigrationVersion? version,
        string description,
        string path,
        int? checksum,
        bool success = true
    ) =>
        new()
        {
            Rank = rank,
            Type = type,
            Version = version,
            Description = description,
            Script = path,
            Checksum = checksum,
            Success = success,
        };

    internal static Script Script(string name, string text) =>
        new()
        {
            Path = name + ".sql",
            Name = new ScriptNames(new FlywaySettings()).Read(name + ".sql").Name!,
            Text = text,
            Checksum = Checksum.Of(text),
            Body = new(new ScriptBody([], InTransaction: true)),
        };

    private static List<Script> Scripts(string names) =>
        [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => Script(name.TrimEnd('*'), name))];

    private static List<Applied> History(string rows) =>
        [
            .. rows.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(
                    (row, index) =>
                    {
                        var parts = row.TrimEnd('!').Split('#')[0].Split('/');
                        var (type, version, description) = (parts[0], parts[1], parts[2].Replace('_', ' '));
                        var name = (type, version) switch
                        {
                            (_, "") => $"R__{parts[2]}",
                            ("SQL_BASELINE", _) => $"B{version}__{parts[2]}",
                            _ when description.Length == 0 || description == Plan.NoDescription => $"V{version}",
                            _ => $"V{version}__{parts[2]}",
                        };
                        // The checksum is that of a script by that name, as Scripts makes it, whatever way the version is written.
                        var text = version switch
                        {
                            "1" when rows.StartsWith("SQL/1/a SQL/2.1.0", StringComparison.Ordinal) => "V1.0__a",
                            "2.1.0" => "V2_1__b",
                            _ => name,
                        };
                        int? checksum =
                            row.EndsWith("#null", StringComparison.Ordinal) || type is "BASELINE" or "SCHEMA" ? null
                            : Checksum.Of(row.Split('#') is [_, var of] ? of : text);
                        return Row(
                            index + 1,
                            type,
                            version.Length == 0 ? null : MigrationVersion.Parse(version),
                            description,
                            name + ".sql",
                            checksum,
                            success: !row.EndsWith('!')
                        );
                    }
                ),
        ];

    private static string Show(Plan plan) =>
        string.Join(' ', plan.Lines.Select(line => $"{line.Version?.Text ?? line.Description.Replace(' ', '_')}:{line.Standing}"));
}
