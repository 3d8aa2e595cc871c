using System.Text.Json.Nodes;
using WaitFor.Report;
using WaitFor.Verdicts.Tests;
using static WaitFor.Tests.Report.HintRow;

namespace WaitFor.Tests.Report;

/// <summary>The document of <c>-o json</c> and its published schema.</summary>
public sealed class JsonResultTests
{
    private static readonly Dictionary<string, Func<string>> Ends = new(StringComparer.Ordinal)
    {
        ["met"] = () => JsonResult.Of(Scene.Diagnose("met", Scene.Of("job-complete"), Scene.Of("service-headless", "service/web")), 0),
        ["failed"] = () => JsonResult.Of(ReportScenes.FailedScript(), 1),
        ["missing"] = () => JsonResult.Of(Scene.Diagnose("missing", new Scene("pod/cache|--on-missing|fail")), 4),
        ["timed-out"] = () => JsonResult.Of(Rich(), 124),
        ["denied"] = () => JsonResult.Of(ReportScenes.Denied(), 3),
        ["interrupted"] = () => JsonResult.Of(Scene.Diagnose("interrupted", Running()), 143),
        ["configuration"] = () => JsonResult.Of("configuration", 3, "there is no cluster configuration"),
        ["usage"] = () => JsonResult.Of("usage", 2, "unknown option --retries: see wait-for --help"),
        ["internal"] = () => JsonResult.Of("internal", 70, "an error in wait-for itself"),
        ["interrupted before the first request"] = () => JsonResult.Of("interrupted", 130, "SIGINT: interrupted before the first request"),
    };

    public static TheoryData<string> Endings => [.. Ends.Keys];

    public static TheoryData<string> Scenes =>
        HintRow.NamesOf([
            .. PodHintTests.Table,
            .. PodStartHintTests.Table,
            .. JobHintTests.Table,
            .. MissingHintTests.Table,
            .. ServiceHintTests.Table,
            .. ObjectHintTests.Table,
            .. NoHintTests.Table,
        ]);

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Every_ending_is_as_the_schema_says(string end)
    {
        var document = Ends[end]();

        Assert.Empty(await ResultSchema.ProblemsAsync(document));
        Assert.Equal(end.Split(' ')[0], (string?)JsonNode.Parse(document)!["outcome"]);
    }

    [Theory]
    [MemberData(nameof(Scenes))]
    public async Task Every_scene_is_as_the_schema_says(string scene)
    {
        HintRow[] rows =
        [
            .. PodHintTests.Table,
            .. PodStartHintTests.Table,
            .. JobHintTests.Table,
            .. MissingHintTests.Table,
            .. ServiceHintTests.Table,
            .. ObjectHintTests.Table,
            .. NoHintTests.Table,
        ];

        Assert.Empty(
            await ResultSchema.ProblemsAsync(JsonResult.Of(Scene.Diagnose("timed-out", rows.Single(row => row.Name == scene).Scene()), 124))
        );
    }

    [Fact]
    public void The_schema_describes_each_property_and_each_of_them_occurs() =>
        Assert.Equal(
            ResultSchema.Described.Order(StringComparer.Ordinal),
            ResultSchema.PropertiesOf(Ends["timed-out"]()).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void All_endings_have_the_same_properties_on_top() =>
        Assert.All(Ends.Values, end =>
            Assert.Equal(
                ["schema", "outcome", "exitCode", "message", "waitedSeconds", "targets", "notRead", "roles"],
                JsonNode.Parse(end())!.AsObject().Select(property => property.Key)
            )
        );

    /// <summary>The library that validates ignores keywords that it does not know: the schema must not use one.</summary>
    [Fact]
    public void The_schema_keeps_to_keywords_that_are_checked()
    {
        string[] known =
        [
            "$schema",
            "title",
            "description",
            "type",
            "required",
            "properties",
            "additionalProperties",
            "items",
            "enum",
            "pattern",
            "minimum",
            "maximum",
            "minItems",
            "oneOf",
            "not",
        ];

        Assert.Empty(Keywords(JsonNode.Parse(ResultSchema.Text)!).Except(known));

        static IEnumerable<string> Keywords(JsonNode schema) =>
            schema
                .AsObject()
                .SelectMany(pair =>
                    pair.Key switch
                    {
                        "properties" => pair.Value!.AsObject().SelectMany(property => Keywords(property.Value!)),
                        "items" or "not" => Keywords(pair.Value!),
                        "additionalProperties" when pair.Value is JsonObject => Keywords(pair.Value),
                        "oneOf" => pair.Value!.AsArray().SelectMany(one => Keywords(one!)),
                        _ => [],
                    }
                )
                .Concat(schema.AsObject().Select(pair => pair.Key));
    }

    public static TheoryData<string, string, string?> Wrongs =>
        new()
        {
            { "timed-out", "targets.0.verdict", "\"Ready\"" },
            { "timed-out", "targets.0.verdict", "\"met\"" },
            { "timed-out", "targets.0.verdict", null },
            { "timed-out", "targets.0.code", "\"job failed\"" },
            { "timed-out", "targets.0.hints.0.rule", null },
            { "timed-out", "targets.0.pods.0.containers.0.state", "\"started\"" },
            { "timed-out", "targets.0.pods.0.name", "7" },
            { "timed-out", "targets.0.events.0.count", "0" },
            { "timed-out", "targets.0.podCount", "\"1\"" },
            { "timed-out", "targets.0.kind", "\"Job\"" },
            { "timed-out", "targets.0.target", "null" },
            { "timed-out", "targets.2.services.0.selector.app", "1" },
            { "timed-out", "targets.2.services.0.endpoints.0.standing", "\"unknown\"" },
            { "timed-out", "notRead.0.reason", null },
            { "timed-out", "schema", "\"wait-for-result/v2\"" },
            { "timed-out", "outcome", "\"open\"" },
            { "timed-out", "outcome", "\"met\"" },
            { "timed-out", "exitCode", "0" },
            { "timed-out", "exitCode", "256" },
            { "timed-out", "waitedSeconds", "\"200\"" },
            { "timed-out", "roles", null },
            { "met", "exitCode", "1" },
            { "met", "outcome", "\"failed\"" },
            { "met", "targets.1.verdict", "\"Pending\"" },
            { "met", "targets", "[]" },
        };

    [Theory]
    [MemberData(nameof(Wrongs))]
    public async Task A_document_that_is_wrong_is_refused(string end, string path, string? value)
    {
        var document = JsonNode.Parse(Ends[end]())!.AsObject();
        if (value is null)
            document.Without(path);
        else
            document.With(path, JsonNode.Parse(value));

        Assert.NotEmpty(await ResultSchema.ProblemsAsync(document.ToJsonString()));
    }

    [Fact]
    public void Facts_stand_under_their_names()
    {
        var target = JsonNode.Parse(Ends["failed"]())!["targets"]![0]!;

        Assert.Equal(
            """{"rule":"ContainerFailed","fact":"migrate-mz97j: V12__add_index.sql: lock timeout","action":"Fix the cause, then """
                + """apply a new Job (a failed one never runs again); the whole log: kubectl logs migrate-mz97j -n """
                + """rec-job-failed-backoff0 -c migrate"}""",
            target["hints"]![0]!.ToJsonString()
        );
        Assert.Equal(
            """{"name":"migrate","namespace":"rec-job-failed-backoff0","creationTimestamp":"2026-11-20T03:00:46Z","beingDeleted":"""
                + """false,"active":0,"succeeded":0,"failed":1,"completions":1,"backoffLimit":0,"activeDeadlineSeconds":"""
                + """null,"ttlSecondsAfterFinished":null,"suspend":false}""",
            target["jobs"]![0]!.DeepClone().AsObject().Without("conditions").ToJsonString()
        );
        Assert.Equal(
            """{"type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"Job has reached """
                + """the specified backoff limit","lastTransitionTime":"2026-11-20T03:00:49Z"}""",
            target["jobs"]![0]!["conditions"]![1]!.ToJsonString()
        );
        Assert.Equal(
            """{"name":"migrate","ready":false,"restartCount":0,"state":"terminated","waitingReason":null,"waitingMessage":"""
                + """null,"startedAt":null,"exitCode":1,"signal":"""
                + """null,"exitReason":"Error","terminationMessage":"V12__add_index.sql: lock """
                + """timeout","finishedAt":"2026-11-20T03:00:47Z"}""",
            target["pods"]![0]!["containers"]![0]!.ToJsonString()
        );
        Assert.Equal("""["V11__add_table.sql: done","V12__add_index.sql: lock timeout"]""", target["pods"]![0]!["log"]!.ToJsonString());
        Assert.Equal(
            """{"lastSeen":"2026-11-20T03:00:49Z","type":"Warning","reason":"BackoffLimitExceeded","count":"""
                + """1,"object":"job/migrate","message":"Job """
                + """has reached the specified backoff limit"}""",
            target["events"]![0]!.ToJsonString()
        );
        Assert.Equal(1, (int?)target["podCount"]);
    }

    [Fact]
    public void A_message_keeps_its_line_ends_and_the_log_of_the_run_before_is_marked()
    {
        var scene = Scene
            .Of("pod-crashloop", "pod/crash")
            .Pod(pod => pod.With("status.containerStatuses.0.state.terminated.message", "V12 failed:\r\n\u001b[31m lock timeout\n")) with
        {
            Log = ["V12 failed"],
            LogPrevious = true,
        };

        var pod = JsonNode.Parse(JsonResult.Of(Scene.Diagnose("timed-out", scene), 124))!["targets"]![0]!["pods"]![0]!;

        Assert.Equal("V12 failed:\n[31m lock timeout", (string?)pod["containers"]![0]!["terminationMessage"]);
        Assert.True((bool)pod["logPrevious"]!);
        Assert.False((bool)JsonNode.Parse(Ends["failed"]())!["targets"]![0]!["pods"]![0]!["logPrevious"]!);
    }

    [Fact]
    public void What_may_not_be_read_and_the_Roles_stand_in_it_too()
    {
        var (denied, timedOut) = (JsonNode.Parse(Ends["denied"]())!, JsonNode.Parse(Ends["timed-out"]())!);

        Assert.Equal(ReportScenes.Denied().Result.Roles, (string?)denied["roles"]);
        Assert.StartsWith("apiVersion: rbac.authorization.k8s.io/v1\n", (string?)denied["roles"], StringComparison.Ordinal);
        Assert.Equal(ReportScenes.Denied().Headline, (string?)denied["message"]);
        Assert.StartsWith("jobs.batch is forbidden", (string?)denied["targets"]![0]!["unconfirmed"], StringComparison.Ordinal);
        Assert.Null(timedOut["roles"]);
        Assert.Equal(
            """[{"what":"events in namespace shop","permission":"list events in namespace shop","reason":"denied"},"""
                + """{"what":"the log of pod x","permission":null,"reason":"not read within 5s"}]""",
            timedOut["notRead"]!.ToJsonString()
        );
        Assert.Equal(200, (double?)timedOut["waitedSeconds"]);
    }

    /// <summary>Everything that there can be, at once.</summary>
    private static Diagnosis Rich() =>
        Scene.Diagnose(
            "timed-out",
            [
                new Gap("events in namespace shop", "list events in namespace shop", "denied"),
                new Gap("the log of pod x", Permission: null, "not read within 5s"),
            ],
            [
                Scene.Of("job-failed-backoff0", "job-wr/migrate") with
                {
                    Log = ["one line"],
                },
                Scene.Of("deployment-service-rollout", "pod:app=web"),
                Scene.Of("deployment-service-rollout", "service/web"),
                new Scene("job/db-migrate-v42") { Neighbours = [Neighbour("db-migrate-v41")] },
                Running() with
                {
                    Fault = new(Kubernetes.FaultKind.Stalled, "nothing came"),
                },
                new Scene("deployment/web")
                {
                    Objects =
                    [
                        Recording
                            .Line("deployment-progress-deadline", "deployments", 5)
                            .With("metadata.finalizers", new JsonArray("foregroundDeletion")),
                    ],
                },
            ]
        );
}
