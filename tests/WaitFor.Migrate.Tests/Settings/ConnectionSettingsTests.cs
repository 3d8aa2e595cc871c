using Npgsql;
using WaitFor.Migrate.Postgres;

namespace WaitFor.Migrate.Tests.Settings;

public sealed class ConnectionSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>URL, and "user password host:port/database".</summary>
    [Theory]
    [InlineData("postgres://u:p@h:5433/d", "u p h:5433/d")]
    [InlineData("postgresql://u:p@h:5433/d", "u p h:5433/d")]
    [InlineData("POSTGRES://u:p@h/d", "u p h:5432/d")]
    [InlineData("  postgres://u:p@h/d\n", "u p h:5432/d")]
    [InlineData("jdbc:postgresql://h:5433/d?user=u&password=p", "u p h:5433/d")]
    [InlineData("jdbc:postgresql://h/d?user=u&password=a%26b%3Dc%25", "u a&b=c% h:5432/d")]
    [InlineData("postgres://u@h/d", "u - h:5432/d")]
    [InlineData("postgres://u:@h/d", "u - h:5432/d")]
    [InlineData("postgres://u@h", "u - h:5432/u")]
    [InlineData("postgres://u@h/", "u - h:5432/u")]
    [InlineData("postgres://u@h?sslmode=require", "u - h:5432/u")]
    [InlineData("postgres://u@:5433/d", "u - localhost:5433/d")]
    [InlineData("postgres://u@/d", "u - localhost:5432/d")]
    [InlineData("postgres://u%40x:p%40%3A%2F%3F%23%25@h/d%20e", "u@x p@:/?#% h:5432/d e")]
    [InlineData("postgres://u:p@ss@h/d", "u p@ss h:5432/d")]
    [InlineData("postgres://u:a:b@h/d", "u a:b h:5432/d")]
    [InlineData("postgres://u:p?q&r=s@h/d?sslmode=require", "u p?q&r=s h:5432/d")]
    [InlineData("postgres://u:p@h?application_name=a@b/c", "u p h:5432/u")]
    [InlineData("postgres://u:p+q@h/d", "u p+q h:5432/d")]
    [InlineData("postgres://u:gr%C3%B6%C3%9Fe@h/d", "u größe h:5432/d")]
    [InlineData("postgres://u:größe@h/d", "u größe h:5432/d")]
    [InlineData("postgres://u:p;Host=evil@h/d", "u p;Host=evil h:5432/d")]
    [InlineData("postgres://u:p@[::1]:5433/d", "u p [::1]:5433/d")]
    [InlineData("postgres://u:p@[2001:db8::1]/d", "u p [2001:db8::1]:5432/d")]
    [InlineData("postgres://u:p@h1:5433,h2/d", "u p h1:5433,h2:5432/d")]
    [InlineData("postgres://u:p@h1,h2:5434/d", "u p h1:5432,h2:5434/d")]
    [InlineData("postgres://u:p@[::1]:5433,[::2]/d", "u p [::1]:5433,[::2]:5432/d")]
    [InlineData("postgres://u:p@h:/d", "u p h:5432/d")]
    [InlineData("postgres://u:p@%2Fvar%2Frun%2Fpostgresql/d", "u p /var/run/postgresql/.s.PGSQL.5432/d")]
    [InlineData("jdbc:postgresql://h/d?user=u&prepareThreshold=0&reWriteBatchedInserts=true&", "u - h:5432/d")]
    public void A_URL_is_read(string url, string expected)
    {
        var settings = Read([], url);

        Assert.Equal(expected, $"{settings.Username} {settings.Servers[0].Password ?? "-"} {settings.Name}");
    }

    [Theory]
    [InlineData("", SslMode.Prefer)]
    [InlineData("sslmode=disable", SslMode.Disable)]
    [InlineData("sslmode=allow", SslMode.Allow)]
    [InlineData("sslmode=prefer", SslMode.Prefer)]
    [InlineData("sslmode=require", SslMode.Require)]
    [InlineData("sslmode=verify-ca", SslMode.VerifyCA)]
    [InlineData("sslmode=verify-full", SslMode.VerifyFull)]
    [InlineData("ssl=true", SslMode.Require)]
    [InlineData("ssl=require", SslMode.Require)]
    [InlineData("ssl=verify-full", SslMode.VerifyFull)]
    [InlineData("sslmode=no-verify", SslMode.Require)]
    [InlineData("ssl_require=True", SslMode.Require)]
    [InlineData("sslmode=require&sslrootcert=/ca.crt", SslMode.VerifyCA)]
    [InlineData("sslrootcert=system", SslMode.VerifyFull)]
    [InlineData("sslaccept=strict&sslcert=/ca.crt", SslMode.VerifyFull)]
    [InlineData("sslmode=verify-ca&ssl=true", SslMode.VerifyCA)]
    [InlineData("ssl=true&sslmode=disable", SslMode.Disable)]
    [InlineData("ssl=false", SslMode.Disable)]
    public void TLS_is_as_the_URL_says(string query, SslMode mode) =>
        Assert.Equal(mode, Read([], $"postgres://u@h/d?{query}").Driver.SslMode);

    [Fact]
    public void Parameters_of_the_URL_are_taken_over()
    {
        var settings = Read(
            [],
            "postgres://u@h/d?sslmode=verify-full&sslrootcert=%2Fca.crt&sslcert=/c.crt&sslkey=/c.key&options=-c%20a%3Db"
                + "&application_name=app&connect_timeout=7&target_session_attrs=read-write&search_path=a%2Cb"
        );

        Assert.Equal(
            ("/ca.crt", "/c.crt", "/c.key", "-c a=b", "app", 7, SessionKind.ReadWrite, "a,b"),
            (
                settings.Driver.RootCertificate,
                settings.Driver.SslCertificate,
                settings.Driver.SslKey,
                settings.Driver.Options,
                settings.ApplicationName,
                settings.Driver.Timeout,
                settings.Kind,
                settings.Driver.SearchPath
            )
        );
    }

    [Theory]
    [InlineData("schema=app", "app")]
    [InlineData("search_path=app,public", "app,public")]
    [InlineData("currentSchema=app", "app")]
    [InlineData("currentSchema=App", "App")]
    public void A_schema_is_a_search_path(string query, string path) =>
        Assert.Equal(path, Read([], $"jdbc:postgresql://h/d?user=u&{query}").Driver.SearchPath);

    /// <summary>Prisma's schema: its case counts.</summary>
    [Theory]
    [InlineData("app", "app")]
    [InlineData("app,public", "app,public")]
    [InlineData("MyApp", "\"MyApp\"")]
    [InlineData("my%20app", "\"my app\"")]
    [InlineData("tenant-1", "\"tenant-1\"")]
    [InlineData("%22MyApp%22", "\"MyApp\"")]
    public void The_case_of_a_schema_counts(string value, string path) =>
        Assert.Equal(path, Read([], $"postgresql://u@h/d?schema={value}").Driver.SearchPath);

    /// <summary>Variables, and "user password host:port/database".</summary>
    [Theory]
    [InlineData("FLYWAY_URL=jdbc:postgresql://h/d FLYWAY_USER=u FLYWAY_PASSWORD=p", "u p h:5432/d")]
    [InlineData("DATABASE_URL=postgres://u:p@h/d", "u p h:5432/d")]
    [InlineData("PGHOST=h PGPORT=5433 PGUSER=u PGPASSWORD=p PGDATABASE=d", "u p h:5433/d")]
    [InlineData("PGDATABASE=d PGUSER=u", "u - localhost:5432/d")]
    [InlineData("PGHOST=h PGUSER=u", "u - h:5432/u")]
    [InlineData("FLYWAY_URL=jdbc:postgresql://f/f DATABASE_URL=postgres://u:p@h/d PGUSER=g", "g - f:5432/f")]
    [InlineData("FLYWAY_URL= DATABASE_URL=postgres://u:p@h/d", "u p h:5432/d")]
    [InlineData("DATABASE_URL=postgres://h/d PGUSER=u PGPASSWORD=p PGPORT=5433", "u p h:5433/d")]
    [InlineData("DATABASE_URL=postgres://h1,h2:1/d PGUSER=u PGPORT=5433", "u - h1:5432,h2:1/d")]
    [InlineData("DATABASE_URL=postgres://a:b@h/d FLYWAY_USER=u FLYWAY_PASSWORD=p", "u p h:5432/d")]
    [InlineData("DATABASE_URL=postgres://u:p@h/d PGHOST=x PGUSER=x PGPASSWORD=x PGDATABASE=x", "u p h:5432/d")]
    [InlineData("--url=postgres://u:p@h/d DATABASE_URL=postgres://a:b@c/e FLYWAY_URL=jdbc:postgresql://f/g", "u p h:5432/d")]
    [InlineData("--user=u DATABASE_URL=postgres://a:p@h/d FLYWAY_USER=b", "u p h:5432/d")]
    public void The_command_line_wins_then_Flyway_then_the_URL_then_libpq(string variables, string expected)
    {
        var values = variables.Split(' ').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

        var settings = Given.Connection(
            values.GetValueOrDefault("--url") is { } url ? ("--url", url) : null,
            values.GetValueOrDefault("--user"),
            values
        );

        Assert.Equal(expected, $"{settings.Username} {settings.Servers[0].Password ?? "-"} {settings.Name}");
    }

    [Fact]
    public void TLS_comes_from_libpqs_variables_too()
    {
        var settings = Read(
            new()
            {
                ["PGHOST"] = "h",
                ["PGUSER"] = "u",
                ["PGSSLMODE"] = "verify-full",
                ["PGSSLROOTCERT"] = "/ca.crt",
            }
        );

        Assert.Equal((SslMode.VerifyFull, "/ca.crt"), (settings.Driver.SslMode, settings.Driver.RootCertificate));
    }

    [Theory]
    [InlineData("secret", "secret")]
    [InlineData("secret\n", "secret")]
    [InlineData("secret\r\n", "secret")]
    [InlineData(" sec ret \n", " sec ret ")]
    [InlineData("two\nlines\n", "two\nlines")]
    public void A_value_may_stand_in_a_file(string content, string password) =>
        Assert.Equal(
            password,
            Read(new() { ["DATABASE_URL"] = "postgres://u@h/d", ["FLYWAY_PASSWORD_FILE"] = FileOf(content) }).Servers[0].Password
        );

    [Theory]
    [InlineData("FLYWAY_URL")]
    [InlineData("DATABASE_URL")]
    public void A_URL_may_stand_in_a_file(string name) =>
        Assert.Equal("h", Read(new() { [name + "_FILE"] = FileOf("postgres://u:p@h/d\n") }).Host);

    [Theory]
    [InlineData("mysql://u:secret@h/d", "DATABASE_URL", "not a URL of a PostgreSQL database", "mysql:", "its own tool")]
    [InlineData("jdbc:mysql://h/d?password=secret", "DATABASE_URL", "not a URL", "jdbc:postgresql://")]
    [InlineData("u:secret@h/d", "DATABASE_URL", "not a URL", "postgres://")]
    [InlineData("postgres:/u:secret@h/d", "DATABASE_URL", "not a URL", "postgres://")]
    [InlineData("postgres://u:secret%@h/d", "DATABASE_URL", "a % that begins no escape", "%25")]
    [InlineData("postgres://u:secret%zz@h/d", "DATABASE_URL", "a % that begins no escape", "%25")]
    [InlineData("postgres://u:secret@h:port/d", "DATABASE_URL", "the port is no number from 1 to 65535")]
    [InlineData("postgres://u:secret@h:0/d", "DATABASE_URL", "the port is no number from 1 to 65535")]
    [InlineData("postgres://u:secret@h:65536/d", "DATABASE_URL", "the port is no number from 1 to 65535")]
    [InlineData("postgres://u:secret@h/d?sslmode=on", "DATABASE_URL", "sslmode \"on\" is not known", "verify-full")]
    [InlineData("postgres://u:secret@h/d?connect_timeout=soon", "DATABASE_URL", "is not a number of seconds", "0 to ")]
    [InlineData("postgres://u:secret@h/d?targetServerType=secondary", "DATABASE_URL", "needs the primary", "write primary")]
    [InlineData("postgres://:secret@h/d", "no database user is named", "into the URL", "PGUSER")]
    [InlineData("postgres://u:secret/x@h/d", "DATABASE_URL", "a / before the @", "%2F")]
    [InlineData("postgres://u:12/secret@h/d", "DATABASE_URL", "a / before the @", "%2F")]
    public void A_broken_URL_is_refused(string url, params string[] parts) => Refused(() => Read(new() { ["DATABASE_URL"] = url }), parts);

    [Fact]
    public void What_is_missing_is_named()
    {
        Refused(() => Read([]), "no database is named", "--url", "FLYWAY_URL", "DATABASE_URL", "_FILE", "PGHOST");
        Refused(() => Read(new() { ["PGHOST"] = "h" }), "no database user is named", "FLYWAY_USER");
        Refused(
            () =>
                Read(
                    new()
                    {
                        ["PGHOST"] = "h",
                        ["PGUSER"] = "u",
                        ["PGPORT"] = "x",
                    }
                ),
            "PGPORT",
            "\"x\" is not a port"
        );
        Refused(
            () =>
                Read(
                    new()
                    {
                        ["PGHOST"] = "h",
                        ["PGUSER"] = "u",
                        ["PGSSLMODE"] = "x",
                    }
                ),
            "PGSSLMODE",
            "\"x\" is not known"
        );
        Refused(
            () =>
                Read(
                    new()
                    {
                        ["DATABASE_URL"] = "postgres://u@h",
                        ["FLYWAY_PASSWORD"] = "secret",
                        ["FLYWAY_PASSWORD_FILE"] = FileOf("secret"),
                    }
                ),
            "FLYWAY_PASSWORD and FLYWAY_PASSWORD_FILE are both set",
            "remove one"
        );
        Refused(
            () => Read(new() { ["DATABASE_URL"] = "postgres://u@h", ["FLYWAY_PASSWORD_FILE"] = $"{_folder}/none" }),
            "FLYWAY_PASSWORD_FILE",
            $"{_folder}/none",
            "cannot be read",
            "mount the secret"
        );
        Refused(
            () => Read(new() { ["DATABASE_URL"] = "postgres://u@h", ["FLYWAY_PASSWORD_FILE"] = _folder }),
            "FLYWAY_PASSWORD_FILE",
            "cannot be read"
        );
        Refused(
            () => Read(new() { ["DATABASE_URL"] = "postgres://u@h", ["FLYWAY_PASSWORD_FILE"] = FileOf("\n") }),
            "FLYWAY_PASSWORD_FILE",
            "is empty",
            "put the value into it"
        );
    }

    [Fact]
    public void No_message_tells_a_password()
    {
        const string secret = "sEcReT";
        string[] marks = ["", "%", "%4", "@", ":", "/", "?", "#", "&", "=", "[", "]", ",", ";", " ", "%40", "'", "\""];
        var urls =
            from scheme in new[] { "postgres://", "postgresql://", "jdbc:postgresql://", "mysql://", "postgres:", "" }
            from user in new[] { "u:", ":", "h/d?user=u&password=", "h/d?password=" }
            from before in marks
            from after in marks
            from rest in new[] { "@h/d", "@h:x/d", "@h/d?sslmode=x", "@h", "", "/d", "@h:99999" }
            select scheme + user + before + secret + after + rest;

        var (refused, told) = (0, new List<string>());
        foreach (var url in urls)
        {
            try
            {
                Read(new() { ["DATABASE_URL"] = url });
            }
            catch (ConnectionException exception)
            {
                refused++;
                if (exception.ToString().Contains(secret, StringComparison.OrdinalIgnoreCase))
                    told.Add(url);
            }
        }

        Assert.Empty(told);
        Assert.True(refused > 10_000, $"{refused} refused");
    }

    private static ServerSettings Read(Dictionary<string, string> variables, string? url = null) =>
        Given.Connection(url is null ? null : ("--url", url), null, variables);

    private string FileOf(string content)
    {
        var file = Path.Combine(_folder, Guid.NewGuid().ToString());
        File.WriteAllText(file, content);
        return file;
    }

    private static void Refused(Func<object> read, params string[] parts)
    {
        var message = Assert.Throws<ConnectionException>(read).Message;

        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.DoesNotContain("secret\"", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", message, StringComparison.Ordinal);
    }
}
