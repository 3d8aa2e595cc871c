using System.Text.RegularExpressions;
using WaitFor.Migrate.Envelope;
using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Sql;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>Holds the examples to the pattern's rules, so that none drifts.</summary>
public sealed partial class ManifestTests
{
    private const int LinesOfReadme = 15;

    public static TheoryData<string, string> UnitsAndRules()
    {
        var cases = new TheoryData<string, string>();
        foreach (var (path, form) in ExampleFiles.Units)
        {
            // What has to be built holds all kinds: kubectl and Helm are not run to find the cases.
            var kinds =
                form == Form.File ? ExampleFiles.Objects(path, form).Select(item => item.Kind).ToHashSet(StringComparer.Ordinal) : null;
            foreach (var (rule, (applies, _)) in ManifestRules.All)
            {
                if (kinds is null || applies.Any(kinds.Contains))
                    cases.Add(path, rule);
            }
        }

        return cases;
    }

    public static TheoryData<string, string> StacksAndRules()
    {
        var cases = new TheoryData<string, string>();
        foreach (var stack in ExampleFiles.Stacks.Keys)
        {
            foreach (var rule in StackRules.All.Keys)
                cases.Add(stack, rule);
        }

        return cases;
    }

    public static TheoryData<string> Stacks() => [.. ExampleFiles.Stacks.Keys];

    /// <summary>Quickstart is a program, which the project's README shows.</summary>
    public static TheoryData<string> Folders() =>
        [
            .. Directory
                .EnumerateDirectories(ExampleFiles.Root)
                .Select(ExampleFiles.Relative)
                .Where(name => name != "Quickstart")
                .Order(StringComparer.Ordinal),
        ];

    [ExampleTheory]
    [MemberData(nameof(UnitsAndRules))]
    public void Each_manifest_keeps_the_rules(string manifest, string rule)
    {
        var (kinds, problems) = ManifestRules.All[rule];
        var form = ExampleFiles.Units.First(unit => unit.Path == manifest).Form;
        None(
            ExampleFiles
                .Objects(manifest, form)
                .Where(item => kinds.Contains(item.Kind))
                .SelectMany(item => problems(item).Select(problem => $"{item}: {problem}"))
        );
    }

    [ExampleTheory]
    [MemberData(nameof(StacksAndRules))]
    public void What_is_applied_together_fits_together(string stack, string rule) =>
        None(StackRules.All[rule](ExampleFiles.Objects(stack)));

    /// <summary>Each service account has what <c>wait-for rbac</c> prints for its gates (with <c>--report</c>, where they may say why a Job
    /// failed) and what
    /// <c>migrate --record</c> needs: no right less, and none more. Only the chart has one Role for the Jobs of all its releases.</summary>
    [ClusterTheory]
    [MemberData(nameof(Stacks))]
    public async Task Rights_are_those_that_wait_for_rbac_prints(string stack)
    {
        var objects = ExampleFiles.Objects(stack);
        foreach (var pods in objects.Where(item => item.Pod is not null).GroupBy(StackRules.Account))
        {
            var granted = StackRules.Granted(pods.Key, objects).Distinct().Order(StringComparer.Ordinal).ToList();
            string[] report = granted.Contains("list pods./*") ? ["--report"] : [];
            var needed = new HashSet<string>(StringComparer.Ordinal);
            foreach (var container in pods.SelectMany(pod => pod.Containers))
            {
                if (container.IsGate)
                {
                    var (exitCode, printed, log) = await NativeGate.RunAsync([
                        "rbac",
                        .. container.Arguments,
                        "-n",
                        "shop",
                        "--service-account",
                        pods.Key,
                        .. report,
                    ]);
                    Assert.True(exitCode == 0, $"{container}: {log}");
                    needed.UnionWith(
                        Yaml.Read(printed)
                            .Select(node => new ExampleObject("", node))
                            .Where(item => item.Kind == "Role")
                            .SelectMany(StackRules.Rights)
                    );
                }
                else if (container is { IsMigrate: true, Record: { } record })
                {
                    needed.UnionWith(StackRules.RecordRights(record));
                }
            }

            if (stack == "helm" && needed.RemoveWhere(right => right.StartsWith("watch jobs.batch/", StringComparison.Ordinal)) > 0)
                needed.Add("watch jobs.batch/*");
            Assert.Equal(needed.Order(StringComparer.Ordinal), granted);
        }
    }

    [Fact]
    public void No_manifest_is_left_out()
    {
        var units = ExampleFiles.Units.ToList();
        var left = Directory
            .EnumerateFiles(ExampleFiles.Root, "*", SearchOption.AllDirectories)
            .Select(ExampleFiles.Relative)
            .Where(file => file.EndsWith(".yaml", StringComparison.Ordinal) || file.EndsWith(".yml", StringComparison.Ordinal))
            .Where(file =>
                !file.StartsWith("gitlab-ci/", StringComparison.Ordinal)
                && !file.StartsWith("github-actions/", StringComparison.Ordinal)
                // Flyway's manifests as they are, and not this product's pattern.
                && !file.StartsWith("from-flyway/", StringComparison.Ordinal)
            )
            .Where(file =>
                !units.Any(unit => unit.Form == Form.File ? file == unit.Path : file.StartsWith(unit.Path + "/", StringComparison.Ordinal))
            );
        Assert.Empty(left);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Each_example_has_a_short_README_whose_paths_exist(string folder)
    {
        var file = ExampleFiles.In(folder + "/README.md");
        Assert.True(File.Exists(file), $"{folder} has no README.md");
        var text = File.ReadAllText(file);
        Assert.InRange(text.Split('\n').Length - 1, 5, LinesOfReadme);
        Assert.Contains("Run: ", text, StringComparison.Ordinal);
        Assert.Contains("Change: ", text, StringComparison.Ordinal);
        Assert.All(ExamplePath().Matches(text), path =>
            Assert.True(Path.Exists(Path.Combine(Repository.Root, path.Value.TrimEnd('.'))), $"{path.Value} does not exist")
        );
    }

    [Fact]
    public void Images_are_built_from_pinned_ones()
    {
        var files = Directory.EnumerateFiles(ExampleFiles.Root, "Dockerfile", SearchOption.AllDirectories).ToList();
        Assert.NotEmpty(files);
        var images = files
            .SelectMany(File.ReadAllLines)
            .Select(line => BaseImage().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["image"].Value)
            .ToList();
        Assert.True(images.Count >= files.Count, "a Dockerfile without FROM");
        Assert.All(images, image => Assert.Matches(@"^registry\.example/[a-z-]+:[0-9]+\.[0-9]+\.[0-9]+$", image));
    }

    /// <summary>That they run is shown on a real PostgreSQL elsewhere.</summary>
    [Fact]
    public void SQL_is_read_and_what_cannot_run_in_a_transaction_is_seen()
    {
        string[] folders = [.. new[] { "plain/sql", "expand-contract/sql", "expand-contract/backfill" }.Select(ExampleFiles.In)];
        var settings = new FlywaySettings();
        var placeholders = new Placeholders(settings, (null, null), "public", DateTime.UnixEpoch);
        var scripts = folders.SelectMany(folder => ScriptFolder.Read([folder], settings, placeholders).Scripts).ToList();
        Assert.All(scripts, script => Assert.Null(script.Unusable));
        Assert.Equal(
            ["V1__full_name.sql", "V2__index_orders.sql", "v43-switch/V7__index_full_name.sql"],
            scripts.Where(script => !script.InTransaction).Select(script => script.Path).Order(StringComparer.Ordinal)
        );
        Assert.All(
            Directory
                .EnumerateDirectories(ExampleFiles.Root, "assert", SearchOption.AllDirectories)
                .SelectMany(folder => Directory.EnumerateDirectories(folder).DefaultIfEmpty(folder)),
            folder => Assert.NotEmpty(Assertions.Read(folder))
        );
    }

    /// <summary>Unlike Assert.Empty it cuts no message short.</summary>
    private static void None(IEnumerable<string> problems)
    {
        var all = string.Join('\n', problems);
        Assert.True(all.Length == 0, all);
    }

    [GeneratedRegex("(?<![A-Za-z0-9./-])examples/[A-Za-z0-9./_-]+")]
    private static partial Regex ExamplePath();

    [GeneratedRegex(@"^(FROM |COPY --from=)(?<image>\S+)")]
    private static partial Regex BaseImage();
}
