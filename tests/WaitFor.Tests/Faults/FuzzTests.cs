using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Verdicts.Tests;
using Xunit.Abstractions;

namespace WaitFor.Tests.Faults;

/// <summary>Everything that was recorded, mutated by the grammar of JSON and byte by byte: what comes out is a verdict that the text bears
/// out, or a refusal.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Lines = 110_000;
    private const int Lists = 40_000;
    private const int Worlds = 60_000;

    private static readonly string Recordings = Path.Combine(AppContext.BaseDirectory, "Recordings");

    [Fact]
    public void A_watchs_line_is_judged_by_what_stands_in_it_or_refused()
    {
        var lines = Directory
            .GetFiles(Recordings, "*.watch.jsonl", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .SelectMany(file => File.ReadLines(file).Select(line => (Kind: KindOf(file), Text: Encoding.UTF8.GetBytes(line))))
            .ToArray();
        var cases =
            from line in Gen.Elements(lines)
            from count in Gen.Choose(1, 4)
            from mutations in JsonMutation.Any.ArrayOf(count)
            select (line.Kind, Bytes: JsonMutation.Apply(line.Text, mutations));
        var (met, pending, refused) = (0, 0, 0);

        Fuzz.Run(
            output,
            Lines,
            cases,
            tried =>
            {
                try
                {
                    var (watchEvent, fault) = WatchStream.Parse(tried.Bytes, tried.Kind);
                    if (fault is not null || watchEvent.Type == WatchEventType.Bookmark)
                        return;
                    var isMet = Evidence.Judge(tried.Kind, [watchEvent.Raw]);
                    (met, pending) = isMet ? (met + 1, pending) : (met, pending + 1);
                }
                catch (Exception exception) when (IsRefusal(exception))
                {
                    refused++;
                }
            },
            tried => Encoding.UTF8.GetString(tried.Bytes)
        );

        output.WriteLine($"{Lines} lines: {met} met, {pending} not met, {refused} refused");
        Assert.True(met > 1_000 && pending > 10_000 && refused > 10_000, $"{met} met, {pending} not met, {refused} refused");
    }

    [Fact]
    public void A_lists_body_is_judged_by_what_stands_in_it_or_refused()
    {
        var lists = Directory
            .GetFiles(Recordings, "*.list.json", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(file => (Kind: KindOf(file), Text: File.ReadAllBytes(file)))
            .ToArray();
        var cases =
            from list in Gen.Elements(lists)
            from count in Gen.Choose(1, 4)
            from mutations in JsonMutation.Any.ArrayOf(count)
            select (list.Kind, Bytes: JsonMutation.Apply(list.Text, mutations));
        var (met, pending, refused) = (0, 0, 0);

        Fuzz.Run(
            output,
            Lists,
            cases,
            tried =>
            {
                try
                {
                    var isMet = Evidence.Judge(tried.Kind, ListPage.Parse(tried.Bytes, tried.Kind + "List").Items);
                    (met, pending) = isMet ? (met + 1, pending) : (met, pending + 1);
                }
                catch (Exception exception) when (IsRefusal(exception))
                {
                    refused++;
                }
            },
            tried => Encoding.UTF8.GetString(tried.Bytes)
        );

        output.WriteLine($"{Lists} lists: {met} met, {pending} not met, {refused} refused");
        Assert.True(met > 1_000 && pending > 1_000 && refused > 5_000, $"{met} met, {pending} not met, {refused} refused");
    }

    [Fact]
    public void What_is_not_met_is_not_met_either_when_fields_are_lost_on_the_way()
    {
        var cases =
            from world in WorldGenerator.NotMet
            from count in Gen.Choose(1, 4)
            from mutations in WorldGenerator.Mutation.ArrayOf(count)
            select (world, mutations);
        var (judged, refused) = (0, 0);

        Fuzz.Run(
            output,
            Worlds,
            cases,
            tried =>
            {
                var world = tried.world.Copy();
                foreach (var mutation in tried.mutations)
                    world.Damage(mutation);
                try
                {
                    // On their way the objects stand in a list, out of which they come byte by byte.
                    var objects = world.Objects.Select(item => item.Bytes()).ToList();
                    var items = string.Join(',', objects.Select(Encoding.UTF8.GetString));
                    var page = ListPage.Parse(
                        Encoding.UTF8.GetBytes($$$"""{"kind":"AnyList","metadata":{"resourceVersion":"1"},"items":[{{{items}}}]}"""),
                        "AnyList"
                    );
                    Assert.True(objects.Zip(page.Items).All(pair => pair.Second.Span.SequenceEqual(pair.First)));
                    Assert.NotEqual(VerdictKind.Met, world.Judge().Kind);
                    judged++;
                }
                catch (JsonException)
                {
                    refused++;
                }
            },
            tried => $"{string.Join("; ", tried.mutations.Select(mutation => mutation.ToString()))}\n{tried.world}"
        );

        output.WriteLine($"{Worlds} worlds: {judged} judged, {refused} refused");
        Assert.True(judged > Worlds / 4 && refused > Worlds / 10, $"{judged} judged, {refused} refused");
    }

    /// <summary>What the client takes for an unreadable answer; everything else is a surprise, which ends the gate.</summary>
    private static bool IsRefusal(Exception exception) =>
        ApiFault.FromException(exception, rejectedCertificate: null)?.Kind == FaultKind.Malformed;

    private static string KindOf(string file) =>
        Path.GetFileName(file).Split('.')[0] switch
        {
            "jobs" => "Job",
            "pods" => "Pod",
            "services" => "Service",
            _ => "EndpointSlice",
        };

    /// <summary>The rules, and beside them what each Met needs at the least, read in another way.</summary>
    private static class Evidence
    {
        private static readonly ServiceState Web = new()
        {
            Metadata = new Metadata { Name = "web" },
            Spec = new ServiceSpec { Type = "ClusterIP" },
        };

        /// <summary>Whether the objects are met, under no tolerance; each Met is borne out by the text.</summary>
        public static bool Judge(string kind, IReadOnlyList<ReadOnlyMemory<byte>> items)
        {
            var verdicts = new List<Verdict>();
            foreach (var tolerance in Enum.GetValues<Tolerance>())
                verdicts.Add(Judge(kind, items, tolerance));
            if (verdicts[0].Kind != VerdictKind.Met)
                return false;
            Assert.True(kind == "Service" || items.Any(item => BornOut(kind, item)), $"nothing in it says so: {verdicts[0].Sentence}");
            return true;
        }

        private static Verdict Judge(string kind, IReadOnlyList<ReadOnlyMemory<byte>> items, Tolerance tolerance)
        {
            switch (kind)
            {
                case "Job":
                    var jobs = items.Select(item => StateReader.Job(item.Span)).ToList();
                    var asked = Asked.Jobs with { Tolerance = tolerance };
                    return JobRules.Set(asked, jobs, FinishedJobs.None.Observe(asked, jobs));
                case "Pod":
                    return PodRules.Set(Asked.Pods with { Tolerance = tolerance }, [.. items.Select(item => StateReader.Pod(item.Span))]);
                case "Service":
                    return ServiceRules.Set(Asked.Services, [.. items.Select(item => StateReader.Service(item.Span))], []);
                default:
                    var slices = items.Select(item => StateReader.EndpointSlice(item.Span)).ToList();
                    var service = new ServiceState
                    {
                        Metadata = new Metadata { Name = "web", Namespace = slices.FirstOrDefault()?.Metadata?.Namespace },
                        Spec = Web.Spec,
                    };
                    return ServiceRules.Named(Asked.Service, service, slices);
            }
        }

        private static bool BornOut(string kind, ReadOnlyMemory<byte> item)
        {
            using var document = JsonDocument.Parse(item);
            var root = document.RootElement;
            if (At(root, "metadata", "deletionTimestamp") is { ValueKind: JsonValueKind.String } && kind is not "EndpointSlice")
                return false;
            return kind switch
            {
                "Job" => Condition(root, "Complete"),
                "Pod" => Condition(root, "Ready")
                    || At(root, "status", "phase") is { ValueKind: JsonValueKind.String } phase && phase.ValueEquals("Succeeded"),
                _ => At(root, "endpoints") is { ValueKind: JsonValueKind.Array } endpoints
                    && endpoints
                        .EnumerateArray()
                        .Any(endpoint =>
                            At(endpoint, "conditions", "ready") is not { ValueKind: JsonValueKind.False }
                            && At(endpoint, "addresses") is { ValueKind: JsonValueKind.Array } addresses
                            && addresses.GetArrayLength() > 0
                        ),
            };
        }

        private static bool Condition(JsonElement item, string type) =>
            At(item, "status", "conditions") is { ValueKind: JsonValueKind.Array } conditions
            && conditions.EnumerateArray().Any(condition => Is(At(condition, "type"), type) && Is(At(condition, "status"), "True"));

        private static bool Is(JsonElement? element, string text) =>
            element is { ValueKind: JsonValueKind.String } value && value.ValueEquals(text);

        private static JsonElement? At(JsonElement element, params ReadOnlySpan<string> path)
        {
            foreach (var name in path)
            {
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                    return null;
            }

            return element;
        }
    }
}
