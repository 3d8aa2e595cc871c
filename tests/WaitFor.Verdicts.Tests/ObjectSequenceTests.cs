using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;
using Xunit.Abstractions;

namespace WaitFor.Verdicts.Tests;

/// <summary>Every recorded watch of workloads and other objects, line by line: <c>ObjectSequences.txt</c> has the verdicts of each object
/// with the line at which they are first said, so that what is Met is neither said a line too early nor too late.</summary>
public sealed class ObjectSequenceTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Func<ObjectState, Verdict>> Rules = new(StringComparer.Ordinal)
    {
        ["deployments"] = DeploymentRules.Judge,
        ["statefulsets"] = StatefulSetRules.Judge,
        ["daemonsets"] = DaemonSetRules.Judge,
        ["replicasets"] = ReplicaSetRules.Judge,
        ["persistentvolumeclaims"] = PersistentVolumeClaimRules.Judge,
        ["namespaces"] = NamespaceRules.Judge,
        ["nodes"] = NodeRules.Judge,
        ["customresourcedefinitions"] = CustomResourceDefinitionRules.Judge,
        ["databases"] = GenericRules.Judge,
        ["configmaps"] = GenericRules.Exists,
    };

    public static TheoryData<string, string> Sequences
    {
        get
        {
            var rows = new TheoryData<string, string>();
            var file = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ObjectSequences.txt"));
            foreach (var block in file.Split("\n\n").Select(block => block.Trim().Split("\n  ")))
                rows.Add(block[0], string.Join(" > ", block.Skip(1)));
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public void An_object_goes_through_these_verdicts(string which, string expected)
    {
        var (scenario, resource, name) = which.Split(' ') is [var first, var second, var third] ? (first, second, third) : default;
        var said = new List<string>();
        var last = "";
        foreach (var (line, items) in Recording.ReplayLines(scenario, resource))
        {
            var item = items.SingleOrDefault(item => (string?)item["metadata"]!["name"] == name);
            var now = ObjectRules.Named(Asked.Service, item?.Whole(), Rules[resource]).Short();
            if (now != last)
                said.Add($"{line} {now}");
            last = now;
        }

        Assert.Equal(expected, string.Join(" > ", said));
        var end = Recording.EndItems(scenario, resource).SingleOrDefault(item => (string?)item["metadata"]!["name"] == name);
        Assert.Equal(last, ObjectRules.Named(Asked.Service, end?.Whole(), Rules[resource]).Short());
    }

    [Fact]
    public void No_recorded_watch_is_left_out() =>
        Assert.Equal(
            Rules
                .Keys.SelectMany(resource => Recording.Scenarios(resource).Select(scenario => $"{scenario} {resource}"))
                .Order(StringComparer.Ordinal),
            Sequences.Select(row => string.Join(' ', ((string)row[0]).Split(' ').Take(2))).Distinct().Order(StringComparer.Ordinal)
        );

    /// <summary>Every field of each state that is not Met, one at a time, lost or of another type. Left out are the fields whose absence
    /// the contract reads as "nothing to say": a deletion mark, and the generations of a custom resource.</summary>
    [Fact]
    public void What_is_not_Met_never_becomes_Met_by_losing_a_field()
    {
        var (judged, refused) = (0, 0);
        foreach (var (resource, rule) in Rules)
        {
            foreach (var item in NotMet(resource, rule))
            {
                foreach (var path in Paths(item).Where(path => Counts(resource, path)))
                {
                    foreach (var damage in Enum.GetValues<Damage>())
                    {
                        var damaged = item.DeepClone().AsObject();
                        if (!Mutation.Apply(damaged, path, damage, []))
                            continue;
                        try
                        {
                            if (rule(damaged.Whole()).Kind == VerdictKind.Met)
                                Assert.Fail($"{damage} at {string.Join('.', path)} opens {resource}\n{item.ToJsonString()}");
                            judged++;
                        }
                        catch (JsonException)
                        {
                            refused++;
                        }
                    }
                }
            }
        }

        output.WriteLine($"{judged} judged, {refused} refused");
        Assert.True(judged > 10_000 && refused > 500, $"{judged} judged, {refused} refused");

        static bool Counts(string resource, IReadOnlyList<string> path) =>
            path[^1] != "deletionTimestamp" && (resource != "databases" || path[^1] is not ("generation" or "observedGeneration"));
    }

    /// <summary>One state for each verdict of each recording. Of two conditions of one type the first decides: to lose it is no
    /// damage.</summary>
    private static IEnumerable<JsonObject> NotMet(string resource, Func<ObjectState, Verdict> rule) =>
        Recording
            .Scenarios(resource)
            .SelectMany(scenario =>
                Recording
                    .Replay(scenario, resource)
                    .SelectMany(items => items)
                    .DistinctBy(item => rule(item.Whole()).Short(), StringComparer.Ordinal)
            )
            .Where(item => rule(item.Whole()).Kind != VerdictKind.Met && HasEachTypeOnce(item.Whole().Conditions));

    private static bool HasEachTypeOnce(IReadOnlyList<Condition?> conditions) =>
        conditions.Count == conditions.Select(one => one?.Type).Distinct(StringComparer.Ordinal).Count();

    /// <summary>The paths of all fields and items.</summary>
    internal static IEnumerable<IReadOnlyList<string>> Paths(JsonNode? node) =>
        node switch
        {
            JsonObject fields => fields.SelectMany(field => Below(field.Key, field.Value)),
            JsonArray list => list.SelectMany((item, index) => Below(index.ToString(CultureInfo.InvariantCulture), item)),
            _ => [],
        };

    private static IEnumerable<IReadOnlyList<string>> Below(string step, JsonNode? node) =>
        Paths(node).Select(path => (IReadOnlyList<string>)[step, .. path]).Prepend([step]);
}
