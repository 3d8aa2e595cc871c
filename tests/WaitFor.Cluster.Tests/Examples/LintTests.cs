using System.Text;
using WaitFor.Findings;
using WaitFor.Lint;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>The examples, as they are deployed, keep every rule of <c>wait-for lint</c>.</summary>
public sealed class LintTests
{
    private const string Digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static TheoryData<string> Stacks() => [.. ExampleFiles.Stacks.Keys];

    [ExampleTheory]
    [MemberData(nameof(Stacks))]
    public void Nothing_is_found(string stack) =>
        Assert.Empty(Findings(ExampleFiles.Stacks[stack].Select(unit => ExampleFiles.Text(unit.Path, unit.Form))));

    [ExampleTheory]
    [InlineData("release=v43")]
    [InlineData("release=1.20")]
    [InlineData("release=7f9c2ab")]
    [InlineData("replicas=1")]
    [InlineData("gate.report=false")]
    [InlineData("database.host=other")]
    [InlineData("migration.activeDeadlineSeconds=7200")]
    [InlineData("migration.record=other-records")]
    [InlineData("images.pullSecrets[0]=registry-login")]
    [InlineData("release=v7-rc.1,images.shop=registry.example/shop:v7-rc.1,images.migrate=registry.example/shop-migrate:v7-rc.1")]
    [InlineData(
        "images.shop=registry.example/shop"
            + Digest
            + ",images.migrate=registry.example/shop-migrate"
            + Digest
            + ",images.waitFor=registry.example/wait-for:0.2.0"
            + Digest
    )]
    public void Nothing_is_found_in_the_chart_with_other_values(string values)
    {
        // A release is text, whatever it looks like.
        var set = values.StartsWith("release", StringComparison.Ordinal) ? "--set-string" : "--set";
        Assert.Empty(Findings([Tool.Render(ExampleFiles.In("helm/shop"), set, values)]));
    }

    /// <summary>Each deploy of the rename by itself; the third waits for a backfill that was deployed before.</summary>
    [Theory]
    [InlineData("1-expand.yaml", "")]
    [InlineData("2-backfill.yaml", "")]
    [InlineData("3-switch.yaml", "notice gate-without-job job/db-migrate-v43")]
    [InlineData("4-contract.yaml", "")]
    public void Nothing_is_found_in_one_deploy(string file, string expected) =>
        Assert.Equal(
            expected,
            string.Join('\n', Findings(Read("expand-contract/config.yaml", "expand-contract/rbac.yaml", "expand-contract/" + file)))
        );

    /// <summary>An init container that migrates is what that example shows; the Job is the better way.</summary>
    [Theory]
    [InlineData("job.yaml", "")]
    [InlineData("init-container.yaml", "error migration-in-replicas deployment/shop")]
    public void Of_Flyways_manifests_one_migrates_in_each_replica(string file, string expected) =>
        Assert.Equal(expected, string.Join('\n', Findings(Read("from-flyway/sql.yaml", "from-flyway/" + file))));

    private static IEnumerable<string> Read(params string[] files) => files.Select(file => File.ReadAllText(ExampleFiles.In(file)));

    private static List<string> Findings(IEnumerable<string> texts)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Join("\n---\n", texts));
        var pattern = PatternReader.Read(["-"], recursive: false, () => new MemoryStream(bytes));
        return
        [
            .. FindingsWriter
                .Sort(PatternRules.All.SelectMany(rule => rule.Judge(pattern)))
                .Select(finding => $"{finding.Level.ToString().ToLowerInvariant()} {finding.Rule} {finding.Subject}"),
        ];
    }
}
