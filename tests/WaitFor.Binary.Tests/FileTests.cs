using System.Buffers.Binary;
using WaitFor.Testing;

namespace WaitFor.Binary.Tests;

/// <summary>The file itself: one, static, small, and at home in an empty file system.</summary>
public sealed class FileTests
{
    [NativeFact]
    public void It_is_at_most_16_MB() => Assert.InRange(new FileInfo(Repository.Gate).Length, 1, 16_000_000);

    [NativeFact]
    public void It_is_fully_static()
    {
        const int interpreter = 3;
        var file = File.ReadAllBytes(Repository.Gate);
        Assert.Equal("\u007fELF"u8, file.AsSpan(0, 4));
        var table = checked((int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(0x20)));
        int size = BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(0x36)), count = BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(0x38));

        var types = Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(table + (i * size)))).ToList();

        // No program header asks for a dynamic loader.
        Assert.NotEmpty(types);
        Assert.DoesNotContain(interpreter, types);
    }

    [NativeFact]
    public async Task It_works_in_an_empty_root_with_a_service_account()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        using var root = new EmptyRoot(server.Authority.Pem, "root-token", "shop");

        var (exitCode, _, log) = await root.RunAsync(server.Address, "job/db", "--termination-log", "/dev/termination-log");

        Assert.True(exitCode == 0, log);
        Assert.Contains("job/db: complete after 17 s", log, StringComparison.Ordinal);
        Assert.All(server.Requests, request => Assert.Equal("Bearer root-token", request.Authorization));
    }

    [NativeFact]
    public async Task It_leaves_its_reason_for_kubectl_describe()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobFailed("db"));
        using var root = new EmptyRoot(server.Authority.Pem, "root-token", "shop");
        await File.WriteAllTextAsync(Path.Combine(root.Folder, "dev", "termination-log"), "");

        var (exitCode, _, log) = await root.RunAsync(server.Address, "job/db");

        Assert.True(exitCode == 1, log);
        Assert.Matches(
            @"^failed \(waited \d+ s\): job/db \(namespace shop\): failed: BackoffLimitExceeded: Job has reached the specified backoff limit; the pods of Job db are gone, and their logs with them\n",
            await File.ReadAllTextAsync(Path.Combine(root.Folder, "dev", "termination-log")));
    }

    [NativeFact]
    public async Task A_token_that_is_replaced_while_it_waits_is_used_for_the_next_request()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        using var root = new EmptyRoot(server.Authority.Pem, "first", "shop");
        await using var gate = root.Start(server.Address, "job/db");
        await gate.LogsAsync("job/db: running");
        await server.ArrivedAsync(request => request.IsWatch, 1);

        root.ReplaceToken("second");
        server.Objects.EndWatches();
        await server.ArrivedAsync(request => request.Authorization == "Bearer second", 1);
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        Assert.Equal(0, await gate.ExitAsync());
    }
}
