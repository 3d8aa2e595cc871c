using WaitFor.Testing;

namespace WaitFor.Binary.Tests;

/// <summary>The native migrate in an empty file system, with a real PostgreSQL.</summary>
public sealed class MigrateTests
{
    [MigrateTheory]
    [InlineData("--help", "Usage:")]
    [InlineData("--version", "migrate 0.")]
    public async Task Help_and_version_go_to_the_standard_output(string argument, string part)
    {
        using var root = new MigrateRoot("");

        var (exitCode, output, log) = await root.RunAsync("", argument);

        Assert.Equal(0, exitCode);
        Assert.Contains(part, output, StringComparison.Ordinal);
        Assert.Empty(log);
    }

    /// <summary>Wrong words, the exit code, and the one line.</summary>
    [MigrateTheory]
    [InlineData("", "up --frobnicate", 2, "--frobnicate")]
    [InlineData("postgres://shop@127.0.0.1:1/shop", "up --locations /none", 2, "location /none: there is no such folder")]
    [InlineData("", "up --locations /sql", 3, "no database is named")]
    [InlineData(
        "postgres://shop@127.0.0.1:1/shop",
        "up --locations /sql --connect-retries 0",
        3,
        "127.0.0.1:1/shop: connection refused"
    )]
    public async Task Bad_input_is_one_line(string url, string words, int exitCode, string part)
    {
        using var root = new MigrateRoot("");

        var (ended, output, log) = await root.RunAsync(url, words.Split(' '));

        Assert.True(exitCode == ended, log);
        Assert.Empty(output);
        Assert.Contains("error: ", log, StringComparison.Ordinal);
        Assert.Contains(part, log, StringComparison.Ordinal);
        Assert.Single(log.TrimEnd('\n').Split('\n'));
    }

    [MigrateFact]
    public async Task It_migrates_over_TLS_in_an_empty_root()
    {
        await using var server = await PostgresServer.StartAsync();
        var url = await server.CreateDatabaseAsync();
        using var root = new MigrateRoot(await File.ReadAllTextAsync(server.CaFile));

        var (exitCode, _, log) = await root.RunAsync(
            url + "?sslmode=verify-full&sslrootcert=/ca.crt",
            "up",
            "--locations",
            "/sql",
            "--release",
            "v1"
        );

        Assert.True(exitCode == 0, log);
        Assert.Contains("V1__item.sql: applied in ", log, StringComparison.Ordinal);
        Assert.Equal(["2"], await PostgresServer.QueryAsync(url, "SELECT count(*) FROM item"));
        Assert.Equal(
            ["1|V1__item.sql|True"],
            await PostgresServer.QueryAsync(url, "SELECT version, script, success FROM flyway_schema_history")
        );
    }

    /// <summary>A CA that signed nothing there, a name that the certificate does not bear, no CA at all where the image has none, and a
    /// file that does not exist, for which the run does not wait.</summary>
    [MigrateTheory]
    [InlineData(
        "127.0.0.1",
        "?sslmode=verify-full&sslrootcert=/ca.crt",
        true,
        "the server's certificate is not trusted: it is signed by \"CN=localhost\", not by a CA in /ca.crt; give the server's CA with "
            + "sslrootcert"
    )]
    [InlineData(
        "127.0.0.2",
        "?sslmode=verify-full&sslrootcert=/ca.crt",
        false,
        "the server's certificate is for localhost, 127.0.0.1, not for 127.0.0.2; correct the host, or check the CA only "
            + "(sslmode=verify-ca)"
    )]
    [InlineData(
        "127.0.0.1",
        "?sslmode=verify-full",
        false,
        "the server's certificate is not trusted: it is signed by \"CN=localhost\", not by an authority that this host trusts; give the "
            + "server's CA with sslrootcert"
    )]
    [InlineData(
        "127.0.0.1",
        "?sslmode=verify-full&sslrootcert=/none.crt",
        false,
        "TLS: Could not find file '/none.crt'; correct sslrootcert (/none.crt)"
    )]
    public async Task A_certificate_that_is_not_trusted_is_refused(string host, string query, bool another, string part)
    {
        await using var server = await PostgresServer.StartAsync("listen_addresses = '127.0.0.1,127.0.0.2'");
        var url = await server.CreateDatabaseAsync();
        using var root = new MigrateRoot(another ? new TestAuthority("another").Pem : await File.ReadAllTextAsync(server.CaFile));

        var (exitCode, _, log) = await root.RunAsync(
            url.Replace("127.0.0.1", host, StringComparison.Ordinal) + query,
            "up",
            "--locations",
            "/sql"
        );

        Assert.True(exitCode == 3, log);
        Assert.Contains($"error: {host}:{server.Port}{new Uri(url).AbsolutePath}: {part}", log, StringComparison.Ordinal);
        Assert.Single(log.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain(PostgresServer.Password, log, StringComparison.Ordinal);
        Assert.Equal([""], await PostgresServer.QueryAsync(url, "SELECT to_regclass('flyway_schema_history')::text"));
    }
}
