namespace WaitFor.Bench;

/// <summary>Finds the order in which typical runs of a program reach its functions, so that the linker can put them side by side: the
/// pages that a run touches are its memory. qemu names each function when it first translates it.
/// <see href="https://www.qemu.org/docs/master/user/main.html"/></summary>
/// <param name="folder">Takes the traces.</param>
internal sealed class StartupOrder(string folder)
{
    private const string Emulator = "/usr/bin/qemu-x86_64-static";
    private const string Prefix = "IN: ";

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Adds the functions of a run that are not known yet.</summary>
    /// <param name="command">The program, with its symbols, and its arguments.</param>
    /// <param name="environment">All of its environment.</param>
    /// <param name="exitCode">How it must end.</param>
    /// <param name="during">What happens while it runs; null for nothing.</param>
    /// <exception cref="MeasureException">It ended otherwise.</exception>
    public async Task AddAsync(
        string[] command,
        IReadOnlyDictionary<string, string> environment,
        int exitCode = 0,
        Func<Task>? during = null
    )
    {
        if (!File.Exists(Emulator))
            throw new MeasureException($"{Emulator} is missing; Debian's package qemu-user-static has it");
        var trace = Path.Combine(folder, "trace");
        using var child = Child.Start([Emulator, "-cpu", "max", "-d", "in_asm,nochain", "-D", trace, .. command], environment);
        if (during is not null)
            await during();
        await child.EndsWithAsync(exitCode, command[0]);
        foreach (var line in File.ReadLines(trace))
        {
            if (!line.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            if (line[Prefix.Length..].Trim() is { Length: > 0 } name && _known.Add(name))
                _order.Add(name);
        }
    }

    /// <summary>Writes them, one a line; the compiler and the linker ignore names that they do not know.</summary>
    public void Write(string file)
    {
        if (_order.Count == 0)
            throw new MeasureException("no function has a name: the program was published without its symbols");
        const string Header = "# Functions in the order in which runs reach them; tests/bench/startup-order writes this file.";
        File.WriteAllLines(file, _order.Prepend(Header));
        Console.Out.WriteLine($"{file}: {_order.Count} functions");
    }

    /// <summary>Runs of wait-for: complete at the start, complete later, failed with a report, a Deployment.</summary>
    public static async Task WaitForAsync(Stage stage, string folder, string file)
    {
        var order = new StartupOrder(folder);
        await order.AddAsync(stage.WaitFor(await stage.CompleteJobAsync()), stage.Plain);
        var jobs = await stage.RunningJobsAsync(2);
        for (var index = 0; index < jobs.Count; index++)
        {
            var (job, failed) = (jobs[index], index == 1);
            await order.AddAsync(
                stage.WaitFor(job),
                stage.Plain,
                exitCode: failed ? 1 : 0,
                async () =>
                {
                    for (var tries = 0; tries < 600 && await stage.OpenWatchesOnJobsAsync() == 0; tries++)
                        await Task.Delay(50);
                    await stage.FinishAsync(job, failed);
                }
            );
        }

        await order.AddAsync(stage.WaitForTarget("deployment/" + await stage.CompleteDeploymentAsync()), stage.Plain);
        order.Write(file);
    }

    /// <summary>Runs of migrate: scripts are applied; there is nothing to do.</summary>
    public static async Task MigrateAsync(MigrateStage stage, string folder, string file)
    {
        var (order, scripts, url) = (new StartupOrder(folder), stage.Write(20), await stage.DatabaseAsync());
        for (var run = 0; run < 2; run++)
            await order.AddAsync(stage.Migrate(url, scripts), stage.Plain);
        order.Write(file);
    }
}
