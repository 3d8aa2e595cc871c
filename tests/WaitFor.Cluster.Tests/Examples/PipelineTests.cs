using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WaitFor.CommandLine;
using WaitFor.Migrate.CommandLine;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>The pipelines of GitLab and GitHub: nothing here can run them, so they are read.</summary>
public sealed partial class PipelineTests
{
    private const string GitLab = "gitlab-ci/.gitlab-ci.yml";

    private static readonly Dictionary<string, string> StagingDatabase = new(StringComparer.Ordinal)
    {
        ["DATABASE_URL"] = "postgresql://reader:x@staging/shop",
    };

    public static TheoryData<string> Workflows() =>
        [
            .. Directory
                .EnumerateFiles(ExampleFiles.In("github-actions"), "*.yml")
                .Select(ExampleFiles.Relative)
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_is_pinned_and_may_do_little(string file)
    {
        var text = File.ReadAllText(ExampleFiles.In(file));
        var workflow = Assert.Single(Yaml.Read(text));
        Assert.Equal("read", Assert.Single(workflow.At("permissions").Entries()).Value.Text());
        Assert.NotNull(workflow.At("concurrency", "cancel-in-progress"));
        Assert.NotEmpty(workflow.At("jobs").Entries());
        Assert.All(workflow.At("jobs").Entries(), job =>
        {
            Assert.True((long?)job.Value.At("timeout-minutes") > 0, $"{job.Key} has no timeout-minutes");
            Assert.DoesNotContain("latest", job.Value.At("runs-on").Text()!, StringComparison.Ordinal);
            Assert.All(job.Value.At("steps").Items(), step =>
                Assert.True(step.At("uses") is null ^ step.At("run") is null, $"{job.Key}: a step either uses or runs")
            );
        });

        // By the commit, with the version beside it: a tag can be moved.
        var uses = text.Split('\n').Where(line => line.Contains("uses:", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(uses);
        Assert.All(uses, line => Assert.Matches(@"uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$", line));
        Assert.All(Steps(workflow).Where(step => step.At("uses").Text()?.Contains("checkout@", StringComparison.Ordinal) ?? false), step =>
            Assert.Equal("false", step.At("with", "persist-credentials").Text())
        );
        // A secret that the shell gets as text could be more than text.
        Assert.All(Steps(workflow).Select(step => step.At("run").Text()).OfType<string>(), run =>
            Assert.DoesNotContain("${{", run, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Pull_requests_are_validated_against_staging_and_deploys_waited_for()
    {
        var migrations = Commands("github-actions/validate.yml").Select(words => CommandLines.Migrate(words, StagingDatabase)).ToList();
        Assert.Equal([Verb.Validate, Verb.Plan, Verb.Lint], migrations.Select(options => options.Verb));
        Assert.All(migrations, options => Assert.Equal("/sql", options.Locations?.Value));

        var gate = CommandLines.Gate(Assert.Single(Commands("github-actions/deploy.yml")), []);
        Assert.Equal(["job/db-migrate-v42", "service/shop"], gate.Targets.Select(target => target.ToString()));
        Assert.True(gate.Timeout > TimeSpan.Zero, "a pipeline has to end");
    }

    [Fact]
    public void GitLab_builds_two_images_with_one_tag()
    {
        var pipeline = Assert.Single(Yaml.Read(File.ReadAllText(ExampleFiles.In(GitLab))));
        var builds = pipeline
            .Entries()
            .Where(job => job.Value.At("extends").Text() == ".build")
            .Select(job => job.Value.At("variables", "NAME").Text())
            .ToList();
        Assert.Equal(["shop", "shop-migrate"], builds);
        var tags = Script(pipeline, ".build").SelectMany(line => ImageTag().Matches(line)).Select(match => match.Value).ToList();
        Assert.NotEmpty(tags);
        Assert.All(tags, tag => Assert.Equal("$NAME:$TAG", tag));
        Assert.Matches(@"^v\$CI_PIPELINE_IID$", pipeline.At("variables", "TAG").Text());
    }

    [Fact]
    public void GitLab_commits_the_release_back_once_both_images_exist_and_then_pushes_the_artifact()
    {
        var pipeline = Assert.Single(Yaml.Read(File.ReadAllText(ExampleFiles.In(GitLab))));
        var release = Script(pipeline, "release").ToList();
        Assert.Equal(["build-shop", "build-migrate"], pipeline.At("release", "needs").Items().Select(need => need.Text()));
        Assert.Contains(release, line =>
            line.Contains("git", StringComparison.Ordinal)
            && line.Contains("commit --message \"Release $TAG [skip ci]\"", StringComparison.Ordinal)
        );
        Assert.Contains(release, line => line.StartsWith("git push ", StringComparison.Ordinal));
        var replacement = Assert.Single(release, line => line.StartsWith("sed ", StringComparison.Ordinal));
        // The very line of the Flux example that it changes.
        Assert.Contains("s/^  release: .*/  release: $TAG/", replacement, StringComparison.Ordinal);
        Assert.Contains(
            "\n  release: v42\n",
            File.ReadAllText(ExampleFiles.In("flux-kustomize/app/deployment-variables.yaml")),
            StringComparison.Ordinal
        );

        Assert.Equal("release", Assert.Single(pipeline.At("push", "needs").Items()).Text());
        Assert.Contains(Script(pipeline, "push"), line =>
            line.StartsWith("flux push artifact ", StringComparison.Ordinal)
            && line.Contains(":$TAG\"", StringComparison.Ordinal)
            && line.Contains("--revision", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void GitLab_checks_merge_requests_and_pins_its_images()
    {
        var pipeline = Assert.Single(Yaml.Read(File.ReadAllText(ExampleFiles.In(GitLab))));
        var checks = Script(pipeline, "check").Select(line => CommandLines.Migrate(line.Split(' ')[1..], StagingDatabase).Verb);
        Assert.Equal([Verb.Validate, Verb.Plan, Verb.Lint], checks);

        var jobs = pipeline.Entries().Where(job => job.Value.At("stage") is not null).ToList();
        Assert.Equal(5, jobs.Count);
        Assert.All(jobs, job => Assert.Matches(@"^registry\.example/[a-z-]+:[0-9]+\.[0-9]+\.[0-9]+$", job.Value.At("image").Text()));
        Assert.All(jobs, job => Assert.Contains(job.Value.At("stage").Text(), pipeline.At("stages").Items().Select(stage => stage.Text())));
        Assert.All(jobs, job => Assert.NotEmpty(job.Value.At("rules").Items()));
    }

    /// <summary>Both render first and lint what they render; nothing but warnings and errors decides.</summary>
    [Fact]
    public void Manifests_are_linted_as_they_are_rendered()
    {
        var pipeline = Assert.Single(Yaml.Read(File.ReadAllText(ExampleFiles.In(GitLab))));
        var lines = Script(pipeline, "lint").ToList();
        Assert.Equal("kubectl kustomize \"$MANIFESTS\" > rendered.yaml", lines[0]);
        var workflow = Yaml.Read(File.ReadAllText(ExampleFiles.In("github-actions/lint.yml")))[0];
        Assert.Contains(Steps(workflow), step =>
            step.At("run").Text()?.StartsWith("kubectl kustomize deploy/app | docker run ", StringComparison.Ordinal) == true
        );
        foreach (var words in new[] { lines[1].Split(' ')[1..], Assert.Single(Commands("github-actions/lint.yml")) })
        {
            Assert.Equal("lint", words[0]);
            Assert.True(new LintCommand(words[1..], []).Read() is { Strict: true, Files: ["-" or "rendered.yaml"] });
        }
    }

    private static IEnumerable<JsonNode> Steps(JsonNode workflow) =>
        workflow.At("jobs").Entries().SelectMany(job => job.Value.At("steps").Items());

    private static IEnumerable<string> Script(JsonNode pipeline, string job) =>
        pipeline.At(job, "script").Items().Select(line => line.Text()!);

    /// <summary>The arguments of our programs in the steps of a workflow, as the shell would hand them over for this release.</summary>
    private static IEnumerable<string[]> Commands(string file) =>
        from step in Steps(Yaml.Read(File.ReadAllText(ExampleFiles.In(file)))[0])
        let command = OwnImage().Match(step.At("run").Text() ?? "")
        where command.Success
        select command
            .Groups["arguments"]
            .Value.Replace("$RELEASE", ExampleFiles.Release, StringComparison.Ordinal)
            .Replace("\"", "", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"registry\.example/(migrate|wait-for):[0-9]+\.[0-9]+\.[0-9]+ (?<arguments>[^\n]+)")]
    private static partial Regex OwnImage();

    [GeneratedRegex(@"(?<=/)\$[A-Z]+:\$?\w+")]
    private static partial Regex ImageTag();
}
