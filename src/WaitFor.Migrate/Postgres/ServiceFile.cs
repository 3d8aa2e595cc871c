namespace WaitFor.Migrate.Postgres;

/// <summary>libpq's service files: named sets of parameters.
/// <see href="https://www.postgresql.org/docs/18/libpq-pgservice.html"/></summary>
internal static class ServiceFile
{
    /// <summary>Takes over what the service gives, where nothing else gave it.</summary>
    /// <param name="values">Has the service, and takes its values.</param>
    /// <param name="variable">Looks up an environment variable.</param>
    /// <exception cref="ConnectionException">There is no such service, or a line of it is not valid.</exception>
    public static void Apply(ConnectionValues values, Func<string, string?> variable)
    {
        // It is no error to name a file and no service.
        var file = values.Get("servicefile");
        if (values.Get("service") is not { } service)
            return;
        string?[] files = file is not null
            ? [file]
            : [Below(variable("HOME"), ".pg_service.conf"), Below(variable("PGSYSCONFDIR"), "pg_service.conf")];
        foreach (var path in files.OfType<string>())
        {
            if (Read(path, required: file is not null) is { } lines && Apply(values, service, path, lines))
                return;
        }

        throw new ConnectionException(
            $"{values.Source("service")}: there is no service \"{service}\" in {string.Join(" or ", files.OfType<string>().DefaultIfEmpty(
                "a service file"))}; correct its name, or name the file with PGSERVICEFILE"
        );
    }

    private static string? Below(string? folder, string file) => folder is { Length: > 0 } ? Path.Combine(folder, file) : null;

    private static string[]? Read(string path, bool required)
    {
        try
        {
            return required || File.Exists(path) ? File.ReadAllLines(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConnectionException(
                $"the service file {path} cannot be read: {exception.Message.TrimEnd('.')}; mount it, or correct PGSERVICEFILE",
                exception
            );
        }
    }

    private static bool Apply(ConnectionValues values, string service, string path, string[] lines)
    {
        var (found, inside) = (false, false);
        for (var number = 1; number <= lines.Length; number++)
        {
            var line = lines[number - 1].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] == '[')
            {
                // As in libpq, the first section of a name counts.
                if (found)
                    return true;
                found = inside = line == $"[{service}]";
                continue;
            }

            if (!inside)
                continue;
            var at = line.IndexOf('=');
            if (at <= 0)
                throw new ConnectionException($"{path}: line {number}: write NAME=VALUE");
            var (name, value) = (line[..at], line[(at + 1)..]);
            if (name.StartsWith("ldap:", StringComparison.Ordinal))
                throw new ConnectionException($"{path}: line {number}: LDAP is not asked; write NAME=VALUE");
            if (char.IsWhiteSpace(name[^1]))
                throw new ConnectionException($"{path}: line {number}: there is a blank before the =; write NAME=VALUE, without blanks");
            if (name is "service" or "servicefile")
                throw new ConnectionException($"{path}: line {number}: a service cannot name another {name}; remove the line");
            var own = new ConnectionValues();
            own.Take($"{path} line {number}", KnownTo.Libpq, name, value, unquoted: false);
            values.Fill(own);
        }

        return found;
    }
}
