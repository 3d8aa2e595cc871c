using WaitFor.CommandLine;
using WaitFor.Kubernetes;
using WaitFor.Testing;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Verdicts.Tests;
using WaitFor.Watching;

namespace WaitFor.Tests.Watching;

/// <summary>The gate decides on what it tells, even where a target changes while the others are looked at.</summary>
public sealed class OneLookTests
{
    [Fact]
    public async Task What_changes_between_two_looks_does_not_open_the_gate()
    {
        await using var harness = await GateHarness.StartAsync(jump: false);
        var (first, second) = (new Scripted("pod/a"), new Scripted("pod/b"));
        var gate = new Gate([first, second], TimeSpan.Zero, harness.Time, harness.Lines.Logger);
        // Both are met; while the first is looked at, the second is not any more.
        first.Looked = () =>
        {
            first.Looked = null;
            second.Set(met: false);
        };

        using var interrupt = new CancellationTokenSource();
        var running = gate.RunAsync(interrupt.Token);
        second.Set(met: true);
        first.Set(met: true);
        Assert.False(running.IsCompleted);
        await interrupt.CancelAsync();

        var result = await running.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(("interrupted", "interrupted: pod/b: running, not ready"), (result.Outcome, result.Message));
    }

    [Fact]
    public async Task The_words_are_those_of_the_look_that_decided()
    {
        await using var harness = await GateHarness.StartAsync(jump: false);
        var (first, second) = (new Scripted("pod/a"), new Scripted("pod/b"));
        var gate = new Gate([first, second], TimeSpan.Zero, harness.Time, harness.Lines.Logger);
        second.Looked = () =>
        {
            second.Looked = null;
            first.Set(met: true);
        };

        var running = gate.RunAsync(CancellationToken.None);
        first.Set(met: null);

        var result = await running.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((1, "pod/a: failed: Broken"), (result.ExitCode, result.Message));
        Assert.Equal("Failed PodFailed", result.Targets[0].Verdict.Short());
    }

    /// <summary>A target that is as it was asked to be.</summary>
    private sealed class Scripted : Follower
    {
        private readonly Part<PodState> _pods;

        public Scripted(string words)
            : base(new GateCommand([words], _ => null).Read().Targets[0], TimeProvider.System) =>
            _pods = new Part<PodState>(this, () => (true, null));

        /// <summary>Called within the look at it.</summary>
        public Action? Looked { get; set; }

        /// <param name="met">Null: it has failed.</param>
        public void Set(bool? met)
        {
            var pod = ApiObjects.Pod("x", ready: met == true);
            _pods.Replace([(met is null ? pod.With("status.phase", "Failed").With("status.reason", "Broken") : pod).Pod()]);
        }

        public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
            throw new InvalidOperationException("unreachable");
        }

        protected override Verdict Judge() => PodRules.Named(Target.Expected, _pods.Objects.First());

        protected override LastState Snapshot()
        {
            Looked?.Invoke();
            return new LastState();
        }
    }
}
