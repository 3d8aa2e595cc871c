using System.Collections.Concurrent;
using WaitFor.Kubernetes;
using WaitFor.Testing;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.Tests.Watching;

/// <summary>A service that is only another name for a host needs no EndpointSlices; it may become one that does.</summary>
public sealed class ServiceFollowerTests
{
    private static readonly Func<SeenRequest, bool> Slices = request => request.Resource == "endpointslices";
    private static readonly Func<SeenRequest, bool> Sources = request =>
        request.Path.Contains("/endpoints", StringComparison.Ordinal)
        || request.Path.Contains("/pods", StringComparison.Ordinal)
        || request.Resource == "endpointslices";

    /// <summary>Denied, once it is known what the service is: before that a denial is nobody's but the slices'.</summary>
    private static IDisposable Deny(FakeApiServer server) => server.Always(Sources, async context =>
        {
            await server.ArrivedAsync(request => request is { Resource: "services", IsWatch: true }, 1);
            await Answers.Status(403, "Forbidden", "endpointslices.discovery.k8s.io is forbidden")(context);
        });

    [Fact]
    public async Task An_external_name_outlives_the_denial_of_its_slices()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Services("shop"), ApiObjects.Service("redis", "ExternalName"));
        using var denied = Deny(gate.Server);
        var running = gate.RunAsync("service/redis job/db --timeout 1h");
        await gate.Lines.ContainsAsync("service/redis: stands for the external name");
        await gate.Server.ArrivedAsync(Slices, 1);

        gate.Time.Advance(TimeSpan.FromMinutes(2));
        await gate.Lines.ContainsAsync("still waiting after 2m");
        Assert.False(running.IsCompleted);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        Assert.Equal(0, (await running).ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_service_that_is_no_external_name_any_more_needs_its_slices_again(bool allowed)
    {
        await using var service = await Followed.StartAsync("ExternalName");
        service.Server.Objects.Put(ApiObjects.EndpointSlices("shop"), ApiObjects.EndpointSlice("redis", true));
        var denied = Deny(service.Server);
        service.Run();
        await service.ChangedAsync(verdict => verdict.Code == VerdictCode.ServiceExternalName);
        await service.Server.ArrivedAsync(Slices, 1);
        service.Time.Advance(2 * FaultPolicy.Grace);
        if (allowed)
            denied.Dispose();

        service.Server.Objects.Put(ApiObjects.Services("shop"), ApiObjects.Service("redis"));

        if (allowed)
        {
            await service.ChangedAsync(verdict => verdict.Code == VerdictCode.ServiceReady);
            return;
        }

        // Denied again, it has the whole time of grace again: the Role may come with the change.
        var (collection, fault) = await service.EndAsync();
        Assert.Equal(("endpointslices", FaultKind.Forbidden), (collection.Resource, fault.Kind));
        Assert.InRange(service.Time.Elapsed, 3 * FaultPolicy.Grace, (3 * FaultPolicy.Grace) + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_Role_that_arrives_and_is_taken_away_has_the_whole_time_of_grace_again()
    {
        await using var service = await Followed.StartAsync("ClusterIP");
        service.Server.Objects.Put(ApiObjects.EndpointSlices("shop"), ApiObjects.EndpointSlice("redis", false));
        const string little = "services=list,watch";
        var role = new FakeRole(service.Server, little);
        service.Run();
        await service.Server.ArrivedAsync(Slices, 3);
        role.Change(little + ";endpointslices=list,watch");
        await service.Server.ArrivedAsync(request => request is { Resource: "endpointslices", IsWatch: true }, 1);
        service.Server.Objects.Put(ApiObjects.EndpointSlices("shop"), ApiObjects.EndpointSlice("redis", true));
        await service.ChangedAsync(verdict => verdict.Code == VerdictCode.ServiceReady);
        service.Time.Advance(TimeSpan.FromMinutes(1));
        var taken = service.Time.Elapsed;
        role.Change(little);
        service.Server.Objects.EndWatches();

        Assert.Equal(FaultKind.Forbidden, (await service.EndAsync()).Fault.Kind);
        Assert.InRange(service.Time.Elapsed - taken, FaultPolicy.Grace, FaultPolicy.GraceAfterLoss + TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task What_was_known_of_slices_before_they_were_refused_says_nothing_later()
    {
        await using var service = await Followed.StartAsync("ClusterIP");
        service.Server.Objects.Put(ApiObjects.EndpointSlices("shop"), ApiObjects.EndpointSlice("redis", true));
        service.Run();
        await service.ChangedAsync(verdict => verdict.Code == VerdictCode.ServiceReady);
        service.Server.Objects.Put(ApiObjects.Services("shop"), ApiObjects.Service("redis", "ExternalName"));
        await service.ChangedAsync(verdict => verdict.Code == VerdictCode.ServiceExternalName);
        await service.Server.ArrivedAsync(request => request is { Resource: "endpointslices", IsWatch: true }, 1);

        // Refused at once and for good while nobody needs them.
        using var refused = service.Server.Always(Slices, Answers.Status(400, "BadRequest", "no"));
        service.Server.Objects.Put(ApiObjects.EndpointSlices("shop"), ApiObjects.EndpointSlice("redis", false));
        service.Verdicts.Clear();
        var givenUp = service.ChangedAsync(_ => service.Server.Requests.Count(Slices) >= 3);
        service.Server.Objects.EndWatches();
        await givenUp;
        service.Server.Objects.Put(ApiObjects.Services("shop"), ApiObjects.Service("redis"));

        Assert.Equal(FaultKind.Rejected, (await service.EndAsync()).Fault.Kind);
        Assert.DoesNotContain(service.Verdicts, verdict => verdict.Code == VerdictCode.ServiceReady);
    }

    /// <summary>The service redis, followed without a gate, so that every change of its verdict is seen.</summary>
    private sealed class Followed : IAsyncDisposable
    {
        private readonly GateHarness _gate;
        private readonly ApiServer _api;
        private readonly Follower _follower;
        private readonly List<(Func<Verdict, bool> Matches, TaskCompletionSource Seen)> _waiters = [];
        private readonly CancellationTokenSource _stop = new();
        private Task<(Collection Collection, ApiFault Fault)> _end = null!;

        private Followed(GateHarness gate, ApiServer api)
        {
            (_gate, _api) = (gate, api);
            var target = new Target(new Expectation { Kind = TargetKind.Service, Named = true }, "redis", Selector: null)
            {
                Namespace = "shop",
            };
            _follower = Follower.Create(target, api, gate.Time, new Random(42));
            _follower.Changed = Changed;
        }

        public FakeApiServer Server => _gate.Server;

        public ManualTimeProvider Time => _gate.Time;

        public ConcurrentQueue<Verdict> Verdicts { get; } = new();

        public static async Task<Followed> StartAsync(string type)
        {
            var gate = await GateHarness.StartAsync();
            gate.Server.Objects.Put(ApiObjects.Services("shop"), ApiObjects.Service("redis", type));
            return new Followed(gate, await gate.ConnectAsync());
        }

        public void Run() => _end = _follower.RunAsync(_stop.Token);

        public Task<(Collection Collection, ApiFault Fault)> EndAsync() => _end.WaitAsync(TimeSpan.FromSeconds(20));

        /// <summary>Completes at the next change after which this holds.</summary>
        public Task ChangedAsync(Func<Verdict, bool> matches)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_waiters)
            {
                _waiters.Add((matches, seen));
                if (Verdicts.Any(matches))
                    seen.SetResult();
            }

            return seen.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }

        private void Changed()
        {
            lock (_waiters)
            {
                Verdicts.Enqueue(_follower.Verdict);
                foreach (var waiter in _waiters.Where(waiter => waiter.Matches(_follower.Verdict)))
                    waiter.Seen.TrySetResult();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAny(_end);
            _api.Dispose();
            _stop.Dispose();
            await _gate.DisposeAsync();
        }
    }
}
