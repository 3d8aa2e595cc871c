using System.Text.Json.Nodes;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary><c>--on-missing</c>, <c>--expect-label</c> and <c>--expect-image</c>.</summary>
public sealed class MissingAndStaleTests
{
    public static TheoryData<TargetKind, bool, OnMissing, string, string> Missing =>
        new()
        {
            { TargetKind.Job, true, OnMissing.Wait, "Pending Missing", "not found" },
            { TargetKind.Job, true, OnMissing.Fail, "Failed Missing", "not found (--on-missing=fail)" },
            { TargetKind.Job, true, OnMissing.Pass, "Met Missing", "not found: OPENED WITHOUT IT (--on-missing=pass)" },
            { TargetKind.Job, false, OnMissing.Wait, "Pending Missing", "no Job matches the selector yet" },
            { TargetKind.Job, false, OnMissing.Fail, "Failed Missing", "no Job matches the selector (--on-missing=fail)" },
            {
                TargetKind.Job,
                false,
                OnMissing.Pass,
                "Met Missing",
                "no Job matches the selector yet: OPENED WITHOUT IT (--on-missing=pass)"
            },
            { TargetKind.Pod, true, OnMissing.Wait, "Pending Missing", "not found" },
            { TargetKind.Pod, true, OnMissing.Fail, "Failed Missing", "not found (--on-missing=fail)" },
            { TargetKind.Pod, true, OnMissing.Pass, "Pending Missing", "not found" },
            { TargetKind.Pod, false, OnMissing.Wait, "Pending Missing", "no pod matches the selector yet" },
            { TargetKind.Pod, false, OnMissing.Fail, "Failed Missing", "no pod matches the selector (--on-missing=fail)" },
            { TargetKind.Pod, false, OnMissing.Pass, "Pending Missing", "no pod matches the selector yet" },
            { TargetKind.Service, true, OnMissing.Wait, "Pending Missing", "not found" },
            { TargetKind.Service, true, OnMissing.Fail, "Failed Missing", "not found (--on-missing=fail)" },
            { TargetKind.Service, true, OnMissing.Pass, "Pending Missing", "not found" },
            { TargetKind.Service, false, OnMissing.Wait, "Pending Missing", "no service matches the selector yet" },
            { TargetKind.Service, false, OnMissing.Fail, "Failed Missing", "no service matches the selector (--on-missing=fail)" },
            { TargetKind.Service, false, OnMissing.Pass, "Pending Missing", "no service matches the selector yet" },
        };

    [Theory]
    [MemberData(nameof(Missing))]
    public void What_a_missing_target_means(TargetKind kind, bool named, OnMissing onMissing, string expected, string sentence)
    {
        foreach (var tolerance in Enum.GetValues<Tolerance>())
        {
            var verdict = JudgeMissing(
                new Expectation
                {
                    Kind = kind,
                    Named = named,
                    OnMissing = onMissing,
                    Tolerance = tolerance,
                }
            );

            Assert.Equal(expected, verdict.Short());
            Assert.Equal(sentence, verdict.Sentence);
        }
    }

    [Theory]
    [InlineData(OnMissing.Wait)]
    [InlineData(OnMissing.Fail)]
    [InlineData(OnMissing.Pass)]
    public void A_stale_object_exists_whatever_missing_means(OnMissing onMissing)
    {
        var job = JobStates.Complete().Job();
        var pod = PodStates.Ready().Pod();

        Assert.Equal(
            "Pending Stale",
            JobRules.Named((Asked.Job with { OnMissing = onMissing }).Label("version", "2"), job, FinishedJobs.None).Short()
        );
        Assert.Equal(
            "Pending Stale",
            JobRules.Set((Asked.Jobs with { OnMissing = onMissing }).Label("version", "2"), [job], FinishedJobs.None).Short()
        );
        Assert.Equal("Pending Stale", PodRules.Named((Asked.Pod with { OnMissing = onMissing }).Image("web:2"), pod).Short());
        Assert.Equal("Pending Stale", PodRules.Set((Asked.Pods with { OnMissing = onMissing }).Image("web:2"), [pod]).Short());
    }

    [Theory]
    [InlineData(OnMissing.Fail)]
    [InlineData(OnMissing.Pass)]
    public void An_object_being_deleted_exists_whatever_missing_means(OnMissing onMissing)
    {
        Assert.Equal(
            "Pending BeingDeleted",
            JobRules.Named(Asked.Job with { OnMissing = onMissing }, JobStates.Complete().Deleting().Job(), FinishedJobs.None).Short()
        );
        Assert.Equal(
            "Pending PodsNotReady",
            PodRules.Set(Asked.Pods with { OnMissing = onMissing }, [PodStates.Ready().Deleting().Pod()]).Short()
        );
    }

    [Fact]
    public void A_Job_that_finished_and_is_gone_is_not_missing()
    {
        var finished = FinishedJobs.None.Observe(Asked.Job, [JobStates.Complete().Job()]);

        Assert.Equal("Met JobFinished", JobRules.Named(Asked.Job with { OnMissing = OnMissing.Fail }, null, finished).Short());
    }

    public static TheoryData<string, string[], string> Labels =>
        new()
        {
            // labels of the object, the expected ones, the sentence; "" where it is fresh
            { "version=2", ["version=2"], "" },
            { "version=2 app=web", ["version=2", "app=web"], "" },
            { "version=2 app=web", ["version=2", "app=db"], "stale: label app is \"web\", expected \"db\"" },
            { "version=1", ["version=2"], "stale: label version is \"1\", expected \"2\"" },
            { "Version=2", ["version=2"], "stale: label version is not set, expected \"2\"" },
            { "version=2.0", ["version=2"], "stale: label version is \"2.0\", expected \"2\"" },
            { "version=", ["version=2"], "stale: label version is \"\", expected \"2\"" },
            { "version=", ["version="], "" },
            { "app=web", ["version="], "stale: label version is not set, expected \"\"" },
            { "", [], "" },
        };

    [Theory]
    [MemberData(nameof(Labels))]
    public void Every_expected_label_must_be_carried(string labels, string[] expected, string sentence)
    {
        var asked = expected.Aggregate(Asked.Job, (asked, label) => asked.Label(label.Split('=')[0], label.Split('=')[1]));
        var job = labels
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(JobStates.Complete().Without("metadata.labels"), (item, label) =>
                item.Label(label.Split('=')[0], label.Split('=')[1])
            );

        var verdict = JobRules.Named(asked, job.Job(), FinishedJobs.None);

        Assert.Equal(sentence.Length > 0 ? "Pending Stale" : "Met JobComplete", verdict.Short());
        if (sentence.Length > 0)
            Assert.Equal(sentence, verdict.Sentence);
    }

    [Fact]
    public void A_label_that_is_null_is_not_set()
    {
        var job = JobStates.Complete().With("metadata.labels.version", null).Job();

        Assert.Equal(
            "stale: label version is not set, expected \"\"",
            JobRules.Named(Asked.Job.Label("version", ""), job, FinishedJobs.None).Sentence
        );
    }

    [Fact]
    public void Labels_of_the_pod_template_do_not_count()
    {
        var job = JobStates.Complete().With("spec.template.metadata.labels.version", "2").Job();

        Assert.Equal("Pending Stale", JobRules.Named(Asked.Job.Label("version", "2"), job, FinishedJobs.None).Short());
    }

    public static TheoryData<string, string, string[], string> Images =>
        new()
        {
            // init containers, containers, expected images, the sentence; "" where it is fresh
            { "", "migrate:2", ["migrate:2"], "" },
            { "", "proxy:7 migrate:2", ["migrate:2"], "" },
            { "migrate:2", "app:9", ["migrate:2"], "" },
            { "", "migrate:2", ["migrate:3", "migrate:2"], "" },
            { "", "migrate:1", ["migrate:2"], "stale: image is migrate:1, expected migrate:2" },
            { "init:1", "migrate:1", ["migrate:2", "migrate:3"], "stale: image is init:1, migrate:1, expected migrate:2 or migrate:3" },
            { "", "docker.io/library/migrate:2", ["migrate:2"], "stale: image is docker.io/library/migrate:2, expected migrate:2" },
            { "", "migrate:2", ["migrate"], "stale: image is migrate:2, expected migrate" },
            { "", "Migrate:2", ["migrate:2"], "stale: image is Migrate:2, expected migrate:2" },
            { "", "", ["migrate:2"], "stale: image is not set, expected migrate:2" },
        };

    [Theory]
    [MemberData(nameof(Images))]
    public void One_expected_image_must_stand_in_one_container_as_written(
        string init,
        string containers,
        string[] expected,
        string sentence
    )
    {
        var job = JobStates.Complete().With("spec.template.spec", PodSpec(init, containers)).Job();
        var pod = PodStates.Ready().With("spec", PodSpec(init, containers)).Pod();

        var ofJob = JobRules.Named(Asked.Job with { Images = expected }, job, FinishedJobs.None);
        var ofPod = PodRules.Named(Asked.Pod with { Images = expected }, pod);

        Assert.Equal(sentence.Length > 0 ? "Pending Stale" : "Met JobComplete", ofJob.Short());
        Assert.Equal(sentence.Length > 0 ? "Pending Stale" : "Met PodReady", ofPod.Short());
        if (sentence.Length > 0)
            Assert.Equal((sentence, sentence), (ofJob.Sentence, ofPod.Sentence));
    }

    [Fact]
    public void The_image_that_the_node_reports_does_not_count()
    {
        // The recording shows busybox:local in the spec and docker.io/library/busybox:local in the status.
        var pod = PodStates.Ready().Pod();

        Assert.Equal("Met PodReady", PodRules.Named(Asked.Pod.Image("busybox:local"), pod).Short());
        Assert.Equal("Pending Stale", PodRules.Named(Asked.Pod.Image("docker.io/library/busybox:local"), pod).Short());
    }

    [Fact]
    public void Label_and_image_must_both_match()
    {
        var job = JobStates.Complete().Label("version", "2").Job();

        Assert.Equal(
            "Met JobComplete",
            JobRules.Named(Asked.Job.Label("version", "2").Image("busybox:local"), job, FinishedJobs.None).Short()
        );
        Assert.Equal(
            "Pending Stale",
            JobRules.Named(Asked.Job.Label("version", "2").Image("busybox:next"), job, FinishedJobs.None).Short()
        );
        Assert.Equal(
            "Pending Stale",
            JobRules.Named(Asked.Job.Label("version", "3").Image("busybox:local"), job, FinishedJobs.None).Short()
        );
    }

    private static JsonObject PodSpec(string init, string containers) =>
        new() { ["initContainers"] = Containers(init), ["containers"] = Containers(containers) };

    private static JsonArray Containers(string images) =>
        new([
            .. images
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(image => new JsonObject { ["name"] = "c", ["image"] = image }),
        ]);

    private static Verdict JudgeMissing(Expectation expected) =>
        (expected.Kind, expected.Named) switch
        {
            (TargetKind.Job, true) => JobRules.Named(expected, null, FinishedJobs.None),
            (TargetKind.Job, false) => JobRules.Set(expected, [], FinishedJobs.None),
            (TargetKind.Pod, true) => PodRules.Named(expected, null),
            (TargetKind.Pod, false) => PodRules.Set(expected, []),
            (TargetKind.Service, true) => ServiceRules.Named(expected, null, []),
            _ => ServiceRules.Set(expected, [], []),
        };
}
