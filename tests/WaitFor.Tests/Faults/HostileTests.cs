using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using WaitFor.Report;
using WaitFor.Testing;
using WaitFor.Tests.Watching;

namespace WaitFor.Tests.Faults;

/// <summary>A server, or whoever writes its objects, that means harm: the gate stays shut, its memory bounded, its log readable.</summary>
[Collection(Alone.Name)]
public sealed class HostileTests
{
    private const int MiB = 1024 * 1024;

    private static readonly Func<SeenRequest, bool> List = request => !request.IsWatch;
    private static readonly Func<SeenRequest, bool> Watch = request => request.IsWatch;

    private static string Deep(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);

    private static string JobList(string fields, string metadata = "\"resourceVersion\":\"1000\"") =>
        $$$"""{"kind":"JobList","metadata":{{{{metadata}}}},"items":"""
        + $$$"""[{"metadata":{"name":"db","namespace":"shop","uid":"u"},{{{fields}}}}]}""";

    private const string Complete = "\"status\":{\"conditions\":[{\"type\":\"Complete\",\"status\":\"True\"}]}";

    /// <summary>Answers that would open the gate if they were taken for a list.</summary>
    public static TheoryData<string, byte[]> Unreadable =>
        new()
        {
            { "10,000 deep, around the list", Encoding.UTF8.GetBytes(Deep(10_000)) },
            { "10,000 deep, within a Job", Encoding.UTF8.GetBytes(JobList($"\"spec\":{Deep(10_000)},{Complete}")) },
            { "a name that is not UTF-8", Latin1(JobList(Complete).Replace("\"db\"", "\"d\u00ff\"", StringComparison.Ordinal)) },
            {
                "a field name that is not UTF-8",
                Latin1(JobList("\"status\u00ff\":{}," + Complete).Replace("\"items\"", "\"item\u00ff\"", StringComparison.Ordinal))
            },
            { "a resourceVersion that is not UTF-8", Latin1(JobList(Complete, "\"resourceVersion\":\"\u00ff\"")) },
            { "half a surrogate pair as resourceVersion", Encoding.UTF8.GetBytes(JobList(Complete, "\"resourceVersion\":\"\\ud800\"")) },
            {
                "half a surrogate pair as continue",
                Encoding.UTF8.GetBytes(JobList(Complete, "\"resourceVersion\":\"1\",\"continue\":\"\\udc00\""))
            },
            {
                "half a surrogate pair in a condition",
                Encoding.UTF8.GetBytes(JobList(Complete.Replace("\"True\"", "\"True\",\"message\":\"\\ud800\"", StringComparison.Ordinal)))
            },
            {
                "a count above 32 bits",
                Encoding.UTF8.GetBytes(JobList(Complete.Replace("{\"cond", "{\"active\":2147483648,\"cond", StringComparison.Ordinal)))
            },
            {
                "a count of 1e400",
                Encoding.UTF8.GetBytes(JobList(Complete.Replace("{\"cond", "{\"succeeded\":1e400,\"cond", StringComparison.Ordinal)))
            },
            {
                "a count with a fraction",
                Encoding.UTF8.GetBytes(JobList(Complete.Replace("{\"cond", "{\"failed\":0.5,\"cond", StringComparison.Ordinal)))
            },
        };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task What_cannot_be_read_is_no_list(string answer, byte[] body)
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobFailed("db"));
        gate.Server.Next(List, Answers.Bytes(body));

        var result = await gate.RunAsync("job/db");

        Assert.True(result.ExitCode == 1, $"{answer}: {result.Message}");
        Assert.Equal(2, gate.Server.Requests.Count(List));
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task What_cannot_be_read_is_no_event(string answer, byte[] body)
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobRunning("db"));
        byte[] line = [.. "{\"type\":\"MODIFIED\",\"object\":"u8, .. body, .. "}\n"u8];
        gate.Server.Next(Watch, async context =>
        {
            gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobFailed("db"));
            await Answers.Bytes(line)(context);
        });

        var result = await gate.RunAsync("job/db");

        Assert.True(result.ExitCode == 1, $"{answer}: {result.Message}");
    }

    [Fact]
    public async Task A_list_of_50_MB_is_read()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Next(
            List,
            Answers.Bytes(Encoding.UTF8.GetBytes(JobList($"\"spec\":{{\"x\":\"{new string('x', 50_000_000)}\"}},{Complete}")))
        );

        Assert.Equal(0, (await gate.RunAsync("job/db")).ExitCode);
        Assert.Single(gate.Server.Requests);
    }

    /// <summary>Answers without end: the beginning, what comes again and again, what is reported, and how many MiB a client may take of
    /// one of
    /// them (its buffers and the sockets' included).</summary>
    public static TheoryData<string, string, string, string, int> Endless =>
        new()
        {
            { "a list's body", "HTTP/1.1 200 OK\r\n\r\n{\"kind\":\"JobList\",\"x\":\"", "x", "is larger than 64 MiB", 80 },
            { "a list of empty Jobs", "HTTP/1.1 200 OK\r\n\r\n{\"kind\":\"JobList\",\"items\":[{}", ",{}", "is larger than 64 MiB", 80 },
            { "headers", "HTTP/1.1 200 OK\r\n", "X-Header: something\r\n", "header", 8 },
            { "one header", "HTTP/1.1 200 OK\r\nX-Header: ", "something", "header", 8 },
            { "a status line", "HTTP/1.1 200 ", "OK", "API server", 8 },
            { "an extension of a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x", "chunk", 8 },
            { "an error's body", "HTTP/1.1 500 No\r\n\r\n", "x", "(HTTP 500)", 8 },
        };

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task An_answer_without_end_is_left(string answer, string head, string piece, string told, int most)
    {
        await using var gate = await GateHarness.StartAsync();
        var pieces = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 64 * 1024 / piece.Length)));
        var memory = new Memory();
        RawServer server = null!;
        server = new RawServer(gate.Server.Certificate, async (stream, cancel) =>
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(head), cancel);
            await server.SendForEverAsync(stream, pieces, cancel);
        });
        await using var disposed = server;
        gate.Through = server.Address;

        var running = gate.RunAsync("job/db --timeout 1h");
        await gate.Lines.ContainsAsync(told);
        var (sent, requests) = (server.Sent, server.Requests);
        gate.Interrupt();

        Assert.Null((await running).ExitCode);
        Assert.True(sent <= (long)most * MiB * requests, $"{answer}: {sent / MiB} MiB in {requests} requests");
        memory.AssertBelow(450);
    }

    [Fact]
    public async Task A_line_without_end_is_left()
    {
        await using var gate = await GateHarness.StartAsync();
        const string List = """{"kind":"JobList","apiVersion":"batch/v1","metadata":{"resourceVersion":"1000"},"items":[]}""";
        var piece = Encoding.UTF8.GetBytes(new string(' ', 64 * 1024) + "{");
        var turn = 0;
        RawServer server = null!;
        server = new RawServer(gate.Server.Certificate, async (stream, cancel) =>
        {
            // A list, then a watch, and again.
            var isList = Interlocked.Increment(ref turn) % 2 == 1;
            await stream.WriteAsync(Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + (isList ? List : "")), cancel);
            if (!isList)
                await server.SendForEverAsync(stream, piece, cancel);
        });
        await using var disposed = server;
        gate.Through = server.Address;

        var running = gate.RunAsync("job/db --timeout 1h");
        await gate.Lines.ContainsAsync("longer than 8 MiB");
        var taken = server.Sent / (server.Requests / 2);
        gate.Interrupt();
        await running;

        Assert.InRange(taken, 1, 24 * MiB);
    }

    [Fact]
    public async Task A_small_answer_that_grows_without_end_when_it_is_unpacked_is_left()
    {
        await using var gate = await GateHarness.StartAsync();
        var sent = 0L;
        using var endless = gate.Server.Always(List, async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await Answers.BeginAsync(context, 200, "application/json");
            await using var packed = new GZipStream(new Counting(context, count => sent += count), CompressionLevel.Fastest);
            var zeros = new byte[MiB];
            while (!context.RequestAborted.IsCancellationRequested)
                await packed.WriteAsync(zeros, context.RequestAborted);
        });

        var running = gate.RunAsync("job/db --timeout 1h");
        await gate.Lines.ContainsAsync("is larger than 64 MiB");
        gate.Interrupt();

        Assert.Null((await running).ExitCode);
    }

    [Fact]
    public async Task Provisional_answers_without_end_are_no_answer()
    {
        await using var gate = await GateHarness.StartAsync();
        RawServer server = null!;
        var many = new TaskCompletionSource();
        server = new RawServer(gate.Server.Certificate, async (stream, cancel) =>
        {
            for (var count = 0; ; count++)
            {
                await stream.WriteAsync("HTTP/1.1 102 Processing\r\n\r\n"u8.ToArray(), cancel);
                if (count == 1_000)
                    many.TrySetResult();
            }
        });
        await using var disposed = server;
        gate.Through = server.Address;

        var running = gate.RunAsync("job/db --timeout 1h");
        await many.Task;
        gate.Time.Advance(TimeSpan.FromSeconds(30));
        await gate.Lines.ContainsAsync("sent nothing for too long");
        gate.Interrupt();

        Assert.Null((await running).ExitCode);
    }

    /// <summary>How the tokens come, and how many pages are asked for before the list is given up.</summary>
    [Theory]
    [InlineData("another one each time", 1000)]
    [InlineData("always the same", 2)]
    public async Task A_list_whose_pages_do_not_end_is_none(string tokens, int pages)
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Next(
            List,
            [
                .. Enumerable
                    .Range(1, pages)
                    .Select(page =>
                        Answers.Json(
                            $$$"""{"kind":"JobList","metadata":"""
                                + $$$"""{"resourceVersion":"1","continue":"{{{(tokens == "always the same" ? 1 : page)}}}"},"items":[]}"""
                        )
                    ),
            ]
        );
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobFailed("db"));

        // Absent Jobs would open this gate: the one page more that a patient client would ask for is the last, and empty.
        var result = await gate.RunAsync("job/db --on-missing pass");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(pages + 1, gate.Server.Requests.Count(List));
        Assert.Contains(gate.Lines.All, line =>
            line.Contains($"the list of jobs has no end: stopped at page {pages}", StringComparison.Ordinal)
        );
    }

    /// <summary>Escape sequences, a bell, line breaks of all kinds, text that turns around, half a pair, a tag of plane 14.</summary>
    private const string Nasty =
        "\u001b[31mred\u001b]0;title\u0007\r\n2026 job/db: complete\u0085\u2028\u2029\u009b2J\u202egnp.exe\u2066\u200f\udb40\udc41\0";

    [Fact]
    public async Task What_others_wrote_reaches_the_log_as_one_line_of_plain_text()
    {
        await using var gate = await GateHarness.StartAsync();
        var job = ApiObjects.JobFailed("db");
        job["status"]!["conditions"]![0]!["message"] = Nasty;
        job["status"]!["conditions"]![0]!["reason"] = Nasty;
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), job);
        var pod = ApiObjects.Pod("web", ready: false, """{"app":"web"}""");
        pod["metadata"]!["name"] = "web" + Nasty;
        pod["status"]!["containerStatuses"] = new JsonArray(
            new JsonObject
            {
                ["name"] = Nasty,
                ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = Nasty } },
            }
        );
        gate.Server.Objects.Put(ApiObjects.Pods("shop"), pod);
        gate.Server.Next(
            request => request is { Resource: "jobs" },
            Answers.Status(500, "InternalError", Nasty),
            Answers.Text(503, Nasty, retryAfter: 1)
        );
        var lag = gate.Server.Always(
            request => request is { Resource: "jobs" } && !gate.Lines.All.Any(line => line.Contains("web", StringComparison.Ordinal)),
            Answers.Text(503, Nasty, retryAfter: 1)
        );

        var result = await gate.RunAsync("pod:app=web job/db");
        lag.Dispose();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(gate.Lines.All, line => line.Contains("pod:app=web", StringComparison.Ordinal));
        Assert.All([.. gate.Lines.All, .. gate.Trace.All, result.Message], AssertPlain);
        Assert.All(JsonResult.Of(new Diagnosis(result, await gate.CollectAsync(result)), 1).Split('\n'), AssertPlain);
    }

    private static void AssertPlain(string line)
    {
        foreach (var rune in line.EnumerateRunes())
        {
            Assert.False(
                Rune.GetUnicodeCategory(rune)
                    is System.Globalization.UnicodeCategory.Control
                        or System.Globalization.UnicodeCategory.Format
                        or System.Globalization.UnicodeCategory.LineSeparator
                        or System.Globalization.UnicodeCategory.ParagraphSeparator
                        or System.Globalization.UnicodeCategory.Surrogate,
                $"U+{rune.Value:X4} in: {line}"
            );
        }
    }

    /// <summary>What the process holds, when nothing else runs in it.</summary>
    private sealed class Memory
    {
        private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);

        public void AssertBelow(int mebibytes) =>
            Assert.InRange((GC.GetTotalMemory(forceFullCollection: false) - _before) / MiB, -1000, mebibytes);
    }

    private sealed class Counting(HttpContext context, Action<int> count) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            count(buffer.Length);
            await context.Response.Body.WriteAsync(buffer, cancellationToken);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            // The end of the packed stream, which nobody waits for.
        }
    }
}
