using WaitFor.Findings;
using WaitFor.Migrate.Lint;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary>docs/zero-downtime.md says what lint does: its examples run.</summary>
public abstract class RuleDocsTests(PostgresPackage package)
{
    private const string Arguments = "--big-table 1000 --style";
    private const string NextScript = "-- next script\n";

    [PostgresFact]
    public async Task Each_bad_example_is_found_by_its_rule_and_no_good_one_by_any()
    {
        using var bed = await LintBed.CreateAsync(package, RuleDocs.Given);
        foreach (var rule in RuleDocs.Sections)
        {
            var (bad, good) = (RuleDocs.Examples(rule, "Bad").ToList(), RuleDocs.Examples(rule, "Good").ToList());
            Assert.NotEmpty(bad);
            Assert.NotEmpty(good);
            foreach (var sql in bad)
                Assert.Contains(await bed.JudgeAsync(sql.Split(NextScript), Arguments), finding => finding.Rule == rule);
            foreach (var sql in good)
            {
                var findings = await bed.JudgeAsync(sql.Split(NextScript), Arguments);
                Assert.DoesNotContain(findings, finding => finding.Level > Level.Notice);
                // The safe way of a few rules is a notice, as the page says.
                Assert.DoesNotContain(findings, finding => finding.Rule == rule && Known(rule).Level == Level.Notice);
            }
        }
    }

    private static Rule Known(string rule) => LintRules.Known.Single(known => known.Name == rule);
}

/// <summary>On Debian's PostgreSQL.</summary>
public sealed class RuleDocsTestsOnDebian() : RuleDocsTests(PostgresPackage.Debian);

/// <summary>On PostgreSQL 18.</summary>
public sealed class RuleDocsTestsOn18() : RuleDocsTests(PostgresPackage.Npm);

/// <summary>What docs/zero-downtime.md has of the program's own texts.</summary>
public sealed class RulePageTests
{
    private const string Page = "docs/zero-downtime.md";

    [Fact]
    public void Each_rule_has_a_section_in_order() =>
        Assert.Equal(LintRules.All.SelectMany(rule => rule.Rules).Select(rule => rule.Name), RuleDocs.Sections);

    [Fact]
    public void The_table_of_rules_is_that_of_the_program()
    {
        var rows = LintRules.Known.Select(rule => $"| `{rule.Name}` | {rule.Level.ToString().ToLowerInvariant()} | {rule.Summary} |\n");
        var table = "| rule | level | what it finds |\n|---|---|---|\n" + string.Concat(rows);

        Assert.Equal(table, GeneratedPart.Read(Page, "rules", table));
    }

    [Fact]
    public void Names_are_unique_and_texts_have_their_form() =>
        Assert.All(LintRules.Known, rule =>
        {
            Assert.Single(LintRules.Known, other => other.Name == rule.Name);
            Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", rule.Name);
            Assert.All([rule.Summary, rule.Fix], text => Assert.Matches("^[A-Z`].*[^.]$", text));
        });

    [PostgresFact]
    public async Task The_refused_scripts_are_shown_with_what_lint_says()
    {
        var folder = Path.Combine(Repository.Root, "examples", "lint-refused");
        var given = await File.ReadAllTextAsync(Path.Combine(folder, "database.sql"));
        using var bed = await LintBed.CreateAsync(PostgresPackage.Debian, given);

        var (exitCode, output) = await bed.LintAsync(Path.Combine(folder, "sql"), "--since 1 --long 1h");

        Assert.Equal(ExitCode.Lint, exitCode);
        var shown = "\n" + string.Concat(output.TrimEnd('\n').Split('\n').Select(line => $"    {line}\n")) + "\n";
        Assert.Equal(shown, GeneratedPart.Read(Page, "refused", shown));
    }

    /// <summary>The release's folders, and the version of the release before.</summary>
    [PostgresTheory]
    [InlineData("v41-before,v42-expand", 1)]
    [InlineData("v41-before,v42-expand,v43-switch", 3)]
    [InlineData("v41-before,v42-expand,v43-switch,v44-contract", 7)]
    public async Task The_scripts_of_a_rename_in_three_releases_have_no_finding(string folders, int since)
    {
        var sql = Path.Combine(Repository.Root, "examples", "expand-contract", "sql");
        using var bed = await LintBed.CreateAsync(
            PostgresPackage.Debian,
            "DO $$ BEGIN CREATE ROLE shop_app; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        );

        var (exitCode, output) = await bed.LintAsync(
            string.Join(',', folders.Split(',').Select(folder => Path.Combine(sql, folder))),
            $"--shadow --since {since}"
        );

        Assert.Equal((0, "no findings\n"), (exitCode, output));
    }
}
