using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Flyway;

/// <summary>Makes the settings of what was given; a value that a setting cannot have is refused.</summary>
internal static class FlywayReader
{
    private static readonly string[] Drivers =
        ["org.postgresql.Driver", "com.p6spy.engine.spy.P6SpyDriver", "io.opentelemetry.instrumentation.jdbc.OpenTelemetryDriver"];

    /// <summary>Reads all of them.</summary>
    /// <param name="from">What was given.</param>
    /// <param name="environment">All environment variables.</param>
    /// <exception cref="MigrationException">A value is wrong.</exception>
    public static FlywaySettings Read(FlywayConfiguration from, IReadOnlyDictionary<string, string> environment)
    {
        var values = new FlywayValues(from);
        if (from.Get("driver") is { } driver && Array.IndexOf(Drivers, driver.Value) < 0)
            throw FlywayValues.Wrong(driver, "no Java class can be loaded; write org.postgresql.Driver, or remove it");
        if (from.Get("outputType") is { } type && type.Value is not ("json" or ""))
            throw FlywayValues.Wrong(type, "write json, or remove it");
        Check(from.Get("target"), value => Target.Parse(value));
        Check(from.Get("ignoreMigrationPatterns"), _ =>
            Array.ForEach(values.Names("ignoreMigrationPatterns"), pattern => IgnorePattern.Parse(pattern)));
        return new FlywaySettings(values) { FlywayForm = from.Form || environment.ContainsKey("FLYWAY_URL") };
    }

    /// <summary>A value that its reader does not refuse.</summary>
    private static void Check(GivenValue? given, Action<string> read)
    {
        try
        {
            if (given is not null)
                read(given.Value);
        }
        catch (ScriptException exception)
        {
            throw new MigrationException(ExitCode.Usage, $"{given!.Source}: {exception.Message}", exception);
        }
    }
}
