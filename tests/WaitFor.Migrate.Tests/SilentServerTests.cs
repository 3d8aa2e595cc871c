using System.Text;
using WaitFor.Migrate.CommandLine;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests;

/// <summary>Servers that take the login, and fall silent after it.</summary>
public sealed class SilentServerTests
{
    /// <summary>ParseComplete, BindComplete, a row of two columns of type bool, CommandComplete, ReadyForQuery.</summary>
    private const string FirstAnswer =
        "1\0\0\0\u00042\0\0\0\u0004T\0\0\0\u002e\0\u0002"
        + "a\0\0\0\0\0\0\0\0\0\0\u0010\0\u0001\u00ff\u00ff\u00ff\u00ff\0\u0001"
        + "b\0\0\0\0\0\0\0\0\0\0\u0010\0\u0001\u00ff\u00ff\u00ff\u00ff\0\u0001"
        + "D\0\0\0\u0010\0\u0002\0\0\0\u0001\0\0\0\0\u0001\0C\0\0\0\u000dSELECT 1\0Z\0\0\0\u0005I";

    /// <summary>Npgsql asks to cancel over another connection, and would wait for an answer there as long as for a connection.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(FirstAnswer)]
    public async Task A_server_that_falls_silent_for_good_after_the_login_does_not_hold_the_wait(string answer)
    {
        var (count, silent) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var server = new ScriptedServer(
            async (client, cancel) =>
            {
                if (Interlocked.Increment(ref count) == 1)
                {
                    foreach (var text in new[] { ConnectFailureTests.Login, answer }.Where(text => text.Length > 0))
                    {
                        await ScriptedServer.ReadAsync(client, cancel);
                        await client.SendAsync(Encoding.Latin1.GetBytes(text), cancel);
                    }

                    await ScriptedServer.ReadAsync(client, cancel);

                    silent.TrySetResult();
                }

                await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
            }
        );
        var variables = new Dictionary<string, string>
        {
            ["DATABASE_URL"] = $"postgres://u:secret@127.0.0.1:{server.Port}/d?connect_timeout=600&sslmode=disable",
        };
        var options = new MigrateCommand(["wait", "--release", "r", "--timeout", "3s"], variables).Read();
        var time = new ManualTimeProvider();
        var waiting = new Commands(options, variables, time, new LogLines().Logger).RunAsync(CancellationToken.None);

        await silent.Task;
        await time.TimerAsync(due => due == TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(3));
        var exception = await Assert.ThrowsAsync<MigrationException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.StartsWith(
            $"timed out after 3s: 127.0.0.1:{server.Port}/d: waited 3s without success for the ",
            exception.Message,
            StringComparison.Ordinal
        );
    }
}
