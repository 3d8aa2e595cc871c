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

    /// <summary>As k8s-wait-for's image is used where a shell line stands around the script.</summary>
    [ImageFact]
    public async Task The_image_with_a_shell_runs_wait_for_sh()
    {
        var assets = ControlPlaneAssets.Find() ?? throw new InvalidOperationException("there is no control plane: run tests/control-plane");
        await using var control = await ControlPlane.StartAsync(assets);
        var space = await control.Admin.CreateNamespaceAsync("shell");
        await control.Admin.CreateServiceAccountAsync(space, "gate");
        await control.Admin.AllowAsync(space, "gate", new AccessRule("batch", ["jobs"], ["get"]));
        var token = await control.Admin.CreateServiceAccountTokenAsync(space, "gate");
        using var root = new EmptyRoot(await File.ReadAllTextAsync(control.CaFile), token, space);
        var image = new OciImage("amd64", "wait-for-shell");
        image.Unpack(root.Folder);
        var path = image.Config["config"]!["Env"]!.AsArray().Select(word => (string)word!).Single(word => word[..5] == "PATH=")[5..];
        await using var gate = root.StartRestrictedCommand(
            control.Server,
            ["/bin/sh", "-c", "wait_for.sh job db-migrate-v42 && echo after it"],
            path
        );
        await gate.LogsAsync("job/db-migrate-v42: not found");
        await control.Admin.PostAsync(
            $"/apis/batch/v1/namespaces/{space}/jobs",
            JsonNode.Parse(
                """
                {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"db-migrate-v42"},"spec":
                {"suspend":true,"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"migrate","image":"none"}]}}}}
                """
            )!
        );
        await gate.LogsAsync("1 active of 1");
        await control.Admin.SetJobStatusAsync(
            space,
            "db-migrate-v42",
            JsonNode.Parse("""{"conditions":[{"type":"Complete","status":"True"}]}""")!
        );

        Assert.True(await gate.ExitAsync() == 0, gate.Log);
        Assert.Contains("after it", gate.Output, StringComparison.Ordinal);
    }

    /// <summary>The manifests of a Flyway container, with another image: its scripts at /flyway/sql, its variables, its words.</summary>
    [ImageTheory]
    [InlineData("/migrate", "migrate")]
    [InlineData("flyway", "migrate")]
    [InlineData("flyway", "-connectRetries=10 -outOfOrder=true info migrate validate")]
    public async Task Flyways_words_work_in_the_image(string command, string words)
    {
        await using var server = await PostgresServer.StartAsync();
        var url = new Uri(await server.CreateDatabaseAsync());
        new OciImage("amd64", "migrate").Unpack(_folder);
        Directory.CreateDirectory(Path.Combine(_folder, "flyway", "sql"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "flyway", "sql", "V1__item.sql"), "CREATE TABLE item (id int);\n");
        EmptyRoot.MakeDevices(_folder);

        var (exitCode, _, log) = await NativeGate.RunAsync(
            [.. EmptyRoot.Restricted(_folder), command, .. words.Split(' ')],
            new Dictionary<string, string>
            {
                ["FLYWAY_URL"] = $"jdbc:postgresql://{url.Authority}{url.AbsolutePath}",
                ["FLYWAY_USER"] = url.UserInfo.Split(':')[0],
                ["FLYWAY_PASSWORD"] = url.UserInfo.Split(':')[^1],
                ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            },
            EmptyRoot.Unprivileged
        );

        Assert.True(exitCode == 0, log);
        Assert.Equal(["1"], await PostgresServer.QueryAsync(url.OriginalString, "SELECT version FROM flyway_schema_history"));
    }

    [ImageTheory]
    [InlineData("wait-for", "wait-for")]
    [InlineData("migrate", "migrate")]
    public async Task The_images_for_arm64_start(string image, string program)
    {
        new OciImage("arm64", image).Unpack(_folder);

        var (exitCode, output, log) = await NativeGate.RunAsync(
            [Path.Combine(_folder, program), "--version"],
            new Dictionary<string, string>(),
            Repository.Arm64Emulator
        );

        Assert.True(exitCode == 0, log);
        Assert.StartsWith(program, output, StringComparison.Ordinal);
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
