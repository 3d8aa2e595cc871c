using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using WaitFor.Testing;
using WaitFor.Tests.Watching;
using WaitFor.Watching;

namespace WaitFor.Tests.Faults;

/// <summary>One cell of the matrix. The target is Met when the fault strikes, or what is sent says so; in truth it is not any
/// more. A second target, which no
/// fault of a request strikes, is met as soon as contact to the first one is lost: from then on nothing but the fault keeps the gate shut.
/// When the fault is over the target
/// is seen as it is, then it is met, or fails.</summary>
internal sealed class Scene : IAsyncDisposable
{
    /// <summary>More requests than any bound: a storm, which is ended for the test's own sake.</summary>
    private const int Storm = 300;

    /// <summary>Less than the harness's own minute: what a scene knows shall be told.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(50);

    private readonly Fault _fault;
    private readonly Moment _moment;
    private readonly TaskCompletionSource _recovered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _bookmarks = new(0);
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _tries = [];
    private IConnectionLifetimeFeature? _listConnection;
    private int _listPort;
    private TimeSpan? _start;
    private int _reads;
    private int _beginnings;
    private bool _over;
    private bool _replaced;
    private Task<GateResult> _running = null!;

    private Scene(GateHarness gate, Fault fault, Moment moment, Subject subject)
    {
        (Gate, _fault, _moment, Subject) = (gate, fault, moment, subject);
        GoodCertificate = gate.Server.Certificate;
        if (fault.OnTheWire)
        {
            Wire = new Wire(gate.Server.Address);
            gate.Through = Wire.Address;
        }

        subject.Announce(gate.Server);
        gate.Server.Always(
            request => subject.IsAskedFor(request) && !subject.IsAllowed(request),
            Answers.Status(403, "Forbidden", "forbidden: no RBAC policy matched")
        );
        if (fault.Everywhere)
            gate.Server.Always(
                request => IsEndpoint(request.Path) && !subject.IsAskedFor(request),
                Answers.Status(403, "Forbidden", "forbidden: no RBAC policy matched")
            );
        gate.Server.Always(subject.IsAskedFor, AnswerAsync);
        gate.Trace.Written = OnTrace;
    }

    private static bool IsEndpoint(string path) =>
        path.Contains("/endpoints", StringComparison.Ordinal) || path.Contains("/pods", StringComparison.Ordinal);

    public GateHarness Gate { get; }

    public Subject Subject { get; }

    public Wire? Wire { get; }

    public X509Certificate2 GoodCertificate { get; }

    private ObjectStore Objects => Gate.Server.Objects;

    public static async Task<Scene> StartAsync(Fault fault, Moment moment, Subject subject)
    {
        var scene = new Scene(await GateHarness.StartAsync(), fault, moment, subject);
        subject.Prepare(scene.Objects);
        subject.Meet(scene.Objects);
        scene.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("latch"));
        return scene;
    }

    /// <summary>Plays a fault that passes.</summary>
    /// <param name="fails">Whether the target fails in the end, or is met.</param>
    public async Task PlayAsync(bool fails)
    {
        _running = Gate.RunAsync($"{Subject.Argument} job/latch --timeout 0{Subject.Options}");
        await OrTheEndAsync(_recovered.Task);
        await OrTheEndAsync(Gate.Lines.ContainsAsync(Subject.UnmetLine));
        // A loss that nobody noticed (an idle connection was replaced) leaves this to be done.
        await CompleteLatchAsync();
        Assert.False(_running.IsCompleted);

        if (fails)
            Subject.Fail!(Objects);
        else
            Subject.Meet(Objects);
        var result = await _running.WaitAsync(Patience);

        Assert.True(result.ExitCode == (fails ? ExitCode.Failed : ExitCode.Met), $"exit code {result.ExitCode}: {result.Message}");
        AssertNoStorm(Gate.Time.Elapsed);
    }

    /// <summary>Plays a fault that stays: the gate ends when the time of grace is over.</summary>
    public async Task PlayForEverAsync()
    {
        _running = Gate.RunAsync($"{Subject.Argument} job/latch --timeout 0{Subject.Options}");

        await OrTheEndAsync(_running);
        var result = await _running;

        Assert.True(result.ExitCode == ExitCode.Access, $"exit code {result.ExitCode}: {result.Message}");
        // A pause of another target, which an untrusted certificate strikes too, may pass while the last try is under way.
        Assert.InRange(Gate.Time.Elapsed - _start!.Value, FaultPolicy.Grace, FaultPolicy.GraceAfterLoss + Backoff.HealthyStretch);
        AssertNoStorm(Gate.Time.Elapsed);
    }

    public Task RefuseAsync()
    {
        Wire!.Down();
        return Task.CompletedTask;
    }

    /// <summary>Resets the connection; the next ones may get another certificate.</summary>
    public Task ResetAsync(Strike strike, X509Certificate2? certificate = null)
    {
        if (certificate is not null)
            (Gate.Server.Certificate, _replaced) = (certificate, true);
        if (strike.Context is { } context)
            context.Abort();
        else
            _listConnection!.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Nothing more is sent, until the client has given up.</summary>
    public async Task StallAsync(Strike strike)
    {
        OutlastSilence();
        await Task.Delay(Timeout.Infinite, strike.Context!.RequestAborted);
    }

    public Task FreezeAsync(Strike strike)
    {
        Wire!.Freeze(strike.Context?.Connection.RemotePort ?? _listPort);
        // Not in the client's own thread, which is about to send a request into the void.
        ThreadPool.QueueUserWorkItem(_ => OutlastSilence());
        return Task.CompletedTask;
    }

    /// <summary>Sends a content, and then nothing until the client has gone.</summary>
    public static async Task SendAsync(Strike strike, string content)
    {
        if (!strike.Context!.Response.HasStarted)
            await Answers.BeginAsync(strike.Context, 200, "application/json");
        await Answers.WriteAsync(strike.Context, content);
        if (strike.Moment != Moment.InList)
            await Task.Delay(Timeout.Infinite, strike.Context.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        Gate.Trace.Written = null;
        await Gate.DisposeAsync();
        if (Wire is not null)
            await Wire.DisposeAsync();
        _bookmarks.Dispose();
    }

    /// <summary>Moves the clock so far that each limit of silence passes, even one that starts again in the meantime.</summary>
    private void OutlastSilence() => Gate.Time.Advance(TimeSpan.FromMinutes(10));

    private async Task AnswerAsync(HttpContext context)
    {
        // The others come first, so that connections that wait for their next request are this target's.
        if (_start is null)
            await Gate.Server.ArrivedAsync(request => request.IsWatch && !Subject.IsAskedFor(request), Subject.Others);
        var watch = context.Request.Query.ContainsKey("watch");
        // The first poll finds the target Met, the next one is struck.
        var beginning = Subject.IsPolled && Interlocked.Increment(ref _reads) == 1;
        var confirms = Subject.IsPolled ? !beginning : watch;
        if (_moment == Moment.BetweenListAndWatch && !watch)
            (_listConnection, _listPort) = (context.Features.Get<IConnectionLifetimeFeature>(), context.Connection.RemotePort);
        // The gate has come back, so it knows of its loss.
        if (_tries.Count > 0 && _fault.Lasts is not null)
            await CompleteLatchAsync();

        // The client had another idle connection, from before: the certificate is to be seen on this one's successor.
        if (_moment == Moment.BetweenListAndWatch && confirms && _replaced && !_over && _tries.Count == 0)
        {
            context.Abort();
            return;
        }

        var version = context.Request.Query["resourceVersion"].ToString() is { Length: > 0 } asked ? asked : "1100";
        var isStruck = _fault.Everywhere && _start is not null || watch == _moment > Moment.BetweenListAndWatch;
        if (!_over && !beginning && _moment != Moment.BetweenListAndWatch && isStruck)
        {
            Begin();
            var strike = new Strike(_moment, context, version);
            await SendBeforeAsync(strike);
            await _fault.Strike(this, strike);
            return;
        }

        if (confirms && _start is not null && _fault.Lasts is not null)
            _recovered.TrySetResult();
        await Objects.ServeAsync(
            context,
            new SeenRequest(
                context.Request.Path.Value!,
                context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal),
                "",
                ""
            )
        );
    }

    /// <summary>What was sent before the fault strikes: all of it says that the target is Met.</summary>
    private async Task SendBeforeAsync(Strike strike)
    {
        if (strike.Moment is Moment.BeforeList or Moment.AtWatch || (strike.Moment == Moment.InList && _fault.OwnBody))
            return;
        await Answers.BeginAsync(strike.Context!, 200, "application/json");
        if (strike.Moment == Moment.InList)
        {
            await Answers.WriteAsync(strike.Context!, Subject.MetList(strike.Version)[..^1]);
            return;
        }

        // With an event the watch is a good one: what follows is the fault's doing alone.
        var begins = strike.Context!.Request.Query.ContainsKey("sendInitialEvents");
        var before = begins
            ? Subject.Beginning(_beginnings++ == 0 ? null : Objects.Find(Subject.Collection, "web-0"), strike.Version)
            : Subject.Bookmark(strike.Version);
        await Answers.WriteAsync(strike.Context!, before + "\n");
        Assert.True(await _bookmarks.WaitAsync(Patience));
        if (strike.Moment == Moment.InLine)
            await Answers.WriteAsync(strike.Context!, Subject.MetEvent(strike.Version)[..^1]);
    }

    /// <summary>From the first strike on the truth is another than what the gate knows.</summary>
    private void Begin()
    {
        lock (_lock)
        {
            if (_start is not null)
                return;
            _start = Gate.Time.Elapsed;
            Subject.Unmeet(Objects);
        }
    }

    /// <summary>Each request passes here before it is sent: by the clock the fault ends, and strikes where no request is under
    /// way.</summary>
    private void OnTrace(string line)
    {
        if (line.StartsWith("watch ", StringComparison.Ordinal) && line.Contains(": Bookmark ", StringComparison.Ordinal))
            _bookmarks.Release();
        if (!line.StartsWith("GET ", StringComparison.Ordinal) || line.Contains(": ", StringComparison.Ordinal))
            return;
        var isSubject = line.StartsWith(Subject.Request, StringComparison.Ordinal);
        lock (_lock)
        {
            if (_start is { } start)
            {
                if (isSubject)
                    _tries.Add(Gate.Time.Elapsed);
                if (!_over && (Gate.Time.Elapsed - start >= _fault.Lasts || _tries.Count > Storm))
                {
                    _over = true;
                    _fault.End(this);
                }
            }
        }

        var isWatch = line.Contains("watch=1", StringComparison.Ordinal);
        if (_moment == Moment.BetweenListAndWatch && !_over && isSubject && (Subject.IsPolled ? _reads > 0 && !isWatch : isWatch))
        {
            Begin();
            _fault.Strike(this, new Strike(_moment, Context: null, "")).GetAwaiter().GetResult();
        }
    }

    private async Task CompleteLatchAsync()
    {
        Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("latch"));
        await OrTheEndAsync(Gate.Lines.ContainsAsync("job/latch: complete"));
    }

    private async Task OrTheEndAsync(Task awaited)
    {
        Task first;
        try
        {
            first = await Task.WhenAny(awaited, _running).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail(
                $"nothing happens any more, {_tries.Count} tries, "
                    + $"{Gate.Time.Elapsed}:\n{string.Join('\n', Gate.Trace.All.Take(12).Concat(Gate.Trace.All.TakeLast(12)))}\n"
                    + $"{string.Join('\n', Gate.Lines.All.TakeLast(6))}\n{string.Join('\n', Gate.Server.Troubles)}"
            );
            return;
        }

        if (first == _running && !awaited.IsCompleted)
        {
            var result = await _running;
            Assert.Fail($"ended while the fault lasted, exit code {result.ExitCode}: {result.Message}");
        }

        await awaited;
    }

    /// <summary>How often the gate may have come back: the pauses double up to 10 s and are half of that on average, after seven of them;
    /// what a server asks for, and the
    /// limit of silence, are never undercut. A round is a list and a watch.</summary>
    private void AssertNoStorm(TimeSpan until)
    {
        var lasted = (until - _start!.Value).TotalSeconds;
        var rounds = _fault.Pace switch
        {
            Pace.RetryAfter => 2 + (lasted / FaultCatalogue.RetryAfter),
            Pace.Silence => 2 + (lasted / 30),
            _ => 9 + (lasted / 2.5),
        };
        // Polls go on when the fault is over; on each try a Role that allows nothing is asked for every verb.
        if (Subject.IsPolled)
            rounds += lasted / 4;
        Assert.InRange(_tries.Count, 0, (int)((_fault.Everywhere ? 4 : 2) * rounds));
        if (_fault.Pace == Pace.RetryAfter)
            Assert.True(
                _tries[0] - _start.Value >= TimeSpan.FromSeconds(FaultCatalogue.RetryAfter),
                $"came back after {_tries[0] - _start.Value}"
            );
    }
}
