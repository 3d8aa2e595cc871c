using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Batch;

/// <summary>Reads a script as the program does, without a database.</summary>
internal static class BatchScripts
{
    /// <summary>A batch line and a statement that are right.</summary>
    public const string Line = "-- migrate: batch table=users key=id";

    public const string Update = "UPDATE users SET seen = seen + 1 WHERE ${batch};";

    /// <summary>Reads a script.</summary>
    /// <exception cref="ScriptException">It is refused.</exception>
    public static Script Read(string text, string name = "V43__fill.sql", string? conf = null, FlywaySettings? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("wait-for-batch-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, name), text);
            if (conf is not null)
                File.WriteAllText(Path.Combine(folder, name + ".conf"), conf);
            settings ??= new FlywaySettings();
            var set = ScriptFolder.Read([folder], settings, new Placeholders(settings, ("u", "d"), "public", DateTime.UnixEpoch));
            return set.Scripts.Concat(set.Callbacks).Single();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
