using System.Buffers.Binary;
using WaitFor.Testing;

namespace WaitFor.Binary.Tests;

/// <summary>The file itself: one, static, small, and at home in an empty file system.</summary>
public sealed class FileTests
{
    /// <summary>The binaries, the most bytes of each, and of what gzip makes of it: about what a node pulls.</summary>
    public static TheoryData<string, int, int> Sizes
    {
        get
        {
            var rows = new TheoryData<string, int, int>();
            foreach (var (file, _) in Repository.Binaries("wait-for"))
                rows.Add(file, 17_500_000, 7_500_000);
            foreach (var (file, _) in Repository.Binaries("migrate"))
                rows.Add(file, 21_500_000, 9_100_000);
            return rows;
        }
    }

    [NativeTheory]
    [MemberData(nameof(Sizes))]
    public void It_is_small(string file, int most, int mostCompressed)
    {
        using var gzip = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("gzip", ["-9", "--stdout", file]) { RedirectStandardOutput = true }
        )!;
        using var compressed = new MemoryStream();
        gzip.StandardOutput.BaseStream.CopyTo(compressed);
        gzip.WaitForExit();

        Assert.Equal(0, gzip.ExitCode);
        Assert.InRange(new FileInfo(file).Length, 1, most);
        Assert.InRange(compressed.Length, 1, mostCompressed);
    }

    public static TheoryData<string> Files =>
        [.. Repository.Binaries("wait-for").Concat(Repository.Binaries("migrate")).Select(binary => binary.File)];

    [NativeTheory]
    [MemberData(nameof(Files))]
    public void It_is_fully_static(string name)
    {
        const int dynamic = 2,
            interpreter = 3,
            needed = 1;
        var file = File.ReadAllBytes(name);
        Assert.Equal("\u007fELF"u8, file.AsSpan(0, 4));
        var table = checked((int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(0x20)));
        int size = BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(0x36)),
            count = BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(0x38));

        var headers = Enumerable
            .Range(0, count)
            .Select(i => table + (i * size))
            .ToDictionary(at => at, at => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at)));

        // No program header asks for a dynamic loader, and the dynamic section for no library.
        Assert.NotEmpty(headers);
        Assert.DoesNotContain(interpreter, headers.Values);
        Assert.DoesNotContain(needed, headers.Where(header => header.Value == dynamic).SelectMany(header => Tags(header.Key)));

        IEnumerable<long> Tags(int header)
        {
            const int entry = 16;
            var (at, length) = (Number(header + 0x08), Number(header + 0x20));
            return Enumerable.Range(0, length / entry).Select(i => BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at + (i * entry))));
        }

        int Number(int at) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at)));
    }

    [NativeFact]
    public async Task It_works_in_an_empty_root_with_a_service_account()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        using var root = new EmptyRoot(server.Authority.Pem, "root-token", "shop");

        var (exitCode, _, log) = await root.RunAsync(server.Address, "job/db", "--termination-log", "/dev/termination-log");

        Assert.True(exitCode == 0, log);
        Assert.Contains("job/db: complete after 17s", log, StringComparison.Ordinal);
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
            @"^job/db \(namespace shop\): failed \(waited \d+s\): BackoffLimitExceeded: Job has reached the specified "
                + @"backoff limit; the pods of Job db were deleted, and their logs with them\n",
            await File.ReadAllTextAsync(Path.Combine(root.Folder, "dev", "termination-log"))
        );
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
