using WaitFor.Migrate.CommandLine;

namespace WaitFor.Migrate.Tests.Settings;

/// <summary>Time limits that the connection's options name hold, where the command line says nothing else.</summary>
public sealed class ServerOptionsTests
{
    [Theory]
    [InlineData("-c statement_timeout=5s", 5000, 5000)]
    [InlineData("-cstatement_timeout=100ms", 100, 5000)]
    [InlineData("--statement-timeout=2min", 120_000, 5000)]
    [InlineData("--Statement_Timeout=1500", 1500, 5000)]
    [InlineData("-c search_path=a -c  lock_timeout=1h", 0, 3_600_000)]
    [InlineData("-c lock_timeout=1d --statement-timeout=0", 0, 86_400_000)]
    [InlineData(@"-c statement_timeout=1.5\ s -c lock_timeout=0", 1500, 0)]
    [InlineData("-c statement_timeout=1s -c statement_timeout=2s", 2000, 5000)]
    [InlineData("-c application_name=statement_timeout=1s", 0, 5000)]
    [InlineData("-c my.statement_timeout=1s -c statement_timeout -c", 0, 5000)]
    [InlineData("-c statement_timeout=soon -c lock_timeout=-1", 0, 5000)]
    [InlineData("", 0, 5000)]
    public void Limits_of_the_connection_are_the_default(string options, int statement, int @lock)
    {
        var variables = new Dictionary<string, string> { ["PGHOST"] = "h", ["PGUSER"] = "u", ["PGOPTIONS"] = options };

        var read = new MigrateCommand(["up"], variables).Read();

        Assert.Equal(
            (statement, @lock),
            ((int)read.StatementTimeout.TotalMilliseconds, (int)read.LockPatience.Limit.TotalMilliseconds)
        );
    }

    [Fact]
    public void The_command_line_wins()
    {
        var variables = new Dictionary<string, string>
        {
            ["DATABASE_URL"] = "postgres://u@h/d?options=-c%20statement_timeout%3D5s%20-c%20lock_timeout%3D6s",
        };

        var read = new MigrateCommand(["up", "--statement-timeout", "0", "--statement-lock-timeout", "7s"], variables).Read();

        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(7)), (read.StatementTimeout, read.LockPatience.Limit));
    }
}
