using System.Globalization;
using k8s.Autorest;
using Npgsql;
using WaitFor.Bench;
using WaitFor.Testing;

const int LeastRuns = 20;

var (waitFor, runs, quick, load, gates) = ("artifacts/bin/wait-for", LeastRuns, false, false, 500);
var (migrate, migrateBinary, packages, rungs) = (false, "artifacts/bin/migrate", "tests/tools/npm", false);
var (batch, rows, manifests, startupOrder) = (false, 2_000_000, false, false);
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--quick")
    {
        quick = true;
    }
    else if (args[i] == "--load")
    {
        load = true;
    }
    else if (args[i] == "--rungs")
    {
        rungs = true;
    }
    else if (args[i] == "--manifests")
    {
        manifests = true;
    }
    else if (args[i] == "--startup-order")
    {
        startupOrder = true;
    }
    else if (args[i] == "--migrate")
    {
        migrate = true;
    }
    else if (args[i] == "--batch")
    {
        batch = true;
    }
    else if (args[i] == "--wait-for" && i + 1 < args.Length)
    {
        waitFor = args[++i];
    }
    else if (args[i] == "--migrate-binary" && i + 1 < args.Length)
    {
        migrateBinary = args[++i];
    }
    else if (args[i] == "--packages" && i + 1 < args.Length)
    {
        packages = args[++i];
    }
    else if (
        !Number("--runs", LeastRuns, ref runs, ref i)
        && !Number("--gates", 2, ref gates, ref i)
        && !Number("--rows", 1000, ref rows, ref i)
    )
    {
        await Console.Error.WriteLineAsync(
            $"usage: tests/bench/run [--runs N, at least {LeastRuns}] [--quick] [--wait-for FILE]\n       tests/bench/run --load [--gates "
                + "N, at least 2] [--wait-for FILE]\n       tests/bench/run --rungs [--runs N] [--gates N] [--wait-for FILE]"
                + "\n       tests/bench/run --manifests [--wait-for FILE]"
                + $"\n       tests/bench/run --migrate [--runs N, at least {LeastRuns}] [--migrate-binary FILE] [--packages FOLDER]"
                + "\n       tests/bench/run --batch [--rows N, at least 1000] [--migrate-binary FILE]"
        );
        return 2;
    }
}

try
{
    if (migrate || batch || startupOrder)
    {
        await (batch ? BatchAsync() : MigrateAsync());
        if (!startupOrder)
            return 0;
    }

    var assets = ControlPlaneAssets.Find() ?? throw new MeasureException("no control plane; tests/control-plane makes one");
    await using var server = await ControlPlane.StartAsync(assets);
    var tools = Tools.Find(waitFor, server.Folder);
    var stage = new Stage(server, tools, await server.Admin.CreateNamespaceAsync("bench"));
    await stage.NoNamespaceEndsAsync();
    await (
        startupOrder ? StartupOrder.WaitForAsync(stage, server.Folder, "tests/order/wait-for.order")
        : manifests ? ManifestReport.MeasureAsync(server, tools, stage, Console.Out)
        : rungs ? Rungs.MeasureAsync(server, tools, stage, runs, gates, Console.Out)
        : load ? LoadReport.MeasureAsync(server, tools, stage, gates, Console.Out)
        : Report.MeasureAsync(server, tools, stage, runs, quick, Console.Out)
    );
    return 0;
}
catch (Exception e)
    when (e
            is MeasureException
                or ChildDiedException
                or HttpOperationException
                or TimeoutException
                or IOException
                or HttpRequestException
                or NpgsqlException
    )
{
    await Console.Error.WriteLineAsync($"bench: could not be measured: {e.Message.ReplaceLineEndings(" ")}");
    return 1;
}

async Task MigrateAsync()
{
    if (PostgresServer.WhyNot is { } why)
        throw new MeasureException(why);
    var folder = Directory.CreateTempSubdirectory("wait-for-bench-").FullName;
    try
    {
        var tools = MigrateTools.Find(migrateBinary, packages, folder);
        // Autovacuum would come to whatever program runs a minute later.
        await using var server = await PostgresServer.StartAsync("autovacuum = off");
        var version = (await PostgresServer.QueryAsync(server.Url("postgres"), "SHOW server_version"))[0].Split(' ')[0];
        var stage = new MigrateStage(server, tools, folder);
        await (
            startupOrder
                ? StartupOrder.MigrateAsync(stage, folder, "tests/order/migrate.order")
                : MigrateReport.MeasureAsync(tools, stage, version, runs, Console.Out)
        );
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

async Task BatchAsync()
{
    if (PostgresServer.WhyNot is { } why)
        throw new MeasureException(why);
    if (!File.Exists(migrateBinary))
        throw new MeasureException($"{migrateBinary} is missing; tests/publish makes it");
    var folder = Directory.CreateTempSubdirectory("wait-for-bench-").FullName;
    try
    {
        await using var server = await PostgresServer.StartAsync("max_wal_size = 4GB");
        var version = (await PostgresServer.QueryAsync(server.Url("postgres"), "SHOW server_version"))[0].Split(' ')[0];
        await new BatchReport(server, Path.GetFullPath(migrateBinary), folder, rows).MeasureAsync(version, Console.Out);
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

bool Number(string option, int least, ref int value, ref int i) =>
    args[i] == option
    && i + 1 < args.Length
    && int.TryParse(args[++i], NumberStyles.None, CultureInfo.InvariantCulture, out value)
    && value >= least;
