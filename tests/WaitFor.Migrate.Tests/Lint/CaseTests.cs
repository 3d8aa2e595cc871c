using WaitFor.Findings;
using WaitFor.Migrate.Lint;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary>The rules on scripts of known effect: nothing is missed, and nothing else is found.</summary>
public abstract class CaseTests(PostgresPackage package)
{
    /// <summary>What a case may hold to run statements that its text does not show as such.</summary>
    private static readonly string[] Hidden = ["DO $$", "CREATE FUNCTION"];

    [PostgresFact]
    public async Task Each_script_has_the_findings_that_its_effect_has()
    {
        using var bed = await LintBed.CreateAsync(package, LintBed.Read("Shop.sql"));
        var wrong = new List<string>();
        foreach (var one in LintCase.All)
        {
            var found = await FindAsync(bed, one);
            if (!found.Order(StringComparer.Ordinal).SequenceEqual(one.Expected.Order(StringComparer.Ordinal)))
                wrong.Add(
                    $"{one.Title}\n  expected {string.Join("\n           ", one.Expected)}\n"
                        + $"  found    {string.Join("\n           ", found)}"
                );
        }

        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    [Fact]
    public void Each_rule_is_shown_by_three_scripts_and_one_that_hides_it()
    {
        foreach (var rule in LintRules.All.SelectMany(rule => rule.Rules))
        {
            var shown = LintCase
                .All.Where(one => one.Expected.Any(line => line.StartsWith(rule.Name + " ", StringComparison.Ordinal)))
                .ToList();

            Assert.True(shown.Count >= 3, $"{rule.Name}: {shown.Count}");
            Assert.True(
                shown.Exists(one => one.Scripts.Any(script => Hidden.Any(word => script.Contains(word, StringComparison.Ordinal)))),
                rule.Name
            );
        }
    }

    private static async Task<List<string>> FindAsync(LintBed bed, LintCase one)
    {
        try
        {
            return [.. (await bed.JudgeAsync(one.Scripts, one.Arguments)).Select(Line)];
        }
        catch (MigrationException exception)
        {
            return [exception.Message];
        }
    }

    private static string Line(Finding finding) =>
        string.Join(
            ' ',
            finding.Rule,
            finding.Level.ToString().ToLowerInvariant(),
            $"{finding.File.Split('_')[0]}:{finding.Line}",
            finding.Subject
        )
            .TrimEnd();
}

/// <summary>On Debian's PostgreSQL.</summary>
public sealed class CaseTestsOnDebian() : CaseTests(PostgresPackage.Debian);

/// <summary>On PostgreSQL 18.</summary>
public sealed class CaseTestsOn18() : CaseTests(PostgresPackage.Npm);
