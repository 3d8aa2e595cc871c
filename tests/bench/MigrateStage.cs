using System.Globalization;
using System.Runtime.InteropServices;
using WaitFor.Testing;

namespace WaitFor.Bench;

/// <summary>One PostgreSQL server, the same small scripts for three programs, and how each is called on them.</summary>
/// <param name="server">The server.</param>
/// <param name="tools">The programs.</param>
/// <param name="folder">Takes the scripts.</param>
internal sealed class MigrateStage(PostgresServer server, MigrateTools tools, string folder)
{
    /// <summary>The environment that all children get, and nothing else.</summary>
    public IReadOnlyDictionary<string, string> Plain { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = folder, ["PATH"] = "/usr/bin:/bin" };

    /// <summary>Takes what a program says on its standard error.</summary>
    public string Log => Path.Combine(folder, "log");

    /// <summary>Writes scripts: tables, and what is done to them.</summary>
    /// <param name="count">How many.</param>
    /// <returns>What the commands take.</returns>
    public Scripts Write(int count)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{count}");
        var scripts = new Scripts(
            Path.Combine(folder, "flyway", name),
            Path.Combine(folder, "dbmate", name),
            Path.Combine(folder, $"{name}.sql")
        );
        Directory.CreateDirectory(scripts.Flyway);
        Directory.CreateDirectory(scripts.Dbmate);
        using var all = new StreamWriter(scripts.Psql);
        for (var i = 1; i <= count; i++)
        {
            var (what, text) = Script(i);
            var file = Path.Combine(scripts.Flyway, string.Create(CultureInfo.InvariantCulture, $"V{i}__{what}.sql"));
            File.WriteAllText(file, text);
            File.WriteAllText(
                Path.Combine(scripts.Dbmate, string.Create(CultureInfo.InvariantCulture, $"{i:0000}_{what}.sql")),
                $"-- migrate:up\n{text}-- migrate:down\n"
            );
            all.WriteLine($"BEGIN;\n\\i {file}\nCOMMIT;");
        }

        return scripts;
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its URL, over TLS.</returns>
    public async Task<string> DatabaseAsync() => await server.CreateDatabaseAsync() + "?sslmode=require";

    /// <summary>Drops a database.</summary>
    public Task DropAsync(string url) =>
        PostgresServer.ExecuteAsync(server.Url("postgres"), $"DROP DATABASE {new Uri(url).AbsolutePath.TrimStart('/')}");

    /// <summary>How many tables the scripts have made there, and how many of them have all columns and rows.</summary>
    /// <exception cref="MeasureException">Not as many as they should.</exception>
    public static async Task VerifyAsync(string url, int count, string name)
    {
        var found = await PostgresServer.QueryAsync(
            url,
            "SELECT count(*) FROM information_schema.columns WHERE table_name LIKE 'item%' AND column_name = 'note'"
        );
        if (int.Parse(found[0], CultureInfo.InvariantCulture) != count / Kinds)
            throw new MeasureException($"{name} ended with 0, and has made {found[0]} of {count / Kinds} tables");
    }

    /// <summary>migrate on a database.</summary>
    public string[] Migrate(string url, Scripts scripts) => [tools.Migrate, "up", "--url", url, "--locations", scripts.Flyway];

    /// <summary>psql, one process with one transaction for each script.</summary>
    public string[] Psql(string url, Scripts scripts) => [tools.Psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", scripts.Psql, url];

    /// <summary>psql that does nothing.</summary>
    public string[] PsqlNothing(string url) => [tools.Psql, "-X", "-c", "select 1", url];

    /// <summary>dbmate on a database.</summary>
    public string[] Dbmate(string url, Scripts scripts) =>
        [tools.Dbmate, "--url", url, "--migrations-dir", scripts.Dbmate, "--no-dump-schema", "up"];

    private const int Kinds = 5;

    private static (string What, string Text) Script(int number)
    {
        var table = string.Create(CultureInfo.InvariantCulture, $"item{(number - 1) / Kinds}");
        return ((number - 1) % Kinds) switch
        {
            0 => (
                "create",
                $"-- What the shop sells.\nCREATE TABLE {table} (\n    id bigint PRIMARY KEY,\n    name text NOT NULL,\n    price "
                    + "numeric(12, 2) NOT NULL DEFAULT 0\n);\n"
            ),
            1 => (
                "insert",
                $"INSERT INTO {table} (id, name, price) VALUES (1, 'first', 9.50), (2, 'second', 12), (3, 'third; and last', 0.99);\n"
            ),
            2 => ("alter", $"ALTER TABLE {table} ADD COLUMN note text;\nCOMMENT ON COLUMN {table}.note IS 'for people';\n"),
            3 => ("index", $"CREATE INDEX {table}_name ON {table} (name);\n"),
            _ => ("update", $"UPDATE {table} SET note = name || ' item' WHERE id > 1;\n"),
        };
    }
}

/// <summary>The same scripts for each program.</summary>
/// <param name="Flyway">A folder in Flyway's layout.</param>
/// <param name="Dbmate">A folder in dbmate's.</param>
/// <param name="Psql">A file for psql that runs those of <paramref name="Flyway"/>, each in a transaction.</param>
internal sealed record Scripts(string Flyway, string Dbmate, string Psql);

/// <summary>The three programs, with what the header says of them.</summary>
internal sealed record MigrateTools(
    string Migrate,
    string MigrateVersion,
    string Psql,
    string PsqlVersion,
    string Dbmate,
    string DbmateVersion
)
{
    /// <summary>Finds psql and dbmate, and takes a copy of migrate.</summary>
    /// <param name="migrate">The native binary.</param>
    /// <param name="packages">The folder of npm's packages.</param>
    /// <param name="folder">For the copy: the binary may be built again while this runs.</param>
    /// <exception cref="MeasureException">One of them is missing.</exception>
    public static MigrateTools Find(string migrate, string packages, string folder)
    {
        if (!File.Exists(migrate))
            throw new MeasureException($"{migrate} is missing; tests/publish makes it");
        var copy = Path.Combine(folder, "migrate");
        File.Copy(migrate, copy);

        // Debian's /usr/bin/psql is a script that looks for the server's version first; npm's dbmate is one that starts node.
        var psql = PostgresServer.Program("psql");
        var dbmate = Path.Combine(
            packages,
            "node_modules",
            "@dbmate",
            RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64",
            "bin",
            "dbmate"
        );
        if (!File.Exists(dbmate))
            throw new MeasureException($"{dbmate} is missing; npm ci --prefix {packages} installs it");
        return new MigrateTools(
            copy,
            Last(Tools.Ask(copy, "--version")),
            psql,
            Tools.Ask(psql, "--version").Split(' ')[2],
            dbmate,
            Last(Tools.Ask(dbmate, "--version"))
        );

        static string Last(string answer) => answer.Split('\n')[0].Trim().Split(' ')[^1].Split('+')[0];
    }
}
