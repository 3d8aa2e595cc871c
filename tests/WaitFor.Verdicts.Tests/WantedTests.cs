using System.Text.Json.Nodes;
using WaitFor.Verdicts.Conditions;
using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>What <c>--for</c> asks for, beside what kubectl answered to the same states.</summary>
public sealed class WantedTests
{
    private const string Forms = "use condition=NAME[=VALUE], jsonpath=EXPRESSION[=VALUE], delete or create";

    /// <summary>Where this differs from kubectl on purpose: what follows <c>--for=</c> in <c>kubectl/answers.tsv</c>, and what is reported
    /// here.</summary>
    private static readonly Dictionary<string, string> OnPurpose = new(StringComparer.Ordinal)
    {
        // No value: kubectl takes an empty text and an empty list for one.
        ["jsonpath={.status.empty}"] = "Pending WantedNotMet",
        ["jsonpath={.status.nothing}"] = "Pending WantedNotMet",
        // kubectl waits for a condition without a name until its time is over.
        ["condition="] = "refused",
    };

    public static TheoryData<string, string, string, string> Answers
    {
        get
        {
            var rows = new TheoryData<string, string, string, string>();
            var file = Path.Combine(AppContext.BaseDirectory, "Recordings/kubectl/answers.tsv");
            foreach (var cells in File.ReadLines(file).Select(line => line.Split('\t')))
            {
                var command = cells[1].Split("--for=");
                if (command is not [_, var rest] || rest.Split(" widget/orders") is not [var asked, _])
                    continue;
                var wanted = asked.TrimEnd('\'');
                rows.Add(cells[0], wanted, cells[2], cells[5]);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void As_kubectl_answered(string state, string wanted, string exit, string error)
    {
        var deleting = state.StartsWith("deletionTimestamp", StringComparison.Ordinal);
        var (parsed, refused) = Wanted.Parse([wanted]);
        var item = Item(state);
        var seen = FirstSeen.None.Observe(item is null ? [] : [item]);
        var verdict = parsed is null ? null : WantedRules.Named(Asked.Service, parsed, item, seen, EarlyEnds.None);
        var said = verdict?.Short() ?? "refused";

        if (OnPurpose.TryGetValue(wanted, out var ours) || (deleting && exit == "0" && (ours = "Pending BeingDeleted") is not null))
            Assert.Equal(ours, said);
        else if (exit == "0")
            Assert.Equal(VerdictKind.Met, verdict?.Kind);
        else if (error.Contains("timed out", StringComparison.Ordinal))
            Assert.Equal(VerdictKind.Pending, verdict?.Kind);
        else
            // kubectl ends with an error: here an expression is refused, and what another state of the object can cure is waited for.
            Assert.True(said == "refused" || verdict!.Kind == VerdictKind.Pending, said);
        Assert.Equal(parsed is null, refused is not null);
    }

    [Fact]
    public void All_answers_are_compared() => Assert.Equal(65, Answers.Count);

    [Theory]
    [InlineData("condition=Ready", "condition=Ready=True")]
    [InlineData("condition=Ready=False", "condition=Ready=False")]
    [InlineData("condition=example.com/Ready=a=b", "condition=example.com/Ready=a=b")]
    [InlineData("jsonpath={.a}", "jsonpath={.a}")]
    [InlineData("jsonpath={.a}=b", "jsonpath={.a}=b")]
    [InlineData("jsonpath=.a=b=c", "jsonpath=.a=b=c")]
    [InlineData("jsonpath={.a}=\"b c\"", "jsonpath={.a}=b c")]
    [InlineData("jsonpath={.a}='b'", "jsonpath={.a}=b")]
    [InlineData("jsonpath={.a[?(@.x==\"}=\")].y}=z", "jsonpath={.a[?(@.x==\"}=\")].y}=z")]
    [InlineData("jsonpath=.a[?(@.x==\"y\")].z=1", "jsonpath=.a[?(@.x==\"y\")].z=1")]
    [InlineData("delete", "delete")]
    [InlineData("Delete", "delete")]
    [InlineData("create", "create")]
    public void Is_read(string text, string read) => Assert.Equal(read, Wanted.Parse([text]).Wanted!.Items.Single().ToString());

    [Theory]
    [InlineData("nonsense", "--for=nonsense: write condition=nonsense, jsonpath=EXPRESSION[=VALUE], delete or create")]
    [InlineData("Condition=Ready", $"--for=Condition=Ready: {Forms}")]
    [InlineData("condition=", "--for=condition=: a condition's name is missing after condition=")]
    [InlineData("condition=Ready=", "--for=condition=Ready=: a value is missing after the last =")]
    [InlineData("jsonpath=", "--for=jsonpath=: the expression is empty, at character 1 of ")]
    [InlineData("jsonpath={.a}x", "--for=jsonpath={.a}x: only =VALUE may follow the closing brace, at character 5 of {.a}x")]
    [InlineData("jsonpath={.a[}=x", "--for=jsonpath={.a[}=x: the bracket [ is not closed, at character 4 of {.a[}=x")]
    [InlineData(
        "jsonpath={.a}=",
        "--for=jsonpath={.a}=: a value is missing after =; leave the = out to wait for any value that is not empty"
    )]
    [InlineData(
        "condition=a|condition=A=false",
        "--for=condition=a=True and --for=condition=A=false cannot both hold: a condition has one status"
    )]
    [InlineData(
        "delete|condition=a",
        "--for=delete and --for=condition=a=True cannot both hold: an object that is gone meets nothing else"
    )]
    [InlineData("create|delete", "--for=create and --for=delete cannot both hold: an object that is gone meets nothing else")]
    [InlineData("jsonpath=.a=1|jsonpath=.a=2", "--for=jsonpath=.a=1 and --for=jsonpath=.a=2 cannot both hold: it has one value")]
    public void Is_refused(string texts, string sentence) => Assert.Equal((null, sentence), Wanted.Parse(texts.Split('|')));

    [Fact]
    public void All_must_hold()
    {
        var wanted = Wanted.Parse(["condition=ready", "jsonpath=.status.phase=Up", "create"]).Wanted!;
        Assert.Equal("Pending WantedNotMet", Judge("""{"conditions":[{"type":"Ready","status":"True"}]}"""));
        Assert.Equal("Pending WantedNotMet", Judge("""{"phase":"Up"}"""));
        Assert.Equal("Met WantedMet", Judge("""{"phase":"Up","conditions":[{"type":"Ready","status":"True"}]}"""));

        string Judge(string status) => WantedRules.Judge(wanted, Item($"generation 1, status {status}")!, EarlyEnds.None).Short();
    }

    [Theory]
    // Several values must all be the one; one that is missing is none.
    [InlineData("jsonpath={.status.l[*].r}=true", """{"l":[{"r":true},{"r":true}]}""", "Met WantedMet")]
    [InlineData("jsonpath={.status.l[*].r}=true", """{"l":[{"r":true},{"r":false}]}""", "Pending WantedNotMet")]
    [InlineData("jsonpath={.status.l[*].r}=true", """{"l":[{"r":true},{}]}""", "Pending WantedNotMet")]
    [InlineData("jsonpath={.status.l[*].r}=true", """{"l":[]}""", "Pending WantedNotMet")]
    [InlineData("jsonpath={.status.l[*].r}", """{"l":[{"r":""},{"r":"x"}]}""", "Met WantedMet")]
    [InlineData("jsonpath={.status.l}=null", """{"l":null}""", "Pending WantedNotMet")]
    [InlineData("jsonpath={.status.l}", """{"l":null}""", "Pending WantedNotMet")]
    [InlineData("jsonpath={.status.l}", """{"l":{}}""", "Pending WantedNotMet")]
    [InlineData("jsonpath={.status.l}", """{"l":false}""", "Met WantedMet")]
    [InlineData("jsonpath={.status.l}=x", """{"l":" x "}""", "Met WantedMet")]
    // The status is of an older spec.
    [InlineData("jsonpath={.status.l}=x", """{"l":"x","observedGeneration":0}""", "Pending NotObserved")]
    [InlineData("jsonpath={.status.l}=x", """{"l":"x","observedGeneration":"1"}""", "Pending NotObserved")]
    [InlineData("condition=a", """{"observedGeneration":0}""", "Pending NotObserved")]
    public void A_value_is_compared(string wanted, string status, string said) =>
        Assert.Equal(
            said,
            WantedRules.Judge(Wanted.Parse([wanted]).Wanted!, Item($"generation 1, status {status}")!, EarlyEnds.None).Short()
        );

    [Theory]
    [InlineData("jsonpath={.status.phase}=Up", "{.status.phase} is Down; waiting for Up")]
    [InlineData("jsonpath={.status.n}=1", "{.status.n} has no value yet; waiting for 1")]
    [InlineData("jsonpath={.status.l}=1", "{.status.l} is a list; waiting for 1")]
    [InlineData("jsonpath={.status.l[*].r}=1", "{.status.l[*].r} is 1, and has no value in others; waiting for 1")]
    [InlineData("jsonpath={.status.phase}", "{.status.phase} is Down")]
    // What a Secret holds is not shown.
    [InlineData("jsonpath={.data.password}=x", "{.data.password} has another value; waiting for x")]
    [InlineData("jsonpath={.data.password}", "{.data.password} has the value")]
    [InlineData("jsonpath={..password}", "{..password} has the value")]
    public void What_is_seen_is_said(string wanted, string sentence)
    {
        var item = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "a" },
            ["status"] = JsonNode.Parse("""{"phase":"Down","l":[{"r":1},{}]}"""),
            ["data"] = JsonNode.Parse("""{"password":"secret"}"""),
        };
        Assert.Equal(sentence, WantedRules.Judge(Wanted.Parse([wanted]).Wanted!, item.Whole(), EarlyEnds.None).Sentence);
    }

    /// <summary>Every field of a status that does not meet it, one at a time; not observedGeneration, whose
    /// absence says nothing.</summary>
    [Theory]
    [InlineData("jsonpath={.status.readyReplicas}=2")]
    [InlineData("jsonpath={.status.availableReplicas}")]
    [InlineData("jsonpath={.status.conditions[*].status}=True")]
    [InlineData("jsonpath={.status.conditions[?(@.type==\"Available\")].status}=True")]
    [InlineData("jsonpath={..unavailableReplicas}=2")]
    [InlineData("condition=available")]
    [InlineData("condition=Progressing=False")]
    public void No_missing_field_makes_it_true(string text)
    {
        var wanted = Wanted.Parse([text]).Wanted!;
        var judged = 0;
        var states = Recording
            .AllLines("deployments")
            .DistinctBy(item => DeploymentRules.Judge(item.Whole()).Sentence, StringComparer.Ordinal);
        foreach (var item in states.Where(item => !IsMet(item)))
        {
            foreach (var path in ObjectSequenceTests.Paths(item).Where(path => Counts(string.Join('.', path))))
            {
                foreach (var damage in new[] { Damage.Delete, Damage.Null })
                {
                    var damaged = item.DeepClone().AsObject();
                    if (!Mutation.Apply(damaged, path, damage, []))
                        continue;
                    Assert.False(IsMet(damaged), $"{damage} at {string.Join('.', path)} of {item.ToJsonString()}");
                    judged++;
                }
            }
        }

        Assert.True(judged > 300, $"{judged} judged");

        bool IsMet(JsonObject item) => WantedRules.Judge(wanted, item.Whole(), EarlyEnds.Deployment).Kind == VerdictKind.Met;

        // A missing item of a list is no missing field.
        static bool Counts(string path) =>
            path.StartsWith("status", StringComparison.Ordinal) && path != "status.observedGeneration" && !char.IsAsciiDigit(path[^1]);
    }

    [Theory]
    [InlineData("jobs", "job-complete", "condition=complete", "Met WantedMet")]
    [InlineData("jobs", "job-complete", "condition=failed", "Failed WantedUnreachable")]
    [InlineData("jobs", "job-failed-backoff0", "condition=complete", "Failed JobFailed")]
    [InlineData("jobs", "job-failed-backoff0", "condition=Complete=True", "Failed JobFailed")]
    [InlineData("jobs", "job-failed-backoff0", "condition=complete=False", "Pending WantedNotMet")]
    [InlineData("jobs", "job-failed-backoff0", "condition=failed", "Met WantedMet")]
    [InlineData("jobs", "job-failed-backoff0", "condition=failed|condition=complete", "Failed JobFailed")]
    [InlineData("jobs", "job-failed-backoff0", "jsonpath=.status.succeeded=1", "Failed WantedUnreachable")]
    [InlineData("jobs", "job-failed-backoff0", "jsonpath=.status.active=1", "Pending WantedNotMet")]
    [InlineData("pods", "pod-completed", "condition=Ready", "Failed WantedUnreachable")]
    [InlineData("pods", "pod-completed", "condition=Ready=False", "Met WantedMet")]
    [InlineData("pods", "pod-completed", "jsonpath={.status.phase}=Succeeded", "Met WantedMet")]
    [InlineData("pods", "pod-completed", "jsonpath={.status.phase}=Running", "Failed WantedUnreachable")]
    [InlineData("pods", "pod-crashloop", "condition=Ready", "Pending WantedNotMet")]
    [InlineData("pods", "job-failed-backoff0", "condition=Ready", "Failed WantedUnreachable")]
    [InlineData("deployments", "deployment-progress-deadline", "condition=available", "Failed ProgressDeadlineExceeded")]
    [InlineData("deployments", "deployment-progress-deadline", "condition=progressing", "Pending WantedNotMet")]
    [InlineData("deployments", "deployment-rollout-ok", "condition=available", "Met WantedMet")]
    [InlineData("persistentvolumeclaims", "pvc-lost", "jsonpath={.status.phase}=Bound", "Failed ClaimLost")]
    [InlineData("persistentvolumeclaims", "pvc-lost", "jsonpath={.status.phase}", "Met WantedMet")]
    [InlineData("customresourcedefinitions", "crd-names-conflict", "condition=established", "Failed NamesNotAccepted")]
    [InlineData("customresourcedefinitions", "crd-established", "condition=established", "Met WantedMet")]
    public void Ends_early_where_it_can_no_longer_come(string resource, string scenario, string wanted, string said) =>
        Assert.Equal(said, Last(resource, scenario, wanted.Split('|')));

    /// <summary>A deadline that has passed does not count while old pods keep it available, nor for a spec that is not seen yet.</summary>
    [Fact]
    public void A_Deployment_that_is_available_past_its_deadline_is_available()
    {
        var late = Recording.Line("deployment-update-progress-deadline", "deployments", 11);
        var wanted = Wanted.Parse(["condition=available"]).Wanted!;
        Assert.Equal("Met WantedMet", WantedRules.Judge(wanted, late.Whole(), EarlyEnds.Deployment).Short());
        late.Condition("Available", "False");
        Assert.Equal("Failed ProgressDeadlineExceeded", WantedRules.Judge(wanted, late.Whole(), EarlyEnds.Deployment).Short());
        late.With("metadata.generation", 3);
        Assert.Equal("Pending NotObserved", WantedRules.Judge(wanted, late.Whole(), EarlyEnds.Deployment).Short());
    }

    [Fact]
    public void A_pod_that_its_controller_replaces_ends_nothing()
    {
        var pod = Recording.End("pod-completed", "pods").With("status.phase", "Failed").OwnedBy("ReplicaSet");
        var wanted = Wanted.Parse(["condition=ready"]).Wanted!;
        Assert.Equal("Pending WantedNotMet", WantedRules.Judge(wanted, pod.Whole(), EarlyEnds.Pod).Short());
        Assert.Equal("Failed WantedUnreachable", WantedRules.Judge(wanted, pod.OwnedBy("Job").Whole(), EarlyEnds.Pod).Short());
    }

    [Theory]
    [InlineData("object-deleted", "deployments", "Pending ObjectNotDeleted > Met ObjectDeleted")]
    [InlineData("object-deleted", "configmaps", "Pending ObjectNotDeleted > Met ObjectDeleted")]
    [InlineData("object-deleted-and-recreated", "deployments", "Pending ObjectNotDeleted > Met ObjectDeleted")]
    [InlineData("object-deleted-and-recreated", "configmaps", "Pending ObjectNotDeleted > Met ObjectDeleted")]
    [InlineData("namespace-terminating", "namespaces", "Pending ObjectNotDeleted > Met ObjectDeleted")]
    // Nothing existed at first: the wait does not cover what comes later.
    [InlineData("custom-resource-deleted-with-finalizer", "databases", "Met ObjectDeleted")]
    public void Delete_is_met_when_what_was_first_seen_is_gone(string scenario, string resource, string expected)
    {
        foreach (var named in new[] { true, false })
        {
            var seen = FirstSeen.None;
            var wanted = Wanted.Parse(["delete"]).Wanted!;
            var said = new List<string> { Judge([]).Short() };
            Assert.Equal("Pending NotKnownYet", said[0]);
            foreach (var states in Recording.Replay(scenario, resource).Select(items => items.Select(item => item.Whole()).ToList()))
            {
                seen = seen.Observe(states);
                if (Judge(states).Short() is var now && now != said[^1])
                    said.Add(now);
            }

            Assert.Equal(expected, string.Join(" > ", said.Skip(1)));

            Verdict Judge(List<ObjectState> states) =>
                named
                    ? WantedRules.Named(Asked.Service, wanted, states.SingleOrDefault(), seen, EarlyEnds.None)
                    : WantedRules.Set(Asked.Services, wanted, states, seen, EarlyEnds.None);
        }
    }

    [Fact]
    public void Delete_tells_a_successor_by_its_uid_alone()
    {
        var old = Recording.FirstItems("object-deleted-and-recreated", "configmaps")[0];
        var wanted = Wanted.Parse(["delete"]).Wanted!;
        var seen = FirstSeen.None.Observe([old.Whole()]);
        Assert.Equal("Met ObjectDeleted", Judge(old.With("metadata.uid", "another")));
        Assert.Equal("Pending ObjectNotDeleted", Judge(old.Without("metadata.uid")));

        string Judge(JsonObject now) => WantedRules.Named(Asked.Service, wanted, now.Whole(), seen, EarlyEnds.None).Short();
    }

    private static string Last(string resource, string scenario, string[] wanted)
    {
        EarlyEnd early = resource switch
        {
            "jobs" => EarlyEnds.Job,
            "pods" => EarlyEnds.Pod,
            "deployments" => EarlyEnds.Deployment,
            "persistentvolumeclaims" => EarlyEnds.PersistentVolumeClaim,
            _ => EarlyEnds.CustomResourceDefinition,
        };
        var state = Recording.Replay(scenario, resource).Last().Single().Whole();
        return WantedRules.Named(Asked.Service, Wanted.Parse(wanted).Wanted!, state, FirstSeen.None, early).Short();
    }

    /// <summary>The object of a row: <c>generation 2, status {...}</c>; null for none.</summary>
    private static ObjectState? Item(string state)
    {
        if (state == "no such object")
            return null;
        var item = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "orders", ["uid"] = "1", ["generation"] = 1 } };
        if (state.StartsWith("deletionTimestamp", StringComparison.Ordinal))
            return item.Condition("Ready", "True").Deleting().Whole();
        item.With("metadata.generation", int.Parse(state.Split(',')[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
        var status = state[(state.IndexOf("status ", StringComparison.Ordinal) + 7)..];
        return (status == "absent" ? item : item.With("status", JsonNode.Parse(status))).Whole();
    }
}
