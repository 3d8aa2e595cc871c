namespace WaitFor.Findings.Tests;

public sealed class AllowanceTests
{
    private static readonly Rule Drop = new("drop-column", Level.Error, "A column is gone", "Contract later");

    [Theory]
    // What the file allows (rule and reason), and what is left of a drop-column in it.
    [InlineData("drop-column", "last reader was v40", "")]
    [InlineData("drop-column", "", "drop-column allowance-without-reason")]
    [InlineData("drop-colum", "a typo", "drop-column allowance-unknown")]
    [InlineData("allowance-unused", "of itself", "drop-column allowance-unknown")]
    public void Takes_away_what_is_allowed_with_a_reason(string rule, string reason, string left)
    {
        var found = Allowances.Apply([Found("a.sql")], [new Allowance(rule, reason, "a.sql", 1)], [Drop]);

        Assert.Equal(left, string.Join(' ', found.Select(finding => finding.Rule)));
    }

    [Fact]
    public void Covers_its_own_file_only_and_says_that_it_is_not_used()
    {
        var found = Allowances.Apply([Found("b.sql")], [new Allowance("drop-column", "why", "a.sql", 3)], [Drop]);

        Assert.Equal(["drop-column b.sql 7 Error", "allowance-unused a.sql 3 Warning"], found.Select(Short));
    }

    [Fact]
    public void Cannot_allow_what_nobody_may_allow()
    {
        var found = Allowances.Apply([Found("a.sql")], [new Allowance("drop-column", "why", "a.sql", 1)], [Drop], _ => false);

        Assert.Equal(["drop-column a.sql 7 Error"], found.Select(Short));
    }

    private static string Short(Finding finding) => $"{finding.Rule} {finding.File} {finding.Line} {finding.Level}";

    private static Finding Found(string file) => new("drop-column", Level.Error, file, 7, 1, "column t.a", "is gone", "contract later");
}
