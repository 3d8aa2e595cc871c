using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Postgres;

namespace WaitFor.Migrate.Tests.Settings;

/// <summary>Connection settings as the command line and the environment give them.</summary>
internal static class Given
{
    /// <summary>Reads them.</summary>
    /// <param name="url">The option's name and the URL; null for none.</param>
    /// <param name="user">The value of <c>--user</c>; null for none.</param>
    /// <param name="variables">The environment.</param>
    public static ServerSettings Connection((string Name, string Value)? url, string? user, IReadOnlyDictionary<string, string> variables)
    {
        var own = new List<(string, GivenValue, bool)>();
        if (url is { } given)
            own.Add(("url", new GivenValue(given.Value, given.Name), true));
        if (user is not null)
            own.Add(("user", new GivenValue(user, "--user"), true));
        var configuration = new FlywayConfiguration(
            new FlywayArguments([], "migrate", _ => false),
            own,
            variables,
            new FlywayPlaces("/no/such/folder", "/no/such/folder")
        );
        return ConnectionSettings.Read(direct: null, configuration, variables.GetValueOrDefault);
    }
}
