using System.Text.Json;
using System.Text.Json.Nodes;
using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>The rules of kinds, cell by cell, where no recording shows the state; and what holds for objects of every kind.</summary>
public sealed class ObjectRulesTests
{
    private const string Complete = """{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2}""";
    private const string Deadline = """[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]""";

    [Theory]
    [InlineData("""{"replicas":2}""", Complete, "Met RolloutComplete")]
    [InlineData("""{"replicas":2,"paused":true}""", Complete, "Met RolloutComplete")]
    [InlineData("""{"replicas":3,"paused":true}""", Complete, "Pending RolloutPaused")]
    [InlineData("""{"replicas":3}""", Complete, "Pending RolloutUpdating")]
    [InlineData("{}", Complete, "Pending NotReadable")]
    [InlineData("""{"replicas":"2"}""", Complete, "Pending NotReadable")]
    [InlineData(
        """{"replicas":2}""",
        """{"observedGeneration":1,"replicas":3,"updatedReplicas":2,"availableReplicas":3}""",
        "Pending RolloutOldPods"
    )]
    [InlineData("""{"replicas":2}""", """{"observedGeneration":1,"updatedReplicas":2,"availableReplicas":2}""", "Pending RolloutOldPods")]
    [InlineData(
        """{"replicas":2}""",
        """{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"availableReplicas":1}""",
        "Pending RolloutNotAvailable"
    )]
    [InlineData("""{"replicas":2}""", """{"replicas":2,"updatedReplicas":2,"availableReplicas":2}""", "Pending NotObserved")]
    [InlineData(
        """{"replicas":2}""",
        """{"observedGeneration":"1","replicas":2,"updatedReplicas":2,"availableReplicas":2}""",
        "Pending NotObserved"
    )]
    [InlineData(
        """{"replicas":1}""",
        """{"observedGeneration":1,"conditions":[{"type":"ReplicaFailure","status":"True"}]}""",
        "Pending ReplicaFailure"
    )]
    [InlineData(
        """{"replicas":1}""",
        """{"observedGeneration":1,"conditions":[{"type":"ReplicaFailure","status":"False"}]}""",
        "Pending RolloutUpdating"
    )]
    [InlineData("""{"replicas":1}""", $$"""{"observedGeneration":1,"conditions":{{Deadline}}}""", "Failed ProgressDeadlineExceeded")]
    // A new template clears the deadline: it does not count before the controller has seen that.
    [InlineData("""{"replicas":1}""", $$"""{"observedGeneration":0,"conditions":{{Deadline}}}""", "Pending NotObserved")]
    [InlineData("""{"replicas":1}""", "true", "Pending NotObserved")]
    public void A_Deployment(string spec, string status, string expected) =>
        Assert.Equal(expected, DeploymentRules.Judge(Item(spec, status)).Short());

    [Theory]
    [InlineData("3", 3, "Met RolloutComplete")]
    [InlineData("2", 3, "Pending RevisionNotReached")]
    [InlineData("4", 3, "Failed RevisionReplaced")]
    [InlineData("x", 3, "Pending RevisionNotReached")]
    [InlineData(null, 3, "Pending RevisionNotReached")]
    public void A_revision_of_a_Deployment(string? annotation, int revision, string expected)
    {
        var item = Object("""{"replicas":2}""", Complete);
        if (annotation is not null)
            item["metadata"]!["annotations"] = new JsonObject { ["deployment.kubernetes.io/revision"] = annotation };
        Assert.Equal(expected, DeploymentRules.Judge(item.Whole(), revision).Short());
    }

    private const string Rolled = """
        {"observedGeneration":1,"readyReplicas":2,"availableReplicas":2,"updatedReplicas":2,"currentRevision":"a","updateRevision":"a"}
        """;

    [Theory]
    [InlineData("""{"replicas":2}""", Rolled, "Met RolloutComplete")]
    [InlineData("""{"replicas":3}""", Rolled, "Pending RolloutNotAvailable")]
    [InlineData("{}", Rolled, "Pending NotReadable")]
    [InlineData("""{"replicas":0}""", """{"observedGeneration":1,"currentRevision":"a","updateRevision":"a"}""", "Met RolloutComplete")]
    [InlineData("""{"replicas":2}""", """{"observedGeneration":1,"readyReplicas":2,"updatedReplicas":2}""", "Pending RolloutUpdating")]
    // 1.20 has no availableReplicas, and no minReadySeconds.
    [InlineData(
        """{"replicas":1}""",
        """{"observedGeneration":1,"readyReplicas":1,"currentRevision":"a","updateRevision":"a"}""",
        "Met RolloutComplete"
    )]
    [InlineData(
        """{"replicas":1,"minReadySeconds":5}""",
        """{"observedGeneration":1,"readyReplicas":1,"currentRevision":"a","updateRevision":"a"}""",
        "Pending RolloutNotAvailable"
    )]
    [InlineData(
        """{"replicas":1,"updateStrategy":{"rollingUpdate":{"partition":5}}}""",
        """{"observedGeneration":1,"readyReplicas":1,"currentRevision":"a","updateRevision":"b"}""",
        "Met RolloutComplete"
    )]
    [InlineData(
        """{"replicas":1,"updateStrategy":{"type":"OnDelete"}}""",
        """{"observedGeneration":1,"readyReplicas":1,"currentRevision":"a","updateRevision":"b"}""",
        "Met RolloutComplete"
    )]
    public void A_StatefulSet(string spec, string status, string expected) =>
        Assert.Equal(expected, StatefulSetRules.Judge(Item(spec, status)).Short());

    [Theory]
    [InlineData("""{"observedGeneration":1,"desiredNumberScheduled":0}""", "Met RolloutComplete")]
    [InlineData("""{"desiredNumberScheduled":0}""", "Pending NotObserved")]
    [InlineData("""{"observedGeneration":1}""", "Pending NotReadable")]
    public void A_DaemonSet(string status, string expected) => Assert.Equal(expected, DaemonSetRules.Judge(Item("{}", status)).Short());

    [Theory]
    [InlineData("pvc", """{"phase":"Bound"}""", "Met ClaimBound")]
    [InlineData("pvc", """{"phase":"Released"}""", "Pending ClaimNotBound")]
    [InlineData("pvc", "{}", "Pending ClaimNotBound")]
    [InlineData("pv", """{"phase":"Available"}""", "Met VolumeReady")]
    [InlineData("pv", """{"phase":"Bound"}""", "Met VolumeReady")]
    [InlineData("pv", """{"phase":"Released"}""", "Pending VolumeNotReady")]
    [InlineData("pv", """{"phase":"Failed","message":"no such disk"}""", "Failed VolumeFailed")]
    [InlineData("pv", "{}", "Pending VolumeNotReady")]
    [InlineData("ns", """{"phase":"Active"}""", "Met NamespaceActive")]
    [InlineData("ns", """{"phase":"Terminating"}""", "Pending BeingDeleted")]
    [InlineData("ns", "{}", "Pending NamespaceNotActive")]
    [InlineData("node", """{"conditions":[{"type":"Ready","status":"False"}]}""", "Pending ObjectNotReady")]
    [InlineData("node", """{"conditions":[{"type":"Ready","status":"True"}]}""", "Met ObjectReady")]
    [InlineData("api", """{"conditions":[{"type":"Available","status":"False"}]}""", "Pending ObjectNotReady")]
    [InlineData("api", """{"conditions":[{"type":"Available","status":"True"}]}""", "Met ObjectReady")]
    [InlineData("any", "{}", "Pending ObjectNotReady")]
    [InlineData("any", """{"conditions":[]}""", "Pending ObjectNotReady")]
    [InlineData("any", """{"conditions":[{"type":"Ready","status":"True"}]}""", "Met ObjectReady")]
    [InlineData("any", """{"conditions":[{"type":"ready","status":"True"}]}""", "Pending ObjectNotReady")]
    [InlineData("any", """{"conditions":[{"type":"Ready","status":"true"}]}""", "Pending ObjectNotReady")]
    [InlineData("any", """{"conditions":[{"type":"Ready","status":true}]}""", "Pending ObjectNotReady")]
    [InlineData("any", """{"conditions":[{"type":"Ready","status":"Unknown"}]}""", "Pending ObjectNotReady")]
    [InlineData("any", """{"conditions":[{"type":"Synced","status":"True"}]}""", "Pending ObjectNotReady")]
    [InlineData("any", """{"conditions":[{"type":"Ready","status":"False"},{"type":"Ready","status":"True"}]}""", "Pending ObjectNotReady")]
    [InlineData("any", """{"conditions":[{"type":"Ready","status":"True"},{"type":"Stalled","status":"True"}]}""", "Failed ObjectStalled")]
    [InlineData("any", """{"conditions":[{"type":"Ready","status":"True"},{"type":"Stalled","status":"False"}]}""", "Met ObjectReady")]
    [InlineData(
        "any",
        """{"conditions":[{"type":"Ready","status":"True"},{"type":"Reconciling","status":"True"}]}""",
        "Pending ObjectReconciling"
    )]
    [InlineData("any", """{"conditions":[{"type":"Ready","status":"True","observedGeneration":0}]}""", "Pending ObjectNotReady")]
    [InlineData("any", """{"conditions":[{"type":"Ready","status":"True","observedGeneration":"1"}]}""", "Pending ObjectNotReady")]
    [InlineData("any", """{"conditions":[{"type":"Ready","status":"True","observedGeneration":2}]}""", "Met ObjectReady")]
    [InlineData("any", """{"observedGeneration":0,"conditions":[{"type":"Ready","status":"True"}]}""", "Pending NotObserved")]
    [InlineData(
        "any",
        """{"conditions":[{"type":"Stalled","status":"True","observedGeneration":0},{"type":"Ready","status":"True"}]}""",
        "Met ObjectReady"
    )]
    [InlineData("exists", "null", "Met ObjectExists")]
    public void Another_kind(string kind, string status, string expected)
    {
        Func<ObjectState, Verdict> rule = kind switch
        {
            "pvc" => PersistentVolumeClaimRules.Judge,
            "pv" => PersistentVolumeRules.Judge,
            "ns" => NamespaceRules.Judge,
            "node" => NodeRules.Judge,
            "api" => ApiServiceRules.Judge,
            "exists" => GenericRules.Exists,
            "any" => GenericRules.Judge,
            _ => throw new ArgumentException("add the kind's rule to the list above", nameof(kind)),
        };
        Assert.Equal(expected, rule(Item("{}", status)).Short());
        Assert.Equal("Pending BeingDeleted", rule(Object("{}", status).Deleting().Whole()).Short());
    }

    [Theory]
    [InlineData("", null, "Pending Missing")]
    [InlineData("met", null, "Met ObjectsReady")]
    [InlineData("met met", null, "Met ObjectsReady")]
    [InlineData("met pending", null, "Pending ObjectsNotReady")]
    [InlineData("met pending failed", null, "Failed ObjectStalled")]
    [InlineData("met pending failed", 1, "Met ObjectsReady")]
    [InlineData("met pending failed", 2, "Pending ObjectsNotReady")]
    [InlineData("met failed failed", 2, "Failed ObjectStalled")]
    [InlineData("met met", 3, "Pending ObjectsNotReady")]
    public void A_set(string members, int? least, string expected)
    {
        var states = members
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select((member, index) => Object("{}", "{}").Named($"o{index}").Condition(Type(member), Status(member)).Whole())
            .ToList();
        var verdict = ObjectRules.Set(Asked.Services with { MinReady = least }, states, GenericRules.Judge);
        Assert.Equal(expected, verdict.Short());
        Assert.Equal(states.Count, verdict.Objects.Count);

        static string Type(string member) => member == "failed" ? "Stalled" : "Ready";
        static string Status(string member) => member == "pending" ? "False" : "True";
    }

    [Fact]
    public void What_does_not_carry_the_expected_label_or_image_is_stale()
    {
        var spec = """{"replicas":2,"template":{"spec":{"containers":[{"image":"shop:1"}]}}}""";
        var item = Object(spec, Complete).Label("version", "1").Whole();
        Assert.Equal("Met RolloutComplete", Judge(Asked.Service.Label("version", "1").Image("shop:1")));
        Assert.Equal("Pending Stale", Judge(Asked.Service.Label("version", "2")));
        Assert.Equal("Pending Stale", Judge(Asked.Service.Image("shop:2")));
        Assert.Equal("Pending Stale", ObjectRules.Set(Asked.Services.Image("shop:2"), [item], DeploymentRules.Judge).Short());
        var missing = ObjectRules.Named(Asked.Service with { OnMissing = OnMissing.Fail }, null, DeploymentRules.Judge);
        Assert.Equal("Failed Missing", missing.Short());

        string Judge(Expectation expected) => ObjectRules.Named(expected, item, DeploymentRules.Judge).Short();
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"a","generation":"1"},"status":{"observedGeneration":1}}""", true)]
    [InlineData("""{"metadata":{"name":"a","generation":1},"status":{"observedGeneration":1.5}}""", true)]
    [InlineData("""{"metadata":{"name":"a","generation":1},"status":{"observedGeneration":null}}""", false)]
    [InlineData("""{"metadata":{"name":"a"},"status":{"observedGeneration":1,"conditions":{"x":[1]}}}""", false)]
    [InlineData("""{"metadata":{"name":"a"},"status":{"conditions":[1,null,"x",{"type":1,"status":[]}]}}""", false)]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"template":{"spec":{"containers":[1,{"image":2}]}}}}""", false)]
    [InlineData("""{"metadata":{"name":"a","generation":1e400}}""", false)]
    [InlineData("""{"metadata":{"name":"a"},"status":[[[]]],"kind":7}""", false)]
    public void Whatever_stands_in_spec_and_status_is_read(string json, bool outdated)
    {
        var state = StateReader.WholeObject(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal(outdated, state.Outdated);
        Assert.Empty(state.Images);
        Assert.NotEqual(VerdictKind.Met, GenericRules.Judge(state).Kind);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"metadata":{"name":""}}""")]
    [InlineData("""{"metadata":{"name":"a"},"status":"\ud800"}""")]
    [InlineData("""{"metadata":{"name":"a"},"status":{"\ud800":1}}""")]
    [InlineData("""{"metadata":{"name":"a"}} x""")]
    public void What_is_no_object_is_refused(string json) =>
        Assert.ThrowsAny<JsonException>(() => StateReader.WholeObject(System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void The_field_owners_are_not_kept_and_a_deep_schema_is_read()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200);
        var json = $$$"""{"metadata":{"name":"a","managedFields":[{"manager":"x"}],"labels":{"l":"m"}},"spec":{{{deep}}}}""";
        var kept = StateReader.WholeObject(System.Text.Encoding.UTF8.GetBytes(json)).Json.GetRawText();
        Assert.DoesNotContain("managedFields", kept, StringComparison.Ordinal);
        Assert.Contains("\"l\":\"m\"", kept, StringComparison.Ordinal);
    }

    private static ObjectState Item(string spec, string status) => Object(spec, status).Whole();

    private static JsonObject Object(string spec, string status) =>
        new()
        {
            ["metadata"] = new JsonObject { ["name"] = "a", ["namespace"] = "n", ["generation"] = 1 },
            ["spec"] = JsonNode.Parse(spec),
            ["status"] = JsonNode.Parse(status),
        };
}
