using System.Net;
using System.Net.Sockets;
using WaitFor.Report;
using WaitFor.Report.Hints;
using WaitFor.Testing;

namespace WaitFor.Tests.Watching;

/// <summary>What a gate says while nothing comes: which step it waits for, after 5s in the log, and at its end in the report.</summary>
public sealed class SilenceTests
{
    /// <summary>Where the wait hangs, and how the step is called; HOST is the server's address.</summary>
    public static TheoryData<string, string> Steps =>
        new()
        {
            { "connection", "connecting to HOST" },
            { "proxy", "connecting to HOST through the proxy PROXY" },
            { "TLS", "TLS handshake with HOST" },
            { "head", "waiting for HOST to answer GET /apis/batch/v1/namespaces/shop/jobs" },
            { "body", "waiting for the rest of the answer to GET /apis/batch/v1/namespaces/shop/jobs" },
        };

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_step_that_takes_longer_than_5_seconds_is_a_line_and_is_in_the_report(string where, string step)
    {
        await using var hanging = await Hanging.StartAsync(where);

        var running = hanging.Gate.RunAsync("job/db --timeout 20s", more: hanging.MoreOfCluster);
        await hanging.ReachedAsync();
        hanging.Gate.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.DoesNotContain(hanging.Gate.Lines.All, line => line.StartsWith("API server", StringComparison.Ordinal));
        hanging.Gate.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal([$"API server: no answer yet: {hanging.Named(step)}"], hanging.Gate.Lines.All);
        hanging.Gate.Time.Advance(TimeSpan.FromSeconds(15));
        var result = await running;

        Assert.Equal(124, result.ExitCode);
        Assert.Equal($"timed out after 20s: job/db: not known yet: no answer yet: {hanging.Named(step)}", result.Message);
        Assert.Single(hanging.Gate.Lines.All);
        var diagnosis = new Diagnosis(result, Facts.Of(result.Targets, hanging.Gate.Time.GetUtcNow()));
        Assert.Equal(
            $"job/db (namespace shop): timed out after 20s: not known yet: no answer yet: {hanging.Named(step)}",
            diagnosis.Headline
        );
        Assert.Equal([nameof(AccessHints.ServerUnreachable)], diagnosis.Hints[0].Select(hint => hint.Rule));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_gate_that_ends_earlier_names_the_step_too(string where, string step)
    {
        await using var hanging = await Hanging.StartAsync(where);

        var running = hanging.Gate.RunAsync("job/db --timeout 3s", more: hanging.MoreOfCluster);
        await hanging.ReachedAsync();
        hanging.Gate.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal($"timed out after 3s: job/db: not known yet: no answer yet: {hanging.Named(step)}", (await running).Message);
        Assert.Empty(hanging.Gate.Lines.All);
    }

    [Fact]
    public async Task A_watch_that_is_silent_again_and_again_has_one_line()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        var running = gate.RunAsync("job/db --timeout 1h");
        for (var watches = 1; watches <= 3; watches++)
        {
            await gate.Server.ArrivedAsync(request => request.IsWatch, watches);
            await gate.Time.TimerAsync(left => left == TimeSpan.FromSeconds(150));
            gate.Time.Advance(TimeSpan.FromSeconds(150));
            await gate.Time.TimerAsync(left => left < TimeSpan.FromSeconds(1));
            gate.Time.Advance(TimeSpan.FromSeconds(1));
        }

        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        Assert.Equal(0, (await running).ExitCode);
        Assert.Single(gate.Lines.All, line => line.StartsWith("API server:", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_step_that_is_given_up_after_30_seconds_is_named(string where, string step)
    {
        await using var hanging = await Hanging.StartAsync(where);

        var running = hanging.Gate.RunAsync("job/db --timeout 1h", more: hanging.MoreOfCluster);
        await hanging.ReachedAsync();
        hanging.Gate.Time.Advance(TimeSpan.FromSeconds(30));

        await hanging.Gate.Lines.ContainsAsync(
            $"API server: {hanging.Named("HOST")} sent nothing for too long: {hanging.Named(step)}; trying"
        );
        hanging.Gate.Interrupt();
        await running;
    }

    [Fact]
    public async Task A_plugin_that_takes_its_time_is_what_is_waited_for()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.User = "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: sleep, args: [\"1000\"]}";
        using var api = await gate.ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var changes = 0;
        api.WaitingChanged += () => changes++;
        var preparing = api.PrepareAsync(cancel.Token);
        await gate.Time.TimerAsync(left => left == TimeSpan.FromSeconds(30));

        gate.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("no answer yet: waiting for credentials from the exec plugin", api.Silent!.Message);
        Assert.Equal(1, changes);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => preparing);
        Assert.Null(api.Silent);
    }

    [Fact]
    public async Task The_answer_that_comes_after_all_is_a_line_too()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        var held = new TaskCompletionSource();
        gate.Server.Next(
            _ => true,
            async context =>
            {
                await held.Task;
                await gate.Server.Stored(context);
            }
        );
        var running = gate.RunAsync("job/db");
        await gate.Server.ArrivedAsync(_ => true, 1);
        gate.Time.Advance(TimeSpan.FromSeconds(5));
        held.SetResult();

        Assert.Equal(0, (await running).ExitCode);
        Assert.Contains("API server: answers again", gate.Lines.All);
    }

    [Fact]
    public async Task A_watch_without_events_is_no_silence()
    {
        await using var gate = await GateHarness.StartAsync(jump: false);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        var running = gate.RunAsync("job/db --timeout 1h");
        await gate.WatchingAsync("job/db: running");

        gate.Time.Advance(TimeSpan.FromSeconds(55));

        Assert.DoesNotContain(gate.Lines.All, line => line.StartsWith("API server", StringComparison.Ordinal));
        gate.Interrupt();
        await running;
    }

    [Fact]
    public async Task Refused_connections_before_the_first_answer_are_hinted_at_once_and_the_gate_opens_when_the_network_comes()
    {
        await using var gate = await GateHarness.StartAsync();
        await using var wire = new Wire(gate.Server.Address);
        gate.Through = wire.Address;
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        wire.Down();
        var back = 0;
        gate.Trace.Written = line =>
        {
            if (
                line.Contains("Connection refused", StringComparison.Ordinal)
                && gate.Time.Elapsed >= TimeSpan.FromSeconds(40)
                && Interlocked.Exchange(ref back, 1) == 0
            )
                wire.Up();
        };

        var result = await gate.RunAsync("job/db");

        Assert.Equal(0, result.ExitCode);
        Assert.InRange(gate.Time.Elapsed, TimeSpan.FromSeconds(40), TimeSpan.FromMinutes(2));
        Assert.Equal(
            $"API server: no connection so far (NetworkNotReady); {AccessHints.InitBeforeSidecar}",
            Assert.Single(gate.Lines.All, IsHint)
        );
    }

    /// <summary>Nobody listens, as before a mesh's sidecar runs; or somebody ends each connection, as one does that is not set up
    /// yet.</summary>
    [Theory]
    [InlineData("refused", "Connection refused")]
    [InlineData("reset", "Connection reset by peer")]
    [InlineData("closed", "unexpected EOF")]
    public async Task A_gate_that_was_never_answered_ends_with_the_hint(string network, string fact)
    {
        await using var gate = await GateHarness.StartAsync();
        await using var wire = new Wire(gate.Server.Address);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        gate.Through = wire.Address;
        wire.Down();
        if (network != "refused")
        {
            listener.Start();
            gate.Through = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
            _ = EndAllAsync(listener, network == "reset");
        }

        var result = await gate.RunAsync("job/db --timeout 1m");

        Assert.Equal(124, result.ExitCode);
        var hints = new Diagnosis(result, Facts.Of(result.Targets, gate.Time.GetUtcNow())).Hints[0];
        Assert.Equal([nameof(AccessHints.NetworkNotReady)], hints.Select(hint => hint.Rule));
        Assert.Contains(fact, hints[0].Fact, StringComparison.Ordinal);
        Assert.Contains("excludeOutboundPorts", hints[0].Action, StringComparison.Ordinal);
        Assert.Single(gate.Lines.All, IsHint);
    }

    /// <summary>Ends each connection when the client has sent its first bytes.</summary>
    private static async Task EndAllAsync(TcpListener listener, bool reset)
    {
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync();
                await socket.ReceiveAsync(new byte[4096]);
                if (reset)
                    socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    [Fact]
    public async Task Who_was_answered_once_gets_no_such_hint()
    {
        await using var gate = await GateHarness.StartAsync();
        await using var wire = new Wire(gate.Server.Address);
        gate.Through = wire.Address;
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        var running = gate.RunAsync("job/db --timeout 1h");
        await gate.WatchingAsync("job/db: running");

        wire.Down();
        await gate.Lines.ContainsAsync("trying again");
        gate.Interrupt();
        await running;

        Assert.DoesNotContain(gate.Lines.All, IsHint);
    }

    private static bool IsHint(string line) => line.Contains("native sidecars", StringComparison.Ordinal);

    /// <summary>A server that hangs at one step.</summary>
    private sealed class Hanging : IAsyncDisposable
    {
        private readonly List<IDisposable> _sockets = [];
        private Func<Task> _reached = () => Task.CompletedTask;
        private string _proxy = "";

        private Hanging(GateHarness gate) => Gate = gate;

        public GateHarness Gate { get; }

        public string MoreOfCluster => _proxy.Length == 0 ? "" : $", proxy-url: \"http://{_proxy}\"";

        public static async Task<Hanging> StartAsync(string where)
        {
            var hanging = new Hanging(await GateHarness.StartAsync(jump: false));
            var server = hanging.Gate.Server;
            switch (where)
            {
                case "connection":
                    hanging.Gate.Through = hanging.Full();
                    hanging._reached = () => hanging.Gate.Trace.ContainsAsync("GET ");
                    break;
                case "proxy":
                    hanging._proxy = hanging.Mute().Authority;
                    break;
                case "TLS":
                    hanging.Gate.Through = hanging.Mute();
                    break;
                case "head":
                    server.Next(_ => true, Answers.Silence);
                    hanging._reached = () => server.ArrivedAsync(_ => true, 1);
                    break;
                default:
                    server.Next(_ => true, Answers.Stall([], 0));
                    hanging._reached = () => hanging.Gate.Trace.ContainsAsync("HTTP 200");
                    break;
            }

            return hanging;
        }

        public string Named(string step) =>
            step.Replace("HOST", (Gate.Through ?? Gate.Server.Address).Authority, StringComparison.Ordinal)
                .Replace("PROXY", _proxy, StringComparison.Ordinal);

        public Task ReachedAsync() => _reached().WaitAsync(TimeSpan.FromMinutes(1));

        public async ValueTask DisposeAsync()
        {
            await Gate.DisposeAsync();
            foreach (var socket in _sockets)
                socket.Dispose();
        }

        /// <summary>Its queue of connections is full: packets of further ones are dropped, as a firewall does.</summary>
        private Uri Full()
        {
            var listener = Listen(backlog: 0);
            for (var index = 0; index < 4; index++)
            {
                var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                _sockets.Add(client);
                try
                {
                    client.Connect(listener.LocalEndPoint!);
                }
                catch (SocketException)
                {
                    // It is under way.
                }
            }

            return AddressOf(listener);
        }

        /// <summary>Takes connections, and never answers; the step is reached when the client has sent its first bytes.</summary>
        private Uri Mute()
        {
            var listener = Listen(backlog: 10);
            _reached = async () =>
            {
                var server = await listener.AcceptAsync();
                _sockets.Add(server);
                await server.ReceiveAsync(new byte[16]);
            };
            return AddressOf(listener);
        }

        private Socket Listen(int backlog)
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(listener);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(backlog);
            return listener;
        }

        private static Uri AddressOf(Socket listener) => new($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}");
    }
}
