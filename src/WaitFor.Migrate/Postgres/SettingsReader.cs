namespace WaitFor.Migrate.Postgres;

/// <summary>Environment variables, each of which may be a file in place of the value: <c>NAME_FILE</c>, a mounted secret.</summary>
internal sealed class SettingsReader(Func<string, string?> variable)
{
    /// <summary>The value of a variable, or of the file that <c>NAME_FILE</c> names, without a line end at its end; null where neither is
    /// set. An empty one counts as none.</summary>
    /// <exception cref="ConnectionException">Both are set, or the file cannot be read.</exception>
    public string? Get(string name)
    {
        var (value, file) = (
            variable(name) is { Length: > 0 } text ? text : null,
            variable(name + "_FILE") is { Length: > 0 } path ? path : null
        );
        if (file is null)
            return value;
        if (value is not null)
            throw new ConnectionException($"{name} and {name}_FILE are both set; remove one");
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n') is { Length: > 0 } content
                ? content
                : throw new ConnectionException($"{name}_FILE: {file} is empty; put the value into it");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConnectionException(
                $"{name}_FILE: {file} cannot be read: {exception.Message.TrimEnd('.')}; mount the secret there, or correct the path",
                exception
            );
        }
    }

    /// <summary>The first of the variables that is set, with its name.</summary>
    public (string Name, string Value)? First(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Get(name) is { } value)
                return (name, value);
        }

        return null;
    }
}
