using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

public sealed class ScriptBodyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-body-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Hundreds of applied scripts need only their checksums; what is wrong with a batch ends the run wherever it
    /// stands.</summary>
    [Theory]
    [InlineData("SELECT 1;", false)]
    [InlineData("SELECT 'not ended;", false)]
    [InlineData("-- migrate: batch table=t key=id\nUPDATE t SET a = 1 WHERE ${batch};", true)]
    public void A_script_is_split_when_its_statements_are_needed(string text, bool atOnce)
    {
        File.WriteAllText(Path.Combine(_folder, "V1__x.sql"), text);
        var settings = new FlywaySettings();
        var placeholders = new Placeholders(settings, (null, null), "public", DateTime.UnixEpoch);

        var script = Assert.Single(ScriptFolder.Read([_folder], settings, placeholders).Scripts);

        Assert.Equal(atOnce, script.Body.IsValueCreated);
    }
}
