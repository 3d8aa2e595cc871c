using System.Globalization;
using System.Text.Json.Nodes;
using WaitFor.Testing;

namespace WaitFor.Image.Tests;

/// <summary>The images' files, started as a restricted pod starts them.</summary>
public sealed class RunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-image-").FullName;

    public RunTests() => File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ImageFact]
    public async Task The_gate_passes_against_a_real_control_plane()
    {
        var assets = ControlPlaneAssets.Find() ?? throw new InvalidOperationException("there is no control plane: run tests/control-plane");
        await using var control = await ControlPlane.StartAsync(assets);
        var space = await control.Admin.CreateNamespaceAsync("image");
        await control.Admin.CreateServiceAccountAsync(space, "gate");
        await control.Admin.AllowAsync(space, "gate", new AccessRule("batch", ["jobs"], ["list", "watch"], ["db-migrate-v42"]));
        var token = await control.Admin.CreateServiceAccountTokenAsync(space, "gate");
        using var root = new EmptyRoot(await File.ReadAllTextAsync(control.CaFile), token, space);
        new OciImage("amd64", "wait-for").Unpack(root.Folder);
        await using var gate = root.StartRestricted(control.Server, "job/db-migrate-v42");
        await gate.LogsAsync("job/db-migrate-v42: not found");

        // It runs as a pod with the restricted profile does.
        var status = File.ReadAllLines($"/proc/{gate.ProcessId.ToString(CultureInfo.InvariantCulture)}/status")
            .Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0], pair => pair[1].Trim());
        Assert.Equal("65532\t65532\t65532\t65532", status["Uid"]);
        Assert.Equal("65532\t65532\t65532\t65532", status["Gid"]);
        Assert.Equal(
            ("", "0000000000000000", "0000000000000000", "1"),
            (status["Groups"], status["CapEff"], status["CapPrm"], status["NoNewPrivs"])
        );
        var root1 = File.ReadAllLines($"/proc/{gate.ProcessId.ToString(CultureInfo.InvariantCulture)}/mountinfo")
            .Select(line => line.Split(' '))
            .Single(mount => mount[4] == "/");
        Assert.Contains("ro", root1[5].Split(','));

        await control.Admin.PostAsync(
            $"/apis/batch/v1/namespaces/{space}/jobs",
            JsonNode.Parse(
                """
                {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"db-migrate-v42"},"spec":
                {"suspend":true,"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"migrate","image":"none"}]}}}}
                """
            )!
        );
        await gate.LogsAsync("job/db-migrate-v42: ");
        Assert.True(gate.Running);
        await control.Admin.SetJobStatusAsync(
            space,
            "db-migrate-v42",
            JsonNode.Parse("""{"conditions":[{"type":"Complete","status":"True"}]}""")!
        );

        Assert.True(await gate.ExitAsync() == 0, gate.Log);
    }

    [ImageFact]
    public async Task Migrate_migrates_a_real_database()
    {
        await using var server = await PostgresServer.StartAsync();
        var url = await server.CreateDatabaseAsync();
        new OciImage("amd64", "migrate").Unpack(_folder);
        Directory.CreateDirectory(Path.Combine(_folder, "sql"));
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "sql", "V1__item.sql"),
            "CREATE TABLE item (id int);\nINSERT INTO item VALUES (1), (2);\n"
        );
        EmptyRoot.MakeDevices(_folder);

        var (exitCode, _, log) = await NativeGate.RunAsync(
            [.. EmptyRoot.Restricted(_folder), "/migrate", "up", "--locations", "/sql"],
            new Dictionary<string, string> { ["DATABASE_URL"] = url },
            EmptyRoot.Unprivileged
        );

        Assert.True(exitCode == 0, log);
        Assert.Equal(["2"], await PostgresServer.QueryAsync(url, "SELECT count(*) FROM item"));
    }
}
