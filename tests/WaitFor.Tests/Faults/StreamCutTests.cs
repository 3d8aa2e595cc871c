using System.Net.Http.Headers;
using WaitFor.CommandLine;
using WaitFor.Kubernetes;
using WaitFor.Kubernetes.Access;
using WaitFor.Testing;
using WaitFor.Verdicts;
using WaitFor.Watching;
using Xunit.Abstractions;

namespace WaitFor.Tests.Faults;

/// <summary>Recorded streams of a real API server, cut after every single byte. The verdicts are the same as without the cut, in the same
/// order, with one exception:
/// where the last verdict was Met, it is Pending (unconfirmed) from the loss until the list that follows.</summary>
public sealed class StreamCutTests(ITestOutputHelper output)
{
    private const string Job = "Pending Missing > Pending JobNotStarted > Pending JobRunning > Pending JobFinishing > Met JobComplete";
    private const string Pods = "Met PodsReady > Pending PodsNotReady > Met PodsReady";
    private const string Updating = "Pending Missing > Pending NotObserved > Pending RolloutUpdating > Pending RolloutNotAvailable";
    private const string Custom =
        "Pending Missing > Pending ObjectNotReady > Met ObjectReady > Pending NotObserved > Pending ObjectReconciling > "
        + "Failed ObjectStalled > Met ObjectReady > Pending ObjectNotReady > Met ObjectReady";
    private const string Service = "Pending ServiceWithoutEndpoints > Pending ServiceNotReady > Met ServiceReady";

    [Theory]
    [InlineData("job-complete", "jobs", Job)]
    [InlineData("job-running-at-start", "pods", Pods)]
    [InlineData("service-headless", "endpointslices", Service)]
    [InlineData("deployment-min-ready-seconds", "deployments", Updating + " > Met RolloutComplete")]
    [InlineData("deployment-progress-deadline", "deployments", Updating + " > Failed ProgressDeadlineExceeded")]
    [InlineData("custom-resource-conditions", "databases", Custom)]
    public async Task A_watch_that_is_cut_at_any_byte_gives_the_verdicts_of_one_that_is_whole(
        string scenario,
        string resource,
        string expected
    )
    {
        await using var player = new Player(scenario, resource);
        var whole = await player.PlayAsync(null);
        Assert.Equal(expected, string.Join(" > ", whole.Distinct()));
        var states = whole.Verdicts;
        Assert.Equal(player.Server.Ends.Count + 1, states.Count);

        var (cuts, unconfirmed) = (0, 0);
        for (var offset = 0; offset < player.Server.Stream.Length; offset++)
        {
            foreach (var kind in new[] { CutKind.Reset, CutKind.Closed })
            {
                // What the server knows more than it sent, it tells by its list.
                var cut = new Cut(OfList: false, offset, kind, Ahead: offset % 2);
                var after = Expected(player.Server, states, cut);
                var verdicts = (await player.PlayAsync(cut)).Distinct();

                Assert.True(
                    after.SequenceEqual(verdicts),
                    $"{cut}: expected {string.Join(" > ", after)}, got {string.Join(" > ", verdicts)}"
                );
                cuts++;
                unconfirmed += after.Contains("Pending Unconfirmed") ? 1 : 0;
            }
        }

        output.WriteLine($"{scenario}/{resource}: {player.Server.Stream.Length} offsets, {cuts} cuts, {unconfirmed} of them while Met");
    }

    [Theory]
    [InlineData("job-running-at-start", "jobs")]
    [InlineData("job-running-at-start", "pods")]
    public async Task A_list_that_is_cut_at_any_byte_is_none(string scenario, string resource)
    {
        await using var player = new Player(scenario, resource);
        var whole = (await player.PlayAsync(null)).Distinct();
        for (var offset = 0; offset < player.Server.FirstList.Length; offset++)
        {
            foreach (var kind in new[] { CutKind.Reset, CutKind.Closed })
            {
                var verdicts = (await player.PlayAsync(new Cut(OfList: true, offset, kind, Ahead: 0))).Distinct();

                Assert.Equal(["Pending NotKnownYet", .. whole], verdicts);
            }
        }

        output.WriteLine(
            $"{scenario}/{resource}: {player.Server.FirstList.Length} offsets of the list, {2 * player.Server.FirstList.Length} cuts"
        );
    }

    /// <summary>The verdicts of the whole stream, with what is known of a loss in between.</summary>
    private static List<string> Expected(RecordedServer server, IReadOnlyList<string> states, Cut cut)
    {
        var sent = server.Ends.Count(end => end <= cut.Offset);
        // A line that merely lacks its line feed is whole, and a stream that ends between two lines ends in the ordinary way: no loss.
        var ordinary =
            cut.Kind == CutKind.Closed && (cut.Offset == 0 || server.Ends.Contains(cut.Offset) || server.Ends.Contains(cut.Offset + 1));
        var lost = !ordinary && states[sent].StartsWith("Met", StringComparison.Ordinal);
        // A list that is ahead by an event changes nothing in the order, but that the state before the loss is not confirmed any more.
        return Player.Distinct([
            .. states.Take(sent + 1),
            .. lost ? ["Pending Unconfirmed"] : Array.Empty<string>(),
            .. lost && cut.Ahead == 0 ? [states[sent]] : Array.Empty<string>(),
            .. states.Skip(sent + 1),
        ]);
    }

    private sealed class Player : IAsyncDisposable
    {
        private readonly ManualTimeProvider _time = new() { JumpOver = TimeSpan.FromSeconds(20) };
        private readonly ApiServer _api;
        private readonly Target _target;

        public Player(string scenario, string resource)
        {
            Server =
                resource == "endpointslices" ? new RecordedServer(scenario, resource, "services") : new RecordedServer(scenario, resource);
            var access = new ClusterAccess
            {
                Server = new Uri("https://recorded"),
                Origin = "a test",
                Credentials = Credentials.None,
            };
            _api = new ApiServer(access, new ProductInfoHeaderValue("wait-for", "0.0.0"), _time) { Transport = Server };
            _target = resource switch
            {
                "jobs" => new Target(new Expectation { Kind = TargetKind.Job, Named = true }, Server.Name, Selector: null),
                "pods" => new Target(new Expectation { Kind = TargetKind.Pod, Named = false }, Name: null, "app=recorded"),
                "databases" => new GateCommand([$"databases.shop.example.com/{Server.Name}"], _ => null).Read().Targets[0],
                "deployments" => new GateCommand([$"deployment/{Server.Name}"], _ => null).Read().Targets[0],
                _ => new Target(new Expectation { Kind = TargetKind.Service, Named = true }, "web", Selector: null),
            };
            _target = _target with { Namespace = Server.Namespace };
        }

        public RecordedServer Server { get; }

        public async Task<Played> PlayAsync(Cut? cut)
        {
            using var end = new CancellationTokenSource();
            Server.Play(cut, end);
            var verdicts = new List<string>();
            var follower = Follower.Create(_target, _api, _time, new Random(42));
            follower.Changed = () => verdicts.Add($"{follower.Verdict.Kind} {follower.Verdict.Code}");
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower.RunAsync(end.Token));
            // A service is known when both of its parts are.
            return new Played([
                .. verdicts.SkipWhile(verdict => _target.Expected.Kind == TargetKind.Service && verdict == "Pending NotKnownYet"),
            ]);
        }

        public static List<string> Distinct(IEnumerable<string> verdicts)
        {
            var distinct = new List<string>();
            foreach (var verdict in verdicts)
            {
                if (distinct.Count == 0 || distinct[^1] != verdict)
                    distinct.Add(verdict);
            }

            return distinct;
        }

        public ValueTask DisposeAsync()
        {
            _api.Dispose();
            Server.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed record Played(IReadOnlyList<string> Verdicts)
    {
        public List<string> Distinct() => Player.Distinct(Verdicts);
    }
}
