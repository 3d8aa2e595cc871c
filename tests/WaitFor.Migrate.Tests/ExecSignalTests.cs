using System.Globalization;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>migrate exec as the parent of the tool: signals, process groups, orphans, process number 1. On the native binary.</summary>
public sealed class ExecSignalTests
{
    [NativeFact]
    public async Task A_signal_leaves_no_process_of_the_tool_behind()
    {
        using var bed = await Bed.CreateAsync();
        var fifo = Fifo(bed);
        // Neither the shell nor what it started hands anything on; the second does not listen either.
        await using var run = bed.Start(
            "exec --release r1",
            "/bin/sh",
            "-c",
            $"cat {fifo} & (trap '' TERM; echo ready >&2; cat {fifo}; true) & wait"
        );
        await run.LogsAsync("ready");
        run.Signal(15);
        await Poll.UntilAsync("its end", TimeSpan.FromSeconds(60), _ => Task.FromResult(!run.Running), CancellationToken.None);
        await Poll.UntilAsync(
            "the end of all",
            TimeSpan.FromSeconds(5),
            _ => Task.FromResult(Processes.With(fifo).Count == 0),
            CancellationToken.None
        );

        Assert.Equal(143, await run.ExitAsync());
        Assert.Equal(["interrupted"], await bed.QueryAsync("SELECT status FROM schema_deployment_log"));
    }

    [NativeTheory]
    [InlineData("HUP", 1, 11, 129)]
    [InlineData("INT", 2, 12, 130)]
    [InlineData("TERM", 15, 13, 143)]
    public async Task A_signal_is_sent_on_and_the_childs_own_end_is_waited_for(string name, int number, int own, int exitCode)
    {
        using var bed = await Bed.CreateAsync();
        // One that handles it, and takes its time, and one that does not.
        await using var handles = bed.Start(
            "exec --release r1",
            "/bin/sh",
            "-c",
            $"trap 'echo got {name}; kill $!; exit {own}' {name}; sleep 1000 & echo ready; wait"
        );
        using var second = await Bed.CreateAsync();
        await using var other = second.Start("exec --release r1", "/bin/sh", "-c", "echo ready >&2; exec cat " + Fifo(bed));
        await other.LogsAsync("ready");
        await Poll.UntilAsync(
            "both children",
            TimeSpan.FromSeconds(30),
            _ => Task.FromResult(handles.Output.Contains("ready", StringComparison.Ordinal)),
            CancellationToken.None
        );
        handles.Signal(number);
        other.Signal(number);

        Assert.Equal(own, await handles.ExitAsync());
        Assert.Equal($"ready\ngot {name}\n", handles.Output);
        Assert.Equal(["interrupted"], await bed.QueryAsync("SELECT status FROM schema_deployment_log"));
        Assert.Equal(exitCode, await other.ExitAsync());
    }

    [NativeTheory]
    [InlineData(1, 129)]
    [InlineData(2, 130)]
    [InlineData(15, 143)]
    public async Task A_tool_that_says_0_when_it_is_asked_to_end_has_not_succeeded(int number, int exitCode)
    {
        using var bed = await Bed.CreateAsync();
        await using var run = bed.Start(
            "exec --release r1",
            "/bin/sh",
            "-c",
            "trap 'kill $!; exit 0' HUP INT TERM; sleep 1000 & echo ready >&2; wait"
        );
        await run.LogsAsync("ready");
        run.Signal(number);

        Assert.Equal(exitCode, await run.ExitAsync());
        Assert.Equal(
            $"{WaitFor.Process.Signals.NameOf(number)}: interrupted; the signal was sent on to sh, which ended with exit code 0: it "
                + "may have stopped half way; start again",
            await File.ReadAllTextAsync(bed.TerminationLog)
        );
        Assert.Equal(["interrupted"], await bed.QueryAsync("SELECT status FROM schema_deployment_log"));
    }

    [NativeFact]
    public async Task A_tool_that_does_not_listen_is_killed_and_stamped()
    {
        using var bed = await Bed.CreateAsync();
        var fifo = Fifo(bed);
        await using var run = bed.Start("exec --release r1", "/bin/sh", "-c", $"trap '' TERM; echo ready >&2; cat {fifo}; exit 0");
        await run.LogsAsync("ready");
        run.Signal(15);

        Assert.Equal(143, await run.ExitAsync());
        Assert.Equal(
            "SIGTERM: interrupted; the signal was sent on to sh, which did not end within 18s and was killed: it may have stopped half "
                + "way; start again",
            await File.ReadAllTextAsync(bed.TerminationLog)
        );
        Assert.Equal(["interrupted"], await bed.QueryAsync("SELECT status FROM schema_deployment_log"));
        Assert.Empty(Processes.With(fifo));
    }

    [NativeFact]
    public async Task Signals_that_ask_for_no_end_are_sent_on_too()
    {
        using var bed = await Bed.CreateAsync();
        await using var run = bed.Start(
            "exec --release r1",
            "/bin/sh",
            "-c",
            "trap 'echo usr1' USR1; trap 'kill $!; exit 0' USR2; sleep 1000 & echo ready; while :; do wait $!; done"
        );
        await Poll.UntilAsync(
            "the child",
            TimeSpan.FromSeconds(30),
            _ => Task.FromResult(run.Output.Contains("ready", StringComparison.Ordinal)),
            CancellationToken.None
        );
        run.Signal(10);
        await Poll.UntilAsync(
            "its answer",
            TimeSpan.FromSeconds(30),
            _ => Task.FromResult(run.Output.Contains("usr1", StringComparison.Ordinal)),
            CancellationToken.None
        );
        run.Signal(12);

        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal(["succeeded"], await bed.QueryAsync("SELECT status FROM schema_deployment_log"));
    }

    [NativeFact]
    public async Task A_child_gets_no_ignored_or_blocked_signals_and_no_open_files_of_ours()
    {
        using var bed = await Bed.CreateAsync();
        const string script =
            "grep -E '^SigBlk' /proc/self/status; grep -E '^SigIgn' /proc/self/status | sed s/0000000180000000/0000000000000000/; ls "
            + "/proc/self/fd | wc -l";
        var end = await bed.NativeAsync("exec", "/bin/sh", "-c", script);
        // What the test's own process leaves open comes through; nothing is added. (Signals 32 and 33 are libc's own.)
        var (_, plain, _) = await NativeGate.RunAsync(["-c", "ls /proc/self/fd | wc -l"], executable: "/bin/sh");

        Assert.Equal($"SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n{plain}", end.Output);
    }

    [NativeFact]
    public async Task A_grandchild_that_stays_does_not_hold_up_the_end()
    {
        using var bed = await Bed.CreateAsync();
        var end = await bed.NativeAsync("exec", "/bin/sh", "-c", "sleep 3 >/dev/null & echo why >&2; exit 4");

        Assert.Equal(4, end.ExitCode);
        Assert.Equal("sh ended with exit code 4: why", await File.ReadAllTextAsync(bed.TerminationLog));
    }

    [NativeFact]
    public async Task As_process_number_1_it_reaps_orphans()
    {
        using var bed = await Bed.CreateAsync();
        // Each inner shell ends before its child: the child is left to process number 1.
        const string script =
            "for i in 1 2 3 4 5; do (sleep 0.05 &) ; done; n=0; while pgrep -x sleep >/dev/null && [ $n -lt 100 ]; do n=$((n+1)); sleep "
            + "0.02 & wait $!; done; for f in /proc/[0-9]*/status; do grep -q '^State:.*Z' $f && echo zombie; done; echo pid $PPID; exit 7";
        var variables = bed.Environment();
        await using var run = NativeGate.Start(
            [
                "-p",
                "-f",
                "--mount-proc",
                "--kill-child",
                Repository.Migrate,
                "exec",
                "--connect-retries",
                "0",
                "--",
                "/bin/sh",
                "-c",
                script.Replace("pgrep -x sleep", "grep -qs '^Name:.sleep' /proc/[0-9]*/status", StringComparison.Ordinal),
            ],
            variables,
            "/usr/bin/unshare"
        );
        var exitCode = await run.ExitAsync();
        if (run.Log.Contains("Operation not permitted", StringComparison.Ordinal) && !Repository.MustRunAll)
            return;

        Assert.True(exitCode == 7, run.Log);
        Assert.Equal("pid 1\n", run.Output);
    }

    [NativeFact]
    public async Task As_process_number_1_it_ends_with_the_signal()
    {
        using var bed = await Bed.CreateAsync();
        await using var run = NativeGate.Start(
            [
                "-p",
                "-f",
                "--mount-proc",
                "--kill-child",
                "/bin/sh",
                "-c",
                "exec \"$0\" \"$@\"",
                Repository.Migrate,
                "exec",
                "--connect-retries",
                "0",
                "--release",
                "r1",
                "--",
                "/bin/sh",
                "-c",
                "kill -TERM 1; exec cat " + Fifo(bed),
            ],
            bed.Environment(),
            "/usr/bin/unshare"
        );
        var exitCode = await run.ExitAsync();
        if (run.Log.Contains("Operation not permitted", StringComparison.Ordinal) && !Repository.MustRunAll)
            return;

        Assert.True(exitCode == 143, run.Log);
        Assert.Equal(["interrupted"], await bed.QueryAsync("SELECT status FROM schema_deployment_log"));
    }

    private static string Fifo(Bed bed)
    {
        var path = Path.Combine(bed.Folder, "fifo" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        using var made = System.Diagnostics.Process.Start("/usr/bin/mkfifo", path);
        made.WaitForExit();
        return path;
    }
}
