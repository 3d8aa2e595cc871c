using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>What cannot be read is never judged.</summary>
public sealed class StateReaderTests
{
    private static readonly Dictionary<string, (Func<JsonObject> Full, Action<byte[]> Read)> Kinds = new(StringComparer.Ordinal)
    {
        ["Job"] = (FullJob, json => StateReader.Job(json)),
        ["Pod"] = (FullPod, json => StateReader.Pod(json)),
        ["Service"] = (FullService, json => StateReader.Service(json)),
        ["EndpointSlice"] = (FullSlice, json => StateReader.EndpointSlice(json)),
        ["Endpoints"] = (FullEndpoints, json => StateReader.Endpoints(json)),
    };

    /// <summary>Every field that is read, and its JSON type.</summary>
    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["Job"] = """
            metadata object; metadata.name text; metadata.namespace text; metadata.uid text; metadata.deletionTimestamp text;
            metadata.labels object; metadata.labels.app text;
            metadata.ownerReferences list; metadata.ownerReferences.0 object; metadata.ownerReferences.0.kind text;
            metadata.ownerReferences.0.controller flag;
            spec object; spec.suspend flag; spec.completions number; spec.template object; spec.template.spec object;
            spec.template.spec.containers list; spec.template.spec.containers.0 object; spec.template.spec.containers.0.image text;
            spec.template.spec.initContainers list; spec.template.spec.initContainers.0 object;
            spec.template.spec.initContainers.0.image text;
            status object; status.active number; status.ready number; status.succeeded number; status.failed number;
            status.startTime text; status.completionTime text;
            status.conditions list; status.conditions.0 object; status.conditions.0.type text; status.conditions.0.status text;
            status.conditions.0.reason text; status.conditions.0.message text
            """,
        ["Pod"] = """
            metadata object; metadata.name text; spec object; spec.containers list; spec.containers.0 object; spec.containers.0.image text;
            spec.initContainers list; spec.initContainers.0 object; spec.initContainers.0.image text;
            status object; status.phase text; status.reason text; status.conditions list; status.conditions.0 object;
            status.conditions.0.type text; status.conditions.0.status text;
            status.initContainerStatuses list; status.initContainerStatuses.0 object; status.initContainerStatuses.0.name text;
            status.containerStatuses list; status.containerStatuses.0 object; status.containerStatuses.0.name text;
            status.containerStatuses.0.ready flag; status.containerStatuses.0.restartCount number;
            status.containerStatuses.0.state object; status.containerStatuses.0.state.waiting object;
            status.containerStatuses.0.state.waiting.reason text;
            status.containerStatuses.0.lastState object; status.containerStatuses.0.lastState.terminated object;
            status.containerStatuses.0.lastState.terminated.exitCode number; status.containerStatuses.0.lastState.terminated.reason text
            """,
        ["Service"] =
            "metadata object; metadata.name text; metadata.namespace text; metadata.deletionTimestamp text; spec object; spec.type text; "
            + "spec.externalName text",
        ["EndpointSlice"] = """
            metadata object; metadata.name text; metadata.namespace text; metadata.labels object; metadata.labels.app text;
            endpoints list; endpoints.0 object; endpoints.0.addresses list; endpoints.0.addresses.0 text;
            endpoints.0.conditions object; endpoints.0.conditions.ready flag;
            endpoints.0.conditions.serving flag; endpoints.0.conditions.terminating flag;
            endpoints.0.targetRef object; endpoints.0.targetRef.kind text; endpoints.0.targetRef.namespace text;
            endpoints.0.targetRef.name text
            """,
        ["Endpoints"] = """
            metadata object; metadata.name text; metadata.namespace text; subsets list; subsets.0 object;
            subsets.0.addresses list; subsets.0.addresses.0 object; subsets.0.addresses.0.ip text;
            subsets.0.notReadyAddresses list; subsets.0.notReadyAddresses.0 object; subsets.0.notReadyAddresses.0.ip text;
            subsets.0.notReadyAddresses.0.targetRef object; subsets.0.notReadyAddresses.0.targetRef.name text
            """,
    };

    public static TheoryData<string, string, string> AllFields()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var (kind, fields) in Fields)
        {
            foreach (var field in fields.Split(';', StringSplitOptions.TrimEntries).Select(field => field.Split(' ')))
                rows.Add(kind, field[0], field[1]);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(AllFields))]
    public void A_field_of_another_type_is_refused(string kind, string field, string type)
    {
        var (full, read) = Kinds[kind];
        read(full().Bytes());
        foreach (
            var (other, value) in new[]
            {
                ("text", "\"True\""),
                ("number", "1"),
                ("flag", "true"),
                ("flag", "false"),
                ("list", "[]"),
                ("object", "{}"),
            }
        )
        {
            if (other != type)
                Assert.Throws<JsonException>(() => read(full().With(field, JsonNode.Parse(value)).Bytes()));
        }
    }

    [Theory]
    [MemberData(nameof(AllFields))]
    public void A_field_that_is_null_or_absent_is_not_refused(string kind, string field, string type)
    {
        _ = type;
        if (field is "metadata" or "metadata.name")
            return; // see An_object_without_a_name_is_refused

        var (full, read) = Kinds[kind];
        read(full().With(field, null).Bytes());
        read(full().Without(field).Bytes());
    }

    [Theory]
    [InlineData("spec.completions")]
    [InlineData("status.active")]
    [InlineData("status.succeeded")]
    public void A_number_that_is_not_whole_or_too_large_is_refused(string field)
    {
        foreach (var number in new[] { "1.5", "1e3", "2147483648", "-2147483649", "99999999999999999999" })
            Assert.Throws<JsonException>(() => FullJob().With(field, JsonNode.Parse(number)).Job());
        Assert.Equal(int.MaxValue, FullJob().With("status.active", int.MaxValue).Job().Status!.Active);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"metadata":null}""")]
    [InlineData("""{"metadata":{}}""")]
    [InlineData("""{"metadata":{"name":null}}""")]
    [InlineData("""{"metadata":{"name":""}}""")]
    [InlineData("""{"name":"migrate"}""")]
    public void An_object_without_a_name_is_refused(string json)
    {
        foreach (var (_, read) in Kinds.Values)
            Assert.Throws<JsonException>(() => read(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""[{"metadata":{"name":"migrate"}}]""")]
    [InlineData("\"migrate\"")]
    [InlineData("1")]
    [InlineData("true")]
    [InlineData("{")]
    [InlineData("""{"metadata":{"name":"migrate"}""")]
    [InlineData("""{"metadata":{"name":"migrate"},}""")]
    [InlineData("""{"metadata":{"name":"migr""")]
    [InlineData("""{'metadata':{'name':'migrate'}}""")]
    [InlineData("""{/* */"metadata":{"name":"migrate"}}""")]
    [InlineData("not JSON")]
    public void What_is_no_JSON_object_is_refused(string json)
    {
        foreach (var (_, read) in Kinds.Values)
            Assert.ThrowsAny<JsonException>(() => read(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Every_cut_of_an_object_is_refused()
    {
        var whole = JobStates.Complete().Without("metadata.managedFields").Bytes();

        for (var length = 0; length < whole.Length; length++)
            Assert.ThrowsAny<JsonException>(() => StateReader.Job(whole.AsSpan(0, length)));
    }

    [Fact]
    public void An_object_nested_too_deep_is_refused()
    {
        var json = "{\"metadata\":{\"name\":\"migrate\"},\"deep\":" + new string('[', 10_000) + new string(']', 10_000) + "}";

        Assert.ThrowsAny<JsonException>(() => StateReader.Job(Encoding.UTF8.GetBytes(json)));
    }

    public static TheoryData<string> BadText =>
        new()
        {
            """{"metadata":{"name":"migrate?"}}""",
            """{"metadata":{"name":"migrate","labels":{"app":"?"}}}""",
            """{"metadata":{"name":"migrate","labels":{"?":"web"}}}""",
            """{"metadata":{"name":"migrate"},"status":{"conditions":[{"type":"?"}]}}""",
            """{"metadata":{"name":"migrate"},"status":{"conditions":[{"type":"Complete","status":"True","message":"?"}]}}""",
        };

    [Theory]
    [MemberData(nameof(BadText))]
    public void Text_that_is_not_UTF_8_is_refused(string json)
    {
        var broken = Encoding.UTF8.GetBytes(json).Select(value => value == (byte)'?' ? (byte)0xff : value).ToArray();
        Assert.ThrowsAny<JsonException>(() => StateReader.Job(broken));

        // Half of a surrogate pair, escaped, is no text either.
        Assert.ThrowsAny<JsonException>(() =>
            StateReader.Job(Encoding.UTF8.GetBytes(json.Replace("?", "\\ud800", StringComparison.Ordinal)))
        );

        StateReader.Job(Encoding.UTF8.GetBytes(json.Replace("?", "\\u00e9", StringComparison.Ordinal)));
        StateReader.Job(Encoding.UTF8.GetBytes(json.Replace("?", "é", StringComparison.Ordinal)));
    }

    [Fact]
    public void Null_entries_of_lists_stay_and_are_passed_over()
    {
        var job = JobStates
            .Complete()
            .With("status.conditions", new JsonArray(null, JobStates.Complete()["status"]!["conditions"]![1]!.DeepClone(), null))
            .Job();
        Assert.Equal(3, job.Status!.Conditions!.Count);
        Assert.Equal("Met JobComplete", JobRules.Named(Asked.Job, job, FinishedJobs.None).Short());

        var pod = PodStates
            .FailedBare()
            .With("spec.containers", new JsonArray((JsonNode?)null))
            .With("metadata.ownerReferences", new JsonArray((JsonNode?)null))
            .With("status.containerStatuses", new JsonArray((JsonNode?)null))
            .With("status.initContainerStatuses", new JsonArray((JsonNode?)null))
            .Pod();
        Assert.Equal("Failed PodFailed", PodRules.Named(Asked.Pod, pod).Short());
        Assert.Equal("Pending Stale", PodRules.Named(Asked.Pod.Image("web"), pod).Short());

        var slice = Recording
            .End("service-no-selector", "services")
            .Named("x")
            .With("endpoints", new JsonArray(null, new JsonObject { ["addresses"] = new JsonArray((JsonNode?)null) }, null))
            .Slice();
        Assert.Equal(3, slice.Endpoints!.Count);
    }

    [Fact]
    public void Items_of_a_list_have_no_kind_and_read_the_same()
    {
        var line = Recording.Line("job-complete", "jobs", 6);
        Assert.True(line.ContainsKey("kind") && !JobStates.Complete().ContainsKey("kind"));

        Assert.Equal(
            JobRules.Named(Asked.Job, JobStates.Complete().Job(), FinishedJobs.None).Sentence,
            JobRules.Named(Asked.Job, line.Job(), FinishedJobs.None).Sentence
        );
    }

    private static JsonObject FullJob() =>
        JobStates
            .Failed()
            .Deleting()
            .Label("app", "web")
            .OwnedBy("CronJob")
            .With("status.active", 1)
            .With("status.succeeded", 1)
            .With("status.completionTime", "2026-11-20T03:00:49Z")
            .With("spec.template.spec.initContainers", new JsonArray(new JsonObject { ["image"] = "init" }));

    private static JsonObject FullPod() =>
        Recording
            .Line("pod-crashloop", "pods", 9)
            .With("status.reason", "Because")
            .With("spec.initContainers", new JsonArray(new JsonObject { ["image"] = "init" }))
            .With("status.initContainerStatuses", new JsonArray(new JsonObject { ["name"] = "init" }));

    private static JsonObject FullService() => Recording.End("service-externalname", "services").Deleting();

    private static JsonObject FullSlice() => Recording.End("deployment-service-rollout", "endpointslices").Label("app", "web");

    private static JsonObject FullEndpoints() =>
        JsonNode
            .Parse(
                """
                {"metadata":{"name":"web","namespace":"n"},"subsets":[{"addresses":[{"ip":"10.0.0.1"}],
                 "notReadyAddresses":[{"ip":"10.0.0.2","targetRef":{"kind":"Pod","name":"a"}}]}]}
                """
            )!
            .AsObject();
}
