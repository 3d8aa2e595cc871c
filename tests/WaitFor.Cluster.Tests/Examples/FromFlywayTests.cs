using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Flyway;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>examples/from-flyway: Flyway's manifests, in which the image alone is another one.</summary>
public sealed class FromFlywayTests
{
    [Theory]
    // What comes from a Secret has the values that the tests of examples give it.
    [InlineData("job.yaml", "postgres", "x")]
    [InlineData("init-container.yaml", "postgres.database.svc", "shop_migrator")]
    public void Each_command_line_is_read(string file, string host, string user)
    {
        string[] files = [file, "sql.yaml"];
        var stack = files
            .SelectMany(name => Yaml.Read(File.ReadAllText(ExampleFiles.In($"from-flyway/{name}"))))
            .Select(node => new ExampleObject(file, node))
            .ToList();
        var container = stack.SelectMany(item => item.Containers)
            .Single(item => item.Image.Contains("/migrate:", StringComparison.Ordinal));

        var options = CommandLines.Migrate(container, stack);

        Assert.Equal([Verb.Up], options.Verbs);
        Assert.Equal(
            (host, user, true),
            (options.Connection.Host, options.Connection.Username, options.Flyway.FlywayForm)
        );
    }

    [Fact]
    public void The_images_file_is_read()
    {
        var folder = Directory.CreateTempSubdirectory("wait-for-flyway-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "conf"));
        File.Copy(ExampleFiles.In("from-flyway/image/flyway.conf"), Path.Combine(folder, "conf", "flyway.conf"));

        var options = new MigrateCommand(
            ["migrate"],
            new Dictionary<string, string> { ["SHOP_DB_PASSWORD"] = "p" },
            "migrate",
            new FlywayPlaces(folder, folder)
        ).Read();

        Assert.Equal(("postgres.database.svc", "p", 10),
            (options.Connection.Host, options.Connection.Servers[0].Password, options.Flyway.ConnectRetries));
        Directory.Delete(folder, recursive: true);
    }
}
