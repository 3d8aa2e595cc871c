using System.Text.Json;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Flyway;

namespace WaitFor.Migrate.Tests.Flyway;

/// <summary>How Flyway is called in public (Recordings/invocations.jsonl): each call is read, or refused for its own reason.</summary>
public sealed class InvocationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-flyway-").FullName;

    private static readonly string[] Lines = [.. Recording.Lines("invocations.jsonl")];

    public static TheoryData<int> Numbers() => [.. Enumerable.Range(1, Lines.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_call_is_read_or_refused_with_a_reason(int line)
    {
        using var document = JsonDocument.Parse(Lines[line - 1]);
        var call = document.RootElement;
        var root = Path.Combine(_folder, "flyway");
        if (call.TryGetProperty("files", out var files))
        {
            foreach (var file in files.EnumerateObject())
            {
                var path = Path.Combine(root, file.Name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, Fill(file.Value.GetString()!));
            }
        }

        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = _folder };
        foreach (var name in (string[])["env", "added"])
        {
            if (call.TryGetProperty(name, out var variables))
            {
                foreach (var variable in variables.EnumerateObject())
                    environment[variable.Name] = Fill(variable.Value.GetString()!);
            }
        }

        string[] arguments = [.. Texts(call.GetProperty("program")), .. Texts(call.GetProperty("args"))];
        var why = call.TryGetProperty("why", out var text) ? text.GetString()! : "";
        var refusal =
            why.Contains("clean is disabled", StringComparison.Ordinal) ? "clean drops everything"
            : why.Contains("unknown setting", StringComparison.Ordinal) ? "the setting is not known"
            : why.Contains("undo belongs", StringComparison.Ordinal) ? "as in Flyway's free edition"
            : why.Contains("skipExecutingMigrations belongs", StringComparison.Ordinal) ? "-callbacks: not supported"
            : null;

        var command = new MigrateCommand(arguments, environment, "migrate", new FlywayPlaces(root, root));
        if (command.AskedVersion || command.Help)
            Assert.Equal(0, call.GetProperty("flyway").GetInt32());
        else if (refusal is null)
            Assert.NotNull(command.Read().Connection.Host);
        else
        {
            var exception = Assert.Throws<MigrationException>(command.Read);
            Assert.Equal(ExitCode.Usage, exception.ExitCode);
            Assert.Contains(refusal, exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", exception.Message, StringComparison.Ordinal);
        }

        string Fill(string value) =>
            value
                .Replace("{url}", "jdbc:postgresql://db:5432/shop", StringComparison.Ordinal)
                .Replace("{user}", "app", StringComparison.Ordinal)
                .Replace("{password}", "s3cret", StringComparison.Ordinal)
                .Replace("/flyway/", root + "/", StringComparison.Ordinal);

        IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(word => Fill(word.GetString()!));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
