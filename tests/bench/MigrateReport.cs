using WaitFor.Testing;

namespace WaitFor.Bench;

/// <summary>migrate against psql and dbmate.</summary>
internal static class MigrateReport
{
    private const int Many = 500;
    private const int Few = 5;

    /// <summary>In this time the server ends what the program before has left.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(30);

    /// <summary>A program's turn: the command for a database.</summary>
    private sealed record Runner(string Name, Func<string, Scripts, string[]> Command)
    {
        public Samples Time { get; } = new();

        public Samples Cpu { get; } = new();
    }

    public static async Task MeasureAsync(MigrateTools tools, MigrateStage stage, string serverVersion, int runs, TextWriter output)
    {
        var table = new Table("migrate", "psql", "dbmate", "of psql", "of dbmate");
        var load = Machine.Load;
        var (many, few) = (stage.Write(Many), stage.Write(Few));

        var up = await UpAsync(stage, many, runs);
        table.Row($"{Many} scripts on an empty database", Table.Ms, up[0].Time.Median, up[1].Time.Median, up[2].Time.Median);
        table.Row("  processor time", Table.Ms, up[0].Cpu.Median, up[1].Cpu.Median, up[2].Cpu.Median);

        var nothing = await NothingAsync(stage, many, runs);
        var nothingOfFew = await NothingAsync(stage, few, runs);
        foreach (var (count, found) in new[] { (Many, nothing), (Few, nothingOfFew) })
        {
            table.Row($"nothing to do, {count} applied", Table.Ms, found[0].Time.Median, found[1].Time.Median, found[2].Time.Median);
            table.Row("  processor time", Table.Ms, found[0].Cpu.Median, found[1].Cpu.Median, found[2].Cpu.Median);
        }

        table.Row("size of the program", Table.Mb, new FileInfo(tools.Migrate).Length, null, new FileInfo(tools.Dbmate).Length);

        table.Aim($"{Many} scripts: no slower than dbmate", up[0].Time.Median / up[2].Time.Median, 1);
        table.Aim($"{Many} scripts <= 2 x psql in one process", up[0].Time.Median / up[1].Time.Median, 2);
        table.Aim($"nothing to do, {Many} applied <= 1.5 x psql -c 'select 1'", nothing[0].Time.Median / nothing[1].Time.Median, 1.5);
        table.Aim(
            $"nothing to do, {Few} applied <= 1.5 x psql -c 'select 1'",
            nothingOfFew[0].Time.Median / nothingOfFew[1].Time.Median,
            1.5
        );

        output.WriteLine($"Medians of {runs} alternating runs on one server.");
        output.WriteLine($"  machine   {Machine.Cores}, Linux {Machine.Kernel}, load {load} at the start, {Machine.Load} at the end");
        output.WriteLine(
            $"  server    PostgreSQL {serverVersion} on the same machine, fsync and autovacuum off; all connect by TCP and TLS "
                + "(sslmode=require)"
        );
        output.WriteLine(
            $"  migrate   {tools.MigrateVersion}: up; with the history table, the lock, and the session set back after each script"
        );
        output.WriteLine(
            $"  psql      {tools.PsqlVersion}: one process, one transaction for each script, no history; with nothing to do, 'select 1'"
        );
        output.WriteLine("            (the program itself, not Debian's script around it)");
        output.WriteLine(
            $"  dbmate    {tools.DbmateVersion}: up, without its dump of the schema (the program itself, not npm's script that starts it "
                + "by node)"
        );
        output.WriteLine("  scripts   create table, insert, alter and comment, create index, update; for each run its own database");
        output.WriteLine();
        table.Print(output);
    }

    /// <summary>All scripts, each run on a fresh database.</summary>
    private static async Task<Runner[]> UpAsync(MigrateStage stage, Scripts scripts, int runs)
    {
        Runner[] runners = [new("migrate", stage.Migrate), new("psql", stage.Psql), new("dbmate", stage.Dbmate)];
        await TurnsAsync(runners, runs, async runner =>
        {
            var url = await stage.DatabaseAsync();
            var end = await RunAsync(stage, runner, url, scripts);
            await MigrateStage.VerifyAsync(url, Many, runner.Name);
            await stage.DropAsync(url);
            return end;
        });
        return runners;
    }

    /// <summary>From start to exit where all scripts are applied.</summary>
    private static async Task<Runner[]> NothingAsync(MigrateStage stage, Scripts scripts, int runs)
    {
        Runner[] runners = [new("migrate", stage.Migrate), new("psql", (url, _) => stage.PsqlNothing(url)), new("dbmate", stage.Dbmate)];
        // A database for each: what one program leaves in a history table is nothing to the others.
        var urls = new Dictionary<Runner, string>();
        foreach (var runner in runners)
            urls[runner] = await stage.DatabaseAsync();
        await TurnsAsync(runners, runs, runner => RunAsync(stage, runner, urls[runner], scripts));
        return runners;
    }

    /// <summary>Each run goes through all programs, in its own order; the first warms up, and does not count.</summary>
    private static async Task TurnsAsync(Runner[] runners, int runs, Func<Runner, Task<ChildEnd>> turnAsync)
    {
        var order = new Random(Seed: 1);
        var turns = runners.ToArray();
        for (var run = -1; run < runs; run++)
        {
            foreach (var runner in turns)
            {
                var end = await turnAsync(runner);
                if (run < 0)
                    continue;
                runner.Time.Add(end.Elapsed);
                runner.Cpu.Add(end.Cpu);
            }

            order.Shuffle(turns);
        }
    }

    private static async Task<ChildEnd> RunAsync(MigrateStage stage, Runner runner, string url, Scripts scripts)
    {
        await Task.Delay(Quiet);
        try
        {
            return Child.Run(runner.Command(url, scripts), stage.Plain, stage.Log);
        }
        catch (MeasureException exception)
        {
            throw new MeasureException($"{exception.Message}: {(await File.ReadAllTextAsync(stage.Log)).Trim()}");
        }
    }
}
