namespace WaitFor.Migrate.Tests;

/// <summary>migrate exec: the team's own tool inside the envelope. On the native binary.</summary>
public sealed class ExecTests
{
    [NativeTheory]
    [InlineData("exit 0", 0, "succeeded")]
    [InlineData("exit 1", 1, "failed")]
    [InlineData("exit 42", 42, "failed")]
    [InlineData("exit 255", 255, "failed")]
    [InlineData("kill -KILL $$", 137, "failed")]
    [InlineData("kill -SEGV $$", 139, "failed")]
    public async Task The_exit_code_is_kept(string script, int exitCode, string status)
    {
        using var bed = await Bed.CreateAsync();
        var end = await bed.NativeAsync("exec --release r1", "/bin/sh", "-c", script);

        Assert.True(exitCode == end.ExitCode, end.Log);
        Assert.Equal([$"r1|{status}"], await bed.QueryAsync("SELECT app_version, status FROM schema_deployment_log"));
        if (exitCode > 128 && exitCode < 255)
            Assert.Contains($"sh was ended by signal {exitCode - 128}", end.Log, StringComparison.Ordinal);
        else if (exitCode != 0)
            Assert.Contains($"sh ended with exit code {exitCode}", end.Log, StringComparison.Ordinal);
    }

    [NativeFact]
    public async Task Its_output_is_passed_on_and_the_last_of_its_errors_are_left_for_the_gate()
    {
        using var bed = await Bed.CreateAsync();
        var end = await bed.NativeAsync(
            "exec",
            "/bin/sh",
            "-c",
            "echo out; echo one >&2; for i in $(seq 1 50); do echo line $i >&2; done; printf 'the reason: é' >&2; exit 3"
        );

        Assert.Equal(3, end.ExitCode);
        Assert.Equal("out\n", end.Output);
        Assert.Contains("one\nline 1\n", end.Log, StringComparison.Ordinal);
        // Once, as the tool wrote them.
        Assert.DoesNotContain("  | ", end.Log, StringComparison.Ordinal);
        var left = await File.ReadAllTextAsync(bed.TerminationLog);
        Assert.StartsWith("sh ended with exit code 3: the reason: é\n  | line 12\n", left, StringComparison.Ordinal);
        Assert.EndsWith("  | line 50\n  | the reason: é", left, StringComparison.Ordinal);
    }

    [NativeTheory]
    [InlineData("no-such-program", "it was not found in PATH; check the command after --, and that the image contains it")]
    [InlineData("/no/such-program", "the file does not exist; check the command after --, and that the image contains it")]
    [InlineData("/etc/passwd", "Permission denied; check the command after --, and that its file is an executable")]
    [InlineData(
        "SCRIPT",
        "the file exists, but the interpreter on its first line, or the loader of its libraries, does not; add it to the image"
    )]
    public async Task A_program_that_cannot_be_started(string program, string message)
    {
        using var bed = await Bed.CreateAsync();
        if (program == "SCRIPT")
        {
            program = Path.Combine(bed.Folder, "script");
            await File.WriteAllTextAsync(program, "#!/no/such/shell\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var end = await bed.NativeAsync("exec --release r1", program, "secret-argument");

        Assert.Equal(127, end.ExitCode);
        Assert.EndsWith($"error: could not start {program}: {message}\n", end.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-argument", end.Log, StringComparison.Ordinal);
        Assert.Equal(["failed"], await bed.QueryAsync("SELECT status FROM schema_deployment_log"));
    }

    [NativeFact]
    public async Task Around_psql_with_an_assertion_and_its_name_on_the_connection()
    {
        using var bed = await Bed.CreateAsync();
        bed.Assert("one.sql", "SELECT count(*) = 1 FROM t WHERE app = 'migrate exec in public: r1';");
        string[] psql =
        [
            "psql",
            bed.Url,
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            "CREATE TABLE IF NOT EXISTS t AS SELECT current_setting('application_name') AS app",
        ];

        var end = await bed.NativeAsync("exec --release r1", psql);
        Assert.True(end.ExitCode == 0, end.Log);
        Assert.Equal("SELECT 1\n", end.Output);
        await bed.ExecuteAsync("DELETE FROM t");
        Assert.Equal(5, (await bed.NativeAsync("exec --release r1", psql)).ExitCode);
        var failed = await bed.NativeAsync("exec --release r1", "psql", bed.Url, "-v", "ON_ERROR_STOP=1", "-c", "SELECT broken");
        Assert.Equal(1, failed.ExitCode);
        // Not psql's last line, which shows where with a ^.
        Assert.StartsWith(
            "psql ended with exit code 1: ERROR:  column \"broken\" does not exist\n",
            await File.ReadAllTextAsync(bed.TerminationLog),
            StringComparison.Ordinal
        );
        Assert.Equal(["succeeded", "failed", "failed"], await bed.QueryAsync("SELECT status FROM schema_deployment_log ORDER BY id"));
    }

    [NativeFact]
    public async Task A_schema_of_its_own_for_the_stamp_is_made_and_one_that_the_tool_may_refuse_is_told()
    {
        using var bed = await Bed.CreateAsync();
        Assert.Equal((0, "", ""), await bed.NativeAsync("exec --release r1 --schema deploy", "/bin/true"));
        Assert.Equal(
            ["deploy|r1|succeeded"],
            await bed.QueryAsync("SELECT 'deploy', app_version, status FROM deploy.schema_deployment_log")
        );

        Assert.Contains(
            "the deployment log public.schema_deployment_log was created; if the tool refuses a schema",
            (await bed.NativeAsync("exec --release r1", "/bin/true")).Log,
            StringComparison.Ordinal
        );
        Assert.Equal("", (await bed.NativeAsync("exec --release r2", "/bin/true")).Log);
    }
}
